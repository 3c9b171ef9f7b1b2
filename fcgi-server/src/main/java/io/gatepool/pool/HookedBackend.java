package io.gatepool.pool;

import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Exchange;
import io.netty.channel.IoEventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A backend that starts when {@code before_start} allows it, and whose coming up, failing and end are told to {@link
 * Hooks}. Where a required {@code before_start} fails, the application is failing, and it is tried again with back-off.
 *
 * <p>Owned by the event loop.
 */
final class HookedBackend implements Backend {

    private enum Health {
        STARTING,
        UP,
        FAILING
    }

    private enum End {
        NOT_YET,
        HOOK_RUNS,
        DONE
    }

    private final Backend backend;
    private final Hooks hooks;
    private final Requeue app;
    private final IoEventLoop loop;
    private final Backoff backoff = new Backoff();
    private Health health = Health.STARTING;
    private End end = End.NOT_YET;
    /** The hook before it runs. */
    private boolean starting;

    private boolean started;
    private boolean stopping;

    HookedBackend(Backend backend, Hooks hooks, Requeue app, IoEventLoop loop) {
        this.backend = backend;
        this.hooks = hooks;
        this.app = app;
        this.loop = loop;
    }

    @Override
    public void start() {
        if (!stopping) {
            starting = true;
            hooks.beforeStart(this::decided);
        }
    }

    private void decided(Optional<String> refusal) {
        starting = false;
        if (stopping) {
            return;
        }
        if (refusal.isPresent()) {
            String reason = refusal.get();
            boolean known = reason.equals(backoff.reason());
            Duration wait = backoff.failed(reason, System.nanoTime());
            String format = "nothing is started without it (hooks.required); next try in {} ms";
            if (known) {
                app.log().debug(format, wait.toMillis());
            } else {
                app.log().error(format, wait.toMillis());
            }
            loop.schedule(this::start, wait.toNanos(), TimeUnit.NANOSECONDS);
        } else {
            backoff.succeeded(System.nanoTime());
            started = true;
            backend.start();
            app.capacityFreed();
        }
    }

    @Override
    public void tick(long nowNanos) {
        if (started) {
            backend.tick(nowNanos);
        }
        if (!stopping) {
            observe();
        } else if (end == End.NOT_YET && !starting && backend.isStopped()) {
            end = End.HOOK_RUNS;
            hooks.stopped(() -> end = End.DONE);
        }
    }

    private void observe() {
        String reason = failing();
        if (!reason.isEmpty() && health != Health.FAILING) {
            health = Health.FAILING;
            hooks.failing(reason);
        } else if (reason.isEmpty() && health != Health.UP && isSettled()) {
            health = Health.UP;
            hooks.ready();
        }
    }

    @Override
    public boolean hasCapacity() {
        return started && backend.hasCapacity();
    }

    @Override
    public void dispatch(Exchange exchange) {
        backend.dispatch(exchange);
    }

    @Override
    public String failing() {
        return started ? backend.failing() : backoff.reason();
    }

    @Override
    public boolean isSettled() {
        return started ? backend.isSettled() : backoff.isFailing();
    }

    /** Called again, it does not wait for the hook any more. */
    @Override
    public void stop() {
        if (stopping) {
            end = End.DONE;
        }
        stopping = true;
        backend.stop();
    }

    @Override
    public boolean isStopped() {
        return end == End.DONE && backend.isStopped();
    }

    @Override
    public int busy() {
        return backend.busy();
    }

    @Override
    public int processes() {
        return backend.processes();
    }

    @Override
    public int limit() {
        return backend.limit();
    }

    @Override
    public List<AppStatus.WorkerStatus> workers() {
        return backend.workers();
    }
}
