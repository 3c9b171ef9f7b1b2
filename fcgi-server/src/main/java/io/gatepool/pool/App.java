package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Durations;
import io.gatepool.config.Kind;
import io.gatepool.config.Protocol;
import io.gatepool.config.QueueSettings;
import io.gatepool.config.WorkerSettings;
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
import io.gatepool.exchange.WorkerEvents;
import io.gatepool.fastcgi.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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

    private final PoolContext context;
    private final AppLog log;
    private final ExchangeList queue = new ExchangeList();
    private final Consumer<Exchange> accessLog;
    private final Set<Backend> leaving = new LinkedHashSet<>();
    private AppSettings settings;
    private Mapping mapping;
    private Hooks hooks;
    private Backend backend;
    private @Nullable Reload reload;
    private boolean restarting;
    private Consumer<String> whenRestarted = App::toNobody;
    private int generation = 1;
    private int lastGeneration = 1;
    private final Traffic traffic = new Traffic(System.nanoTime());
    private final WorkerEvents events = new WorkerEvents();
    private final OpenExchanges open = new OpenExchanges();
    private boolean stopping;
    private boolean submissionsClosed;
    private boolean paused;
    private long pausedNanos;

    /** @param accessLog is told of every request of the app that is over */
    public App(AppSettings settings, PoolContext context, Consumer<Exchange> accessLog) {
        this.settings = settings;
        this.context = context;
        this.log = new AppLog(settings.name());
        this.accessLog = accessLog;
        this.mapping = Mapping.of(settings, context);
        this.hooks = new Hooks(settings, context, log);
        this.backend = backend(settings, hooks, generation);
    }

    private Backend backend(AppSettings settings, Hooks around, int number) {
        return around.around(
                settings.kind() == Kind.CGI
                        ? new CgiBackend(settings, context, this)
                        : new WorkerPool(settings, context, this, number),
                this);
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
            backend.demand();
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
    public int waiting() {
        return queue.size();
    }

    @Override
    public long oldestNanos(long nowNanos) {
        Exchange oldest = queue.peek();
        return oldest == null ? 0 : oldest.waitedNanos(nowNanos);
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
        backend.demand();
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
        long timeout = settings.queue().timeout().toNanos();
        Exchange oldest = queue.peek();
        while (oldest != null && oldest.waitedNanos(nowNanos) > timeout) {
            oldest.fail(
                    Cause.QUEUE_TIMEOUT,
                    "no worker was free for " + Durations.text(settings.queue().timeout()) + " (queue.timeout)");
            oldest = queue.peek();
        }
        failOverdue(nowNanos);
        failQueueIfFailing();
        traffic.tick(nowNanos, queue.size());
        backend.tick(nowNanos);
        tickOthers(nowNanos);
        tickHooks();
        log.tick(nowNanos);
    }

    private void tickHooks() {
        if (!stopping) {
            hooks.observe(backend.failing(), backend.isSettled());
        } else if (hasNoProcesses()) {
            hooks.stopped();
        }
    }

    /** Its time may end in the queue, where it came back to: no worker is bothered with it then. */
    private void failOverdue(long nowNanos) {
        Duration limit = settings.timeouts().request();
        Exchange oldest = queue.peek();
        while (oldest != null && nowNanos - oldest.submittedNanos() > limit.toNanos()) {
            oldest.fail(
                    Cause.REQUEST_TIMEOUT,
                    "it has waited for a worker until request_timeout = " + Durations.text(limit) + " had passed");
            oldest = queue.peek();
        }
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

    // ---- generations ----

    /**
     * Makes a new generation of processes, and leaves the requests to them as soon as they are ready. If they do not
     * come up, all stays as it was. The queue and the connections of web servers notice nothing.
     *
     * @param wanted its settings from now on, with the same name
     * @param done is told why it has failed, or an empty text
     */
    public void reload(AppSettings wanted, Consumer<String> done) {
        if (stopping) {
            done.accept("the application is being stopped");
            return;
        }
        if (reload != null) {
            giveUp(reload, "another reload has begun");
        }
        lastGeneration++;
        Hooks around = new Hooks(wanted, context, log);
        Backend next = backend(wanted, around, lastGeneration);
        reload = new Reload(wanted, around, next, lastGeneration, System.nanoTime(), done);
        next.start();
    }

    /** A new generation on its way. */
    private record Reload(
            AppSettings settings,
            Hooks hooks,
            Backend backend,
            int generation,
            long sinceNanos,
            Consumer<String> done) {}

    private void tickOthers(long nowNanos) {
        Reload coming = reload;
        if (coming != null) {
            coming.backend().tick(nowNanos);
            String failing = coming.backend().failing();
            if (!failing.isEmpty()) {
                giveUp(coming, failing);
            } else if (coming.backend().isSettled()) {
                change(coming, nowNanos);
            }
        }
        leaving.forEach(old -> old.tick(nowNanos));
        leaving.removeIf(Backend::isStopped);
        if (restarting && leaving.isEmpty()) {
            restarting = false;
            backend.start();
        } else if (!restarting && backend.isSettled()) {
            whenRestarted.accept(backend.failing());
            whenRestarted = App::toNobody;
        }
    }

    private void giveUp(Reload failed, String reason) {
        reload = null;
        failed.backend().retire();
        leaving.add(failed.backend());
        log.error("generation {} does not come up, generation {} stays: {}", failed.generation(), generation, reason);
        failed.done().accept(reason);
    }

    private void change(Reload to, long nowNanos) {
        reload = null;
        replaceBackend(to.settings(), to.hooks(), to.backend(), to.generation());
        log.info(
                "generation {} has taken over after {} s",
                generation,
                String.format(Locale.ROOT, "%.2f", (nowNanos - to.sinceNanos()) / 1e9));
        to.done().accept("");
        capacityFreed();
    }

    private void replaceBackend(AppSettings wanted, Hooks around, Backend next, int number) {
        Backend old = backend;
        settings = wanted;
        mapping = Mapping.of(wanted, context);
        hooks = around;
        backend = next;
        generation = number;
        old.retire();
        leaving.add(old);
    }

    /**
     * Ends its processes, each when its requests are over, and then starts new ones; requests wait meanwhile.
     *
     * @param done is told why they do not come up, or an empty text
     */
    public void restart(Consumer<String> done) {
        if (stopping) {
            done.accept("the application is being stopped");
            return;
        }
        if (reload != null) {
            giveUp(reload, "a restart has begun");
        }
        lastGeneration++;
        Hooks around = new Hooks(settings, context, log);
        replaceBackend(settings, around, backend(settings, around, lastGeneration), lastGeneration);
        restarting = true;
        whenRestarted.accept("another restart has begun");
        whenRestarted = done;
    }

    private static void toNobody(String news) {}

    /** Sets how many processes there may be, until the next reload: from 1 to {@link AppSettings#MAX_PROCESSES}. */
    public void scale(int number) {
        backend.scale(number);
        log.info("at most {} {} until the next reload", number, settings.kind() == Kind.CGI ? "scripts" : "workers");
    }

    /** How many processes there may be. */
    public int limit() {
        return backend.limit();
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
        return backend.isSettled();
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
        for (Exchange next = queue.peek(); next != null; next = queue.peek()) {
            next.fail(Cause.STOPPING, "gatepool was stopped before a worker was free");
        }
        if (reload != null) {
            giveUp(reload, "the application is being stopped");
        }
        restarting = false;
        leaving.forEach(Backend::stop);
        backend.stop();
    }

    /** It is being stopped, and nobody waits for its hooks any more. */
    public void waitForNoHook() {
        hooks.waitNoLonger();
        backend.waitForNoHook();
    }

    /** Whether all its processes have ended, and the hook that tells of it. */
    public boolean isStopped() {
        return hasNoProcesses() && hooks.isOver();
    }

    private boolean hasNoProcesses() {
        return backend.isStopped() && leaving.stream().allMatch(Backend::isStopped);
    }

    private String health(String failing) {
        if (stopping || submissionsClosed) {
            return "stopping";
        } else if (paused) {
            return "draining";
        } else if (!failing.isEmpty()) {
            return "failing";
        }
        return backend.hasCapacity() || backend.busy() > 0 || backend.isSettled() ? "ok" : "starting";
    }

    /** {@code 1-3}: how many workers may be idle. */
    private String spare() {
        WorkerSettings workers = settings.workers();
        boolean counts = settings.kind() != Kind.CGI && workers.mode() == WorkerSettings.Mode.DYNAMIC;
        return counts ? workers.minSpare() + "-" + workers.maxSpare() : "";
    }

    @Override
    public AppStatus status() {
        String failing = backend.failing();
        List<AppStatus.WorkerStatus> workers = new ArrayList<>(backend.workers());
        leaving.forEach(old -> workers.addAll(old.workers()));
        String health = health(failing);
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
                settings.queue().size(),
                oldestNanos(System.nanoTime()),
                settings.kind() == Kind.CGI ? "" : settings.workers().mode().text(),
                spare(),
                generation,
                traffic,
                events,
                workers);
    }
}
