package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Durations;
import io.gatepool.config.Kind;
import io.gatepool.config.Protocol;
import io.gatepool.config.QueueSettings;
import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Application;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.ExchangeList;
import io.gatepool.exchange.Failure;
import io.gatepool.exchange.Holder;
import io.gatepool.exchange.ManagedApp;
import io.gatepool.exchange.OpenExchanges;
import io.gatepool.exchange.Place;
import io.gatepool.exchange.RequestStatus;
import io.gatepool.exchange.Traffic;
import io.gatepool.fastcgi.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One application of the configuration: the bounded queue in front, and the {@link Backend} that answers. A request goes
 * straight to a free worker when nobody waits; else it waits its turn, not longer than the queue's timeout.
 *
 * <p>Owned by the event loop.
 */
public final class App implements Application, ManagedApp, Holder, Requeue {

    /** A request that met this many dying workers is the reason they die. */
    private static final int MAX_ATTEMPTS = 3;

    private final AppSettings settings;
    private final AppLog log;
    private final ExchangeList queue = new ExchangeList();
    private final Mapping mapping;
    private final Backend backend;
    private final Consumer<Exchange> accessLog;
    private final Traffic traffic = new Traffic(System.nanoTime());
    private final OpenExchanges open = new OpenExchanges();
    private boolean stopping;
    private boolean submissionsClosed;
    private boolean paused;
    private long pausedNanos;

    /** @param accessLog is told of every request of the app that is over */
    public App(AppSettings settings, PoolContext context, Consumer<Exchange> accessLog) {
        this.settings = settings;
        this.log = new AppLog(settings.name());
        this.accessLog = accessLog;
        this.mapping = Mapping.of(settings, context);
        this.backend = settings.kind() == Kind.CGI
                ? new CgiBackend(settings, context, this)
                : new WorkerPool(settings, context, this);
    }

    public AppSettings settings() {
        return settings;
    }

    public void start() {
        backend.start();
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public String mount() {
        return settings.mount();
    }

    @Override
    public long maxBody(boolean overHttp) {
        return settings.maxBody(overHttp ? Protocol.HTTP : Protocol.FASTCGI);
    }

    @Override
    public long responseBuffer() {
        return settings.responseBuffer();
    }

    @Override
    public boolean takesBodiesAsTheyCome() {
        return !settings.scripts().buffersRequests();
    }

    @Override
    public boolean saysOverloaded() {
        return settings.queue().whenFull() == QueueSettings.WhenFull.OVERLOADED;
    }

    @Override
    public boolean serves(Role role) {
        return role == Role.RESPONDER || settings.kind() == Kind.FASTCGI;
    }

    @Override
    public void opened(Exchange exchange) {
        open.add(exchange);
        exchange.whenOver(this::over);
    }

    private void over(Exchange exchange) {
        open.remove(exchange);
        traffic.over(exchange, System.nanoTime());
        Failure failure = exchange.failure();
        if (failure != null) {
            tell(exchange, failure);
        }
        accessLog.accept(exchange);
    }

    private void tell(Exchange exchange, Failure failure) {
        String format = "{} {} failed: {} ({})";
        Object[] values = {
            exchange.id(), exchange.title(), failure.detail(), failure.cause().text()
        };
        if (failure.cause() == Cause.CLIENT_GONE) {
            log.debug(format, values);
        } else if (failure.cause().status() < 500 || failure.cause() == Cause.DRAINING) {
            log.info(format, values);
        } else {
            log.error(format, values);
        }
    }

    @Override
    public void submit(Exchange exchange) {
        if (stopping) {
            exchange.fail(Cause.STOPPING, "the application is being stopped");
            return;
        }
        if (paused && exchange.arrivedNanos() - pausedNanos > 0) {
            exchange.fail(Cause.DRAINING, "the application is drained; gatepool resume " + name() + " takes it back");
            return;
        }
        exchange.environ().remove("HTTP_PROXY");
        exchange.heldBy(this);
        mapping.map(exchange, this::enqueue);
    }

    private void enqueue(Exchange exchange) {
        if (exchange.isOver()) {
            return;
        }
        String failing = backend.failing();
        if (queue.isEmpty() && backend.hasCapacity()) {
            backend.dispatch(exchange);
        } else if (!failing.isEmpty()) {
            exchange.fail(Cause.APP_FAILING, failing);
        } else if (queue.size() >= settings.queue().size()) {
            exchange.fail(
                    Cause.QUEUE_FULL,
                    "the queue holds " + queue.size() + " requests, its limit (queue.size); " + backend.busy()
                            + " are running");
        } else {
            exchange.queued();
            exchange.heldBy(this);
            queue.addLast(exchange);
        }
    }

    @Override
    public void capacityFreed() {
        while (!queue.isEmpty() && backend.hasCapacity()) {
            Exchange next = queue.poll();
            if (next != null) {
                backend.dispatch(next);
            }
        }
    }

    @Override
    public void again(Exchange exchange) {
        if (exchange.isOver()) {
            return;
        }
        if (stopping) {
            exchange.fail(Cause.STOPPING, "its worker ended while gatepool was being stopped");
            return;
        }
        if (exchange.attempts() >= MAX_ATTEMPTS) {
            exchange.fail(Cause.WORKER_CRASHED, "it met " + exchange.attempts() + " workers that ended");
            return;
        }
        if (exchange.attempts() > 0) {
            traffic.retried();
        }
        exchange.queued();
        exchange.heldBy(this);
        queue.addFirst(exchange);
        capacityFreed();
    }

    @Override
    public void redirected(Exchange exchange) {
        submit(exchange);
    }

    @Override
    public AppLog log() {
        return log;
    }

    @Override
    public Place place() {
        return Place.QUEUE;
    }

    /** The client of a waiting request has gone. */
    @Override
    public void cancelled(Exchange exchange) {
        queue.remove(exchange);
    }

    /** Looks for passed deadlines; called ten times a second. */
    public void tick(long nowNanos) {
        long timeout = settings.queue().timeout().toNanos();
        Exchange oldest = queue.peek();
        while (oldest != null && oldest.waitedNanos(nowNanos) > timeout) {
            oldest.fail(
                    Cause.QUEUE_TIMEOUT,
                    "no worker was free for " + Durations.text(settings.queue().timeout()) + " (queue.timeout)");
            oldest = queue.peek();
        }
        failQueueIfFailing();
        traffic.tick(nowNanos, queue.size());
        backend.tick(nowNanos);
        log.tick(nowNanos);
    }

    private void failQueueIfFailing() {
        if (queue.isEmpty()) {
            return;
        }
        String failing = backend.failing();
        for (Exchange next = queue.peek(); !failing.isEmpty() && next != null; next = queue.peek()) {
            next.fail(Cause.APP_FAILING, failing);
        }
    }

    /** No new requests; what is queued and running goes on. */
    public void drain() {
        submissionsClosed = true;
    }

    @Override
    public void pause() {
        if (!paused) {
            paused = true;
            pausedNanos = System.nanoTime();
            log.info("drained: what is queued and running goes on, new requests get 503 ({})", Cause.DRAINING.text());
        }
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            log.info("takes requests again");
        }
    }

