package io.gatepool.server;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Configuration;
import io.gatepool.config.Loaded;
import io.gatepool.config.ProblemPrinter;
import io.gatepool.pool.App;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads: reads the configuration again, checks it, and has the {@link Deployment} change to it. A configuration with
 * a problem changes nothing. One reload after the other, on a thread of its own.
 */
final class Reloader {

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");

    private final Supplier<Loaded> source;
    private final boolean rootAllowed;
    private final Deployment deployment;
    private final Encryption encryption;
    private final Consumer<Boolean> busy;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "reload");
        made.setDaemon(true);
        return made;
    });
    private volatile Configuration current;
    private final AtomicInteger loads = new AtomicInteger(1);
    private volatile Instant loadedAt = Instant.now();

    /**
     * @param source reads the configuration; a short form gives its own again and again
     * @param busy is told when a reload begins and when it has ended
     */
    Reloader(
            Supplier<Loaded> source,
            Configuration current,
            boolean rootAllowed,
            Deployment deployment,
            Encryption encryption,
            Consumer<Boolean> busy) {
        this.source = source;
        this.current = current;
        this.rootAllowed = rootAllowed;
        this.deployment = deployment;
        this.encryption = encryption;
        this.busy = busy;
        // So that there is a thread, also when the system has no more to give.
        thread.execute(() -> {});
    }

    /**
     * Reloads, some time later. Any thread.
     *
     * @param only the one application that gets a new generation; empty for all
     * @param changed whether those are left alone whose settings are the same
     * @param done is told what went wrong, a line each; on the reloader's thread
     */
    void reload(Optional<String> only, boolean changed, Consumer<List<String>> done) {
        thread.execute(() -> {
            busy.accept(true);
            List<String> failures = run(only, changed);
            busy.accept(false);
            done.accept(failures);
        });
    }

    /** The configuration that was put in place last. Any thread. */
    Configuration current() {
        return current;
    }

    /** How often a configuration has been put in place without a failure, the first time included. Any thread. */
    int loads() {
        return loads.get();
    }

    /** When that was last. Any thread. */
    Instant loadedAt() {
        return loadedAt;
    }

    private List<String> run(Optional<String> only, boolean changed) {
        long since = System.nanoTime();
        LOG.info("reloading {}", only.orElse("everything") + (changed ? " that has changed" : ""));
        Loaded loaded = source.get();
        if (loaded instanceof Loaded.Broken broken) {
            List<String> problems = ProblemPrinter.print(broken).lines().toList();
            problems.forEach(LOG::error);
            return problems;
        }
        try {
            Configuration wanted = ((Loaded.Ok) loaded).configuration();
            Configuration next = only.isPresent() ? withOne(only.get(), wanted) : wanted;
            for (AppSettings app : next.apps()) {
                Accounts.check(app, rootAllowed);
            }
            // A short form's has not been looked at yet.
            Optional<Encryption.Prepared> certificate =
                    Encryption.prepare(next.http().tls());
            certificate.ifPresent(encryption::use);
            Map<String, String> failures =
                    deployment.reload(next, (app, settings) -> renews(app, settings, only, changed));
            tellWhatStays(next);
            current = next;
            if (failures.isEmpty()) {
                loads.incrementAndGet();
                loadedAt = Instant.now();
            }
            List<String> lines = new ArrayList<>();
            failures.forEach((name, reason) -> lines.add(name + ": " + reason));
            tell(lines, since);
            return lines;
        } catch (StartFailure e) {
            LOG.error("reload: nothing was changed: {}", e.getMessage());
            return List.of(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of("interrupted");
        }
    }

    private static boolean renews(App app, AppSettings settings, Optional<String> only, boolean changed) {
        boolean meant = only.isEmpty() || only.get().equals(app.name());
        return meant && !(changed && app.settings().equals(settings));
    }

    /** The present configuration with the settings of one application from another. */
    private Configuration withOne(String name, Configuration wanted) throws StartFailure {
        AppSettings changed = wanted.apps().stream()
                .filter(app -> app.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new StartFailure("there is no [app." + name + "] in " + wanted.file()));
        List<AppSettings> apps = new ArrayList<>(current.apps());
        apps.replaceAll(app -> app.name().equals(name) ? changed : app);
        if (!apps.contains(changed)) {
            apps.add(changed);
        }
        return new Configuration(current.file(), current.server(), current.http(), apps);
    }

    private void tellWhatStays(Configuration next) {
        if (!next.server().equals(current.server())) {
            LOG.warn("[server] has changed: that takes effect at the next start");
        }
        if (!next.http().withTls(current.http().tls()).equals(current.http())) {
            LOG.warn("[http] has changed: that takes effect at the next start");
        }
    }

    private static void tell(List<String> failures, long since) {
        String took = String.format(Locale.ROOT, "%.2f", (System.nanoTime() - since) / 1e9);
        if (failures.isEmpty()) {
            LOG.info("reloaded in {} s", took);
        } else {
            LOG.error("reload failed after {} s for {}", took, String.join("; ", failures));
        }
    }
}
