package io.gatepool.pool;

import io.gatepool.cgi.Printable;
import io.gatepool.config.AppSettings;
import io.gatepool.config.Durations;
import io.gatepool.config.Hook;
import io.gatepool.config.HookSettings;
import io.gatepool.process.ExitStatus;
import io.gatepool.process.OneShot;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Runs the hooks of an application and tells what came of them in its log. A hook that fails is reported and nothing
 * more, unless it is required.
 *
 * <p>Owned by the event loop. The commands are made on spawner threads and waited for on those of {@link OneShot}.
 */
final class Hooks {

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

    /** So many lines of a hook's output are told, the last ones. */
    private static final int LINES_TOLD = 20;

    private static final int LINE_LIMIT = 2000;

    private final HookSettings settings;
    private final PoolContext context;
    private final AppLog log;
    private final HookCommand command;
    private Health health = Health.STARTING;
    private End end = End.NOT_YET;
    private final Map<Hook, String> lastFailures = new EnumMap<>(Hook.class);

    Hooks(AppSettings settings, PoolContext context, AppLog log) {
        this.settings = settings.hooks();
        this.context = context;
        this.log = log;
        this.command = new HookCommand(settings, context.mark(), context.baseDir());
    }

    /** The backend behind {@code before_start}, or itself where there is none. */
    Backend around(Backend backend, Requeue app) {
        return settings.commands().containsKey(Hook.BEFORE_START)
                ? new HookedBackend(backend, this, app, context.loop())
                : backend;
    }

    /**
     * Runs {@code before_start}, before the first worker of a start or of a new generation.
     *
     * @param then told on the event loop, when it has ended: why nothing may be started now, or empty. Before this
     *     returns if there is no such hook
     */
    void beforeStart(Consumer<Optional<String>> then) {
        run(
                Hook.BEFORE_START,
                "",
                problem -> then.accept(settings.required().contains(Hook.BEFORE_START) ? problem : Optional.empty()));
    }

    /**
     * Looks how the application is, and tells it when that has changed; called again and again.
     *
     * @param failing why it cannot answer; empty when it can
     * @param settled whether it has all its processes, or has failed to get them
     */
    void observe(String failing, boolean settled) {
        if (!failing.isEmpty() && health != Health.FAILING) {
            health = Health.FAILING;
            run(Hook.FAILING, failing, problem -> {});
        } else if (failing.isEmpty() && health != Health.UP && settled) {
            health = Health.UP;
            run(Hook.READY, "", problem -> {});
        }
    }

    /** The last process of the application has ended; called again and again. */
    void stopped() {
        if (end == End.NOT_YET) {
            end = End.HOOK_RUNS;
            run(Hook.STOPPED, "", problem -> end = End.DONE);
        }
    }

    /** Nobody waits for the last hook any more. */
    void waitNoLonger() {
        end = End.DONE;
    }

    /** Whether the last hook has ended. */
    boolean isOver() {
        return end == End.DONE;
    }

    /** @param then told why it failed, or empty, on the event loop */
    private void run(Hook hook, String reason, Consumer<Optional<String>> then) {
        List<String> words = settings.commands().get(hook);
        if (words == null) {
            then.accept(Optional.empty());
            return;
        }
        long began = System.nanoTime();
        context.spawner().execute(() -> {
            CompletableFuture<OneShot.Result> ended;
            try {
                ended = context.commands().run(command.of(hook, words, reason), settings.timeout());
            } catch (HookCommand.Obstacle e) {
                ended = CompletableFuture.completedFuture(OneShot.Result.refused(String.valueOf(e.getMessage())));
            } catch (RuntimeException e) {
                // A mistake of ours; without the news somebody would wait for ever.
                ended = CompletableFuture.completedFuture(OneShot.Result.refused(e.toString()));
            }
            ended.thenAccept(result ->
                    context.loop().execute(() -> then.accept(report(hook, result, System.nanoTime() - began))));
        });
    }

    private Optional<String> report(Hook hook, OneShot.Result result, long nanos) {
        List<String> lines = result.lastLines(LINES_TOLD).stream()
                .map(line -> Printable.of(line, LINE_LIMIT))
                .toList();
        String name = "hook " + hook.text();
        if (result.isSuccess()) {
            lastFailures.remove(hook);
            lines.forEach(line -> log.info("{}: {}", name, line));
            log.info("{} done in {} ms", name, nanos / 1_000_000);
            return Optional.empty();
        }
        String failure = name + " " + account(result);
        String reason = lines.isEmpty() ? failure : failure + ": " + lines.get(lines.size() - 1);
        if (reason.equals(lastFailures.put(hook, reason))) {
            log.debug("{}", reason);
        } else {
            lines.forEach(line -> log.warn("{}: {}", name, line));
            log.error("{}", failure);
        }
        return Optional.of(reason);
    }

    private String account(OneShot.Result result) {
        if (result.timedOut()) {
            return "was killed, it took longer than hooks.timeout = " + Durations.text(settings.timeout());
        }
        return result.status().map(ExitStatus::describe).orElseGet(() -> "was not started: " + result.refusal());
    }
}
