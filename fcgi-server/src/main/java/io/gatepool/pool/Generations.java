package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Kind;
import io.gatepool.exchange.AppStatus;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The generations of one application: the current one, which gets the requests, one that is on its way to take over
 * (a reload), and those that end when the requests they have are over.
 *
 * <p>Owned by the event loop.
 */
final class Generations {

    /**
     * One of them.
     *
     * @param number counted from 1
     * @param hooks those of these settings
     * @param backend its processes
     * @param sinceNanos when it was begun
     */
    record Generation(
            int number, AppSettings settings, Mapping mapping, Hooks hooks, Backend backend, long sinceNanos) {}

    /** A generation that shall take over, and who is told whether it does: why not, or an empty text. */
    private record Coming(Generation generation, Consumer<String> done) {}

    private final PoolContext context;
    private final Requeue app;
    private final Set<Backend> leaving = new LinkedHashSet<>();
    private Generation current;
    private @Nullable Coming coming;
    private int lastNumber = 1;
    private String reloadFailure = "";
    private boolean restarting;
    private boolean stopping;
    private Consumer<String> whenRestarted = Generations::toNobody;

    /** @param app the application whose requests they answer; it is not called before {@link #start} */
    Generations(AppSettings settings, PoolContext context, Requeue app, AppLog log) {
        this.context = context;
        this.app = app;
        this.current = make(settings, context, app, log, lastNumber);
    }

    private static Generation make(AppSettings settings, PoolContext context, Requeue app, AppLog log, int number) {
        Hooks hooks = new Hooks(settings, context, log);
        Backend backend = settings.kind() == Kind.CGI
                ? new CgiBackend(settings, context, app)
                : new WorkerPool(settings, context, app, number);
        return new Generation(
                number, settings, Mapping.of(settings, context), hooks, hooks.around(backend, app), System.nanoTime());
    }

    private Generation next(AppSettings settings) {
        lastNumber++;
        return make(settings, context, app, app.log(), lastNumber);
    }

    /** The one that gets the requests. */
    Generation current() {
        return current;
    }

    void start() {
        current.backend().start();
    }

    /**
     * Makes a new generation of processes, and leaves the requests to them as soon as they are ready. If they do not
     * come up, all stays as it was.
     *
     * @param wanted its settings from now on, with the same name
     * @param done is told why it has failed, or an empty text
     */
    void reload(AppSettings wanted, Consumer<String> done) {
        if (stopping) {
            done.accept("the application is being stopped");
            return;
        }
        giveUp("another reload has begun");
        coming = new Coming(next(wanted), done);
        coming.generation().backend().start();
    }

    /**
     * Ends its processes, each when its requests are over, and then starts new ones; requests wait meanwhile.
     *
     * @param done is told why they do not come up, or an empty text
     */
    void restart(Consumer<String> done) {
        if (stopping) {
            done.accept("the application is being stopped");
            return;
        }
        giveUp("a restart has begun");
        replaceBy(next(current.settings()));
        restarting = true;
        whenRestarted.accept("another restart has begun");
        whenRestarted = done;
    }

    private static void toNobody(String news) {}

    /** Looks how far they are; called ten times a second. */
    void tick(long nowNanos) {
        current.backend().tick(nowNanos);
        if (coming != null) {
            coming.generation().backend().tick(nowNanos);
            decide(coming, nowNanos);
        }
        leaving.forEach(old -> old.tick(nowNanos));
        leaving.removeIf(Backend::isStopped);
        if (restarting && leaving.isEmpty()) {
            restarting = false;
            current.backend().start();
        } else if (!restarting && current.backend().isSettled()) {
            whenRestarted.accept(current.backend().trouble().text());
            whenRestarted = Generations::toNobody;
        }
        if (!stopping) {
            current.hooks()
                    .observe(
                            current.backend().trouble().text(),
                            current.backend().isSettled());
        } else if (hasNoProcesses()) {
            current.hooks().stopped();
        }
    }

    private void decide(Coming candidate, long nowNanos) {
        Backend backend = candidate.generation().backend();
        if (!backend.trouble().isNone()) {
            giveUp(backend.trouble().text());
        } else if (backend.isSettled()) {
            coming = null;
            replaceBy(candidate.generation());
            app.log()
                    .info(
                            "generation {} has taken over after {} s",
                            current.number(),
                            String.format(Locale.ROOT, "%.2f", (nowNanos - current.sinceNanos()) / 1e9));
            candidate.done().accept("");
            app.capacityFreed();
        }
    }

    private void giveUp(String reason) {
        Coming failed = coming;
        if (failed == null) {
            return;
        }
        coming = null;
        failed.generation().backend().retire();
        leaving.add(failed.generation().backend());
        reloadFailure = "generation " + failed.generation().number() + " did not come up, generation "
                + current.number() + " stays: " + reason;
        app.log().error("{}", reloadFailure);
        failed.done().accept(reason);
    }

    private void replaceBy(Generation next) {
        Backend old = current.backend();
        current = next;
        reloadFailure = "";
        old.retire();
        leaving.add(old);
    }

    /** Ends all processes, whatever they are doing. */
    void stop() {
        stopping = true;
        giveUp("the application is being stopped");
        restarting = false;
        leaving.forEach(Backend::stop);
        current.backend().stop();
    }

    /** Nobody waits for hooks any more. */
    void waitForNoHook() {
        current.hooks().waitNoLonger();
        current.backend().waitForNoHook();
    }

    /** Whether all processes have ended, and the hook that tells of it. */
    boolean isStopped() {
        return hasNoProcesses() && current.hooks().isOver();
    }

    private boolean hasNoProcesses() {
        return current.backend().isStopped() && leaving.stream().allMatch(Backend::isStopped);
    }

    /** Why the last reload has failed; empty when it has not. */
    String reloadFailure() {
        return reloadFailure;
    }

    /** All persistent processes, of the current generation first. */
    List<AppStatus.WorkerStatus> workers() {
        List<AppStatus.WorkerStatus> workers = new ArrayList<>(current.backend().workers());
        leaving.forEach(old -> workers.addAll(old.workers()));
        return workers;
    }
}
