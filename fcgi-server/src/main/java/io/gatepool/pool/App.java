package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Kind;
import io.gatepool.config.Protocol;
import io.gatepool.config.QueueSettings;
import io.gatepool.config.WorkerSettings;
import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Application;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Failure;
import io.gatepool.exchange.Holder;
import io.gatepool.exchange.ManagedApp;
import io.gatepool.exchange.OpenExchanges;
import io.gatepool.exchange.Place;
import io.gatepool.exchange.RequestStatus;
import io.gatepool.exchange.Traffic;
import io.gatepool.exchange.Trouble;
import io.gatepool.exchange.WorkerEvents;
import io.gatepool.fastcgi.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One application of the configuration: the bounded queue in front, and the {@link Backend} that answers. A request
 * goes straight to a free worker when nobody waits; else it waits its turn, not longer than the queue's timeout.
 *
 * <p>Owned by the event loop.
 */
public final class App implements Application, ManagedApp, Holder, Requeue {

    /** A request that met this many dying workers is the reason they die. */
    private static final int MAX_ATTEMPTS = 3;

    private final AppLog log;
    private final Consumer<Exchange> accessLog;
    private final RequestQueue queue;
    private final Generations generations;
    private final Traffic traffic = new Traffic(System.nanoTime());
    private final WorkerEvents events = new WorkerEvents();
    private final OpenExchanges open = new OpenExchanges();
    private boolean stopping;
    private boolean submissionsClosed;
    private boolean paused;
    private long pausedNanos;

    /** @param accessLog is told of every request of the app that is over */
    public App(AppSettings settings, PoolContext context, Consumer<Exchange> accessLog) {
        this.log = new AppLog(settings.name());
        this.accessLog = accessLog;
        this.generations = new Generations(settings, context, this, log);
        this.queue = new RequestQueue(
                context.loop(), this::settings, now -> backend().shortage(now));
    }

    private Backend backend() {
        return generations.current().backend();
    }

    /** Those of the current generation. */
    public AppSettings settings() {
        return generations.current().settings();
    }

    public void start() {
        generations.start();
    }

    @Override
    public String name() {
        return settings().name();
    }

    @Override
    public String mount() {
        return settings().mount();
    }

    @Override
    public long maxBody(boolean overHttp) {
        return settings().maxBody(overHttp ? Protocol.HTTP : Protocol.FASTCGI);
    }

    @Override
    public long responseBuffer() {
        return settings().responseBuffer();
    }

    @Override
    public boolean takesBodiesAsTheyCome() {
        return !settings().scripts().buffersRequests();
    }

    @Override
    public boolean saysOverloaded() {
        return settings().queue().whenFull() == QueueSettings.WhenFull.OVERLOADED;
    }

