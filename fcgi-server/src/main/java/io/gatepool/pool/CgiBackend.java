package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.config.ScriptSettings;
import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Trouble;
import io.gatepool.process.Strays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Scripts, one process for each request, not more than {@code max_running} at once. Owned by the event loop.
 */
final class CgiBackend implements Backend {

    /** How long no script is started after the system had no process or memory to give. */
    private static final long PAUSE_MILLIS = 100;

    private final AppSettings settings;
    private final PoolContext context;
    private final Requeue app;
    private final ScriptCommand command;
    private final Shortage shortage = new Shortage();
    private final Set<CgiRun> running = new LinkedHashSet<>();
    private boolean paused;
    private int max;
    private boolean retired;
    private boolean stopping;

    CgiBackend(AppSettings settings, PoolContext context, Requeue app) {
        this.settings = settings;
        this.context = context;
        this.app = app;
        this.max = settings.maxRunning();
        this.command = new ScriptCommand(settings, context.mark());
    }

    @Override
    public void start() {
        if (settings.scripts().strays() != ScriptSettings.Strays.LEAVE) {
            context.strays().of(settings.name(), killsStrays(), this::strayFound);
        }
    }

    private boolean killsStrays() {
        return settings.scripts().strays() == ScriptSettings.Strays.KILL;
    }

    /** On the thread of {@link Strays}. */
    private void strayFound(Strays.Stray stray) {
        String request = stray.run().substring(stray.run().lastIndexOf('/') + 1);
        if (killsStrays()) {
            app.log().info("{} left {} ({}) behind, killed", request, stray.name(), stray.pid());
        } else {
            app.log().warn("{} left {} ({}) behind (stray_children)", request, stray.name(), stray.pid());
        }
    }

    @Override
    public boolean hasCapacity() {
        return running.size() < max && !paused && !stopping;
    }

    @Override
    public void dispatch(Exchange exchange) {
        CgiRun run = new CgiRun(exchange, settings, context, command, this);
        running.add(run);
        run.start();
    }

    Requeue app() {
        return app;
    }

    /** The run has no process any more. */
    void ended(CgiRun run) {
        running.remove(run);
        app.capacityFreed();
    }

    /** The system had no process or memory to give: the request waits, and so do the others. */
    void postponed(CgiRun run, Exchange exchange, String reason) {
        running.remove(run);
        if (shortage.met(reason, System.nanoTime())) {
            app.log().warn("no script can be started: {}; trying again every {} ms", reason, PAUSE_MILLIS);
        }
        if (!paused) {
            paused = true;
            context.loop().schedule(this::unpause, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
        app.again(exchange);
    }

    @Override
    public String shortage(long nowNanos) {
        return shortage.what(nowNanos);
    }

    private void unpause() {
        paused = false;
        app.capacityFreed();
    }

    @Override
    public void tick(long nowNanos) {
        for (CgiRun run : List.copyOf(running)) {
            run.tick(nowNanos);
        }
    }

    @Override
    public Trouble trouble() {
        return Trouble.NONE;
    }

    @Override
    public boolean isSettled() {
        return true;
    }

    @Override
    public void scale(int number) {
        max = number;
        app.capacityFreed();
    }

    @Override
    public void retire() {
        retired = true;
    }

    @Override
    public void stop() {
        stopping = true;
        List.copyOf(running).forEach(CgiRun::stop);
    }

    @Override
    public boolean isStopped() {
        return (stopping || retired) && running.isEmpty();
    }

    @Override
    public int busy() {
        return running.size();
    }

    @Override
    public int processes() {
        return running.size();
    }

    @Override
    public int limit() {
        return max;
    }

    @Override
    public List<AppStatus.WorkerStatus> workers() {
        return running.stream().flatMap(run -> run.status().stream()).toList();
    }
}
