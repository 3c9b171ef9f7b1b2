package io.gatepool.pool;

import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Trouble;
import io.netty.channel.IoEventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A backend that starts when the hook {@code before_start} allows it. Where that is required and fails, the application
 * is failing, and it is tried again with back-off.
 *
 * <p>Owned by the event loop.
 */
final class HookedBackend implements Backend {

    private final Backend backend;
    private final Hooks hooks;
    private final Requeue app;
    private final IoEventLoop loop;
    private final Backoff backoff = new Backoff();
    private boolean hookRuns;
    private boolean started;
    private boolean ending;

    HookedBackend(Backend backend, Hooks hooks, Requeue app, IoEventLoop loop) {
        this.backend = backend;
        this.hooks = hooks;
        this.app = app;
        this.loop = loop;
    }

    @Override
    public void start() {
        if (!ending) {
            hookRuns = true;
            hooks.beforeStart(this::decided);
        }
    }

    private void decided(Optional<String> refusal) {
        hookRuns = false;
        if (ending) {
            return;
        }
        if (refusal.isPresent()) {
            String reason = refusal.get();
            boolean known = backoff.isKnown(reason, "");
            Duration wait = backoff.failed(reason, "", System.nanoTime());
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
        backend.tick(nowNanos);
    }

    @Override
    public boolean hasCapacity() {
        return started && backend.hasCapacity();
    }

    @Override
    public boolean hasCapacityFor(Exchange exchange) {
        return started && backend.hasCapacityFor(exchange);
    }

    @Override
    public void dispatch(Exchange exchange) {
        backend.dispatch(exchange);
    }

    @Override
    public String shortage(long nowNanos) {
        return backend.shortage(nowNanos);
    }

    @Override
    public void demand() {
        backend.demand();
    }

    @Override
    public void scale(int number) {
        backend.scale(number);
    }

    @Override
    public Trouble trouble() {
        return started ? backend.trouble() : backoff.trouble();
    }

    @Override
    public boolean isSettled() {
        return started ? backend.isSettled() : backoff.isFailing();
    }

    @Override
    public void retire() {
        ending = true;
        backend.retire();
    }

    @Override
    public void stop() {
        ending = true;
        backend.stop();
    }

    @Override
    public void waitForNoHook() {
        hookRuns = false;
    }

    @Override
    public boolean isStopped() {
        return !hookRuns && backend.isStopped();
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