    @Override
    public boolean serves(Role role) {
        return role == Role.RESPONDER || settings().kind() == Kind.FASTCGI;
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
        } else if (log.takesFailure()) {
            log.error(format, values);
        }
    }

    @Override
    public void submit(Exchange exchange) {
        if (stopping) {
            exchange.fail(Cause.STOPPING, "the application is being stopped");
            return;
        }
        exchange.submitted();
        if (paused && exchange.arrivedNanos() - pausedNanos > 0) {
            exchange.fail(Cause.DRAINING, "the application is drained; gatepool resume " + name() + " takes it back");
            return;
        }
        exchange.environ().remove("HTTP_PROXY");
        exchange.heldBy(this);
        generations.current().mapping().map(exchange, this::enqueue);
    }

    private void enqueue(Exchange exchange) {
        if (exchange.isOver()) {
            return;
        }
        Backend backend = backend();
        if (queue.isEmpty() && backend.hasCapacityFor(exchange)) {
            backend.dispatch(exchange);
        } else if (!backend.trouble().isNone()) {
            exchange.fail(Cause.APP_FAILING, backend.trouble().text());
        } else if (queue.isFull()) {
            exchange.fail(
                    Cause.QUEUE_FULL,
                    "the queue holds " + queue.size() + " requests, its limit (queue.size); " + backend.busy()
                            + " are running");
        } else {
            exchange.queued();
            exchange.heldBy(this);
            queue.addLast(exchange);
            backend.demand();
        }
    }

    @Override
    public void capacityFreed() {
        Backend backend = backend();
        for (Exchange next = queue.peek(); next != null && backend.hasCapacityFor(next); next = queue.peek()) {
            queue.remove(next);
            backend.dispatch(next);
        }
    }

    @Override
    public int waiting() {
        return queue.size();
    }

    @Override
    public long oldestNanos(long nowNanos) {
        return queue.oldestNanos(nowNanos);
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
        backend().demand();
    }

    @Override
    public void redirected(Exchange exchange) {
        submit(exchange);
    }

    @Override
    public WorkerEvents events() {
        return events;
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
        queue.expire(nowNanos);
        if (!queue.isEmpty() && !backend().trouble().isNone()) {
            queue.failAll(Cause.APP_FAILING, backend().trouble().text());
        }
        traffic.tick(nowNanos, queue.size());
        generations.tick(nowNanos);
        log.tick(nowNanos);
    }

    /** No new requests; what is queued and running goes on. */
    public void drain() {
        submissionsClosed = true;
    }

    /**
     * Makes a new generation of processes, and leaves the requests to them as soon as they are ready. If they do not
     * come up, all stays as it was. The queue and the connections of web servers notice nothing.
     *
     * @param wanted its settings from now on, with the same name
     * @param done is told why it has failed, or an empty text
     */
    public void reload(AppSettings wanted, Consumer<String> done) {
        generations.reload(wanted, done);
    }

    /**
     * Ends its processes, each when its requests are over, and then starts new ones; requests wait meanwhile.
     *
     * @param done is told why they do not come up, or an empty text
     */
    public void restart(Consumer<String> done) {
        generations.restart(done);
    }

    /** Sets how many processes there may be, until the next reload: from 1 to {@link AppSettings#MAX_PROCESSES}. */
    public void scale(int number) {
        backend().scale(number);
        log.info("at most {} {} until the next reload", number, settings().kind() == Kind.CGI ? "scripts" : "workers");
    }

    /** How many processes there may be. */
    public int limit() {
        return backend().limit();
    }

    // ---- for those who look after it ----

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
        return backend().isSettled();
    }

    /** Whether no request is in flight. */
    public boolean isIdle() {
        return open.size() == 0;
    }

    /** Ends the processes, whatever they are doing. */
    public void stop() {
        if (stopping) {
            return;
        }
        stopping = true;
        queue.failAll(Cause.STOPPING, "gatepool was stopped before a worker was free");
        generations.stop();
    }

    /** It is being stopped, and nobody waits for its hooks any more. */
    public void waitForNoHook() {
        generations.waitForNoHook();
    }

    /** Whether all its processes have ended, and the hook that tells of it. */
    public boolean isStopped() {
        return generations.isStopped();
    }

    private String health(Trouble trouble) {
        if (stopping || submissionsClosed) {
            return "stopping";
        } else if (paused) {
            return "draining";
        } else if (!trouble.isNone()) {
            return "failing";
        }
        Backend backend = backend();
        return backend.hasCapacity() || backend.busy() > 0 || backend.isSettled() ? "ok" : "starting";
    }

    /** {@code 1-3}: how many workers may be idle. */
    private String spare() {
        WorkerSettings workers = settings().workers();
        boolean counts = settings().kind() != Kind.CGI && workers.mode() == WorkerSettings.Mode.DYNAMIC;
        return counts ? workers.minSpare() + "-" + workers.maxSpare() : "";
    }

    @Override
    public AppStatus status() {
        Backend backend = backend();
        Trouble trouble = backend.trouble();
        return new AppStatus(
                name(),
                settings().kind().text(),
                mount(),
                health(trouble),
                trouble,
                backend.processes(),
                backend.limit(),
                backend.busy(),
                queue.size(),
                queue.limit(),
                oldestNanos(System.nanoTime()),
                settings().kind() == Kind.CGI ? "" : settings().workers().mode().text(),
                spare(),
                generations.current().number(),
                generations.reloadFailure(),
                traffic,
                events,
                generations.workers());
    }
}
