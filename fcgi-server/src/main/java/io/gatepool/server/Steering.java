package io.gatepool.server;

import io.gatepool.config.AppSettings;
import io.gatepool.control.Operations;
import io.gatepool.exchange.ManagedApp;
import io.gatepool.pool.App;
import io.netty.channel.IoEventLoop;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the control socket can ask of the daemon. Event loop only. */
final class Steering implements Operations, Operations.Renewal {

    private final String version;
    private final long startedNanos;
    private final IoEventLoop loop;
    private final Deployment deployment;
    private final Reloader reloader;
    private final BooleanSupplier stopping;
    private final Consumer<Boolean> stop;

    /**
     * @param stopping whether no new requests are taken any more
     * @param stop stops the daemon; given whether at once
     */
    Steering(
            String version,
            long startedNanos,
            IoEventLoop loop,
            Deployment deployment,
            Reloader reloader,
            BooleanSupplier stopping,
            Consumer<Boolean> stop) {
        this.version = version;
        this.startedNanos = startedNanos;
        this.loop = loop;
        this.deployment = deployment;
        this.reloader = reloader;
        this.stopping = stopping;
        this.stop = stop;
    }

    @Override
    public Identity identity() {
        return new Identity(
                version,
                ProcessHandle.current().pid(),
                startedNanos,
                reloader.loads(),
                reloader.loadedAt(),
                stopping.getAsBoolean());
    }

    @Override
    public List<App> apps() {
        return List.copyOf(deployment.apps());
    }

    @Override
    public void stop(boolean now) {
        stop.accept(now || stopping.getAsBoolean());
    }

    @Override
    public Optional<Runnable> logReopening() {
        return Optional.of(Logging::reopen);
    }

    @Override
    public Optional<Renewal> renewal() {
        return Optional.of(this);
    }

    @Override
    public void reload(Optional<ManagedApp> app, boolean changed, Consumer<@Nullable String> done) {
        reloader.reload(
                app.map(ManagedApp::name),
                changed,
                failures -> loop.execute(() -> done.accept(failures.isEmpty() ? null : String.join("\n", failures))));
    }

    @Override
    public void restart(ManagedApp app, Consumer<@Nullable String> done) {
        App found = deployment.find(app.name());
        if (found == null) {
            done.accept("it has just been removed");
        } else {
            found.restart(failure -> done.accept(failure.isEmpty() ? null : failure));
        }
    }

    @Override
    public void scale(ManagedApp app, int workers, Consumer<@Nullable String> done) {
        App found = deployment.find(app.name());
        if (found == null) {
            done.accept("it has just been removed");
        } else if (workers < 1 || workers > AppSettings.MAX_PROCESSES) {
            done.accept(workers + " is out of range; write 1 to " + AppSettings.MAX_PROCESSES
                    + ", or drain the application to have it take no requests");
        } else {
            found.scale(workers);
            done.accept(null);
        }
    }
}