    @Override
    public int openRequests() {
        return open.size();
    }

    @Override
    public List<RequestStatus> requests(int most) {
        List<RequestStatus> requests = new ArrayList<>();
        open.forEach(most, exchange -> requests.add(RequestStatus.of(exchange)));
        return requests;
    }

    @Override
    public @Nullable RequestStatus kill(String id) {
        Exchange exchange = open.find(id);
        if (exchange == null) {
            return null;
        }
        RequestStatus was = RequestStatus.of(exchange);
        exchange.kill("ended by gatepool kill-request, " + was.place().text());
        return was;
    }

    /** Whether it has all its processes, or has failed to get them. */
    public boolean isSettled() {
        return backend.isSettled();
    }

    /** Whether no request is in flight. */
    public boolean isIdle() {
        return open.size() == 0;
    }

    /** Ends the processes, whatever they are doing. */
    public void stop() {
        stopping = true;
        for (Exchange next = queue.peek(); next != null; next = queue.peek()) {
            next.fail(Cause.STOPPING, "gatepool was stopped before a worker was free");
        }
        backend.stop();
    }

    public boolean isStopped() {
        return backend.isStopped();
    }

    @Override
    public AppStatus status() {
        Exchange oldest = queue.peek();
        String failing = backend.failing();
        String health = stopping || submissionsClosed
                ? "stopping"
                : paused
                        ? "draining"
                        : !failing.isEmpty()
                                ? "failing"
                                : backend.hasCapacity() || backend.busy() > 0 ? "ok" : "starting";
        return new AppStatus(
                settings.name(),
                settings.kind().text(),
                settings.mount(),
                health,
                failing,
                backend.processes(),
                backend.limit(),
                backend.busy(),
                queue.size(),
                oldest == null ? 0 : oldest.waitedNanos(System.nanoTime()),
                settings.kind() == Kind.CGI ? "" : "static",
                "",
                1,
                traffic,
                backend.workers());
    }
}
