package io.gatepool.server;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Configuration;
import io.gatepool.exchange.AppStatus;
import io.gatepool.pool.App;
import io.netty.channel.IoEventLoop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The applications that run, and how a new configuration takes the place of the present one: applications come and go,
 * those that stay get a new generation of processes, and their queues and connections notice nothing.
 *
 * <p>Owned by the event loop, except where it says otherwise.
 */
final class Deployment {

    private final IoEventLoop loop;
    private final Listeners listeners;
    private final Function<AppSettings, App> factory;
    /** Those that requests are led to, by name; replaced as a whole. */
    private Map<String, App> apps = Map.of();
    /** Those that are no more in the configuration and end what they have. */
    private final List<App> removed = new ArrayList<>();

    private boolean stopping;

    Deployment(IoEventLoop loop, Listeners listeners, Function<AppSettings, App> factory) {
        this.loop = loop;
        this.listeners = listeners;
        this.factory = factory;
    }

    /**
     * Opens the addresses and starts the applications; on the starting thread.
     *
     * @throws StartFailure when an address cannot be opened
     */
    void start(Configuration configuration) throws StartFailure {
        Map<String, App> made = withNew(configuration, Map.of());
        listeners.openNew(configuration.apps(), made);
        loop.execute(() -> {
            apps = made;
            made.values().forEach(App::start);
        });
    }

    /** The application of every name in the configuration, in its order: those that there are, and new ones. */
    private Map<String, App> withNew(Configuration configuration, Map<String, App> present) {
        Map<String, App> all = new LinkedHashMap<>();
        for (AppSettings settings : configuration.apps()) {
            App there = present.get(settings.name());
            all.put(settings.name(), there == null ? factory.apply(settings) : there);
        }
        return all;
    }

    /**
     * Puts another configuration in the place of the present one, and waits until that is done. For one thread that is
     * not the event loop.
     *
     * @param renews whether an application that stays gets a new generation, by it and its new settings
     * @return why applications have stayed as they were, by name; empty when all went well
     * @throws StartFailure when an address cannot be opened; nothing has changed then
     */
    Map<String, String> reload(Configuration next, BiPredicate<App, AppSettings> renews)
            throws StartFailure, InterruptedException {
        Map<String, App> before = onLoop(() -> apps);
        Map<String, App> after = withNew(next, before);
        listeners.openNew(next.apps(), after);
        Map<String, CompletableFuture<String>> renewals = onLoop(() -> change(next, after, renews));
        listeners.closeGone(next.apps(), after);
        Map<String, String> failures = new LinkedHashMap<>();
        for (Map.Entry<String, CompletableFuture<String>> renewal : renewals.entrySet()) {
            String failure = result(renewal.getValue());
            if (!failure.isEmpty()) {
                failures.put(renewal.getKey(), failure);
            }
        }
        onLoop(() -> {
            listeners.route(next.apps(), after);
            return after;
        });
        return failures;
    }

    private Map<String, CompletableFuture<String>> change(
            Configuration next, Map<String, App> after, BiPredicate<App, AppSettings> renews) {
        Map<String, CompletableFuture<String>> renewals = new LinkedHashMap<>();
        Map<String, App> before = apps;
        if (stopping) {
            return renewals;
        }
        apps = after;
        listeners.route(next.apps(), after);
        before.values().stream().filter(app -> !after.containsValue(app)).forEach(app -> {
            app.drain();
            removed.add(app);
        });
        for (AppSettings settings : next.apps()) {
            App app = after.get(settings.name());
            if (app != null && !before.containsValue(app)) {
                app.start();
            } else if (app != null && renews.test(app, settings)) {
                CompletableFuture<String> renewal = new CompletableFuture<>();
                app.reload(settings, renewal::complete);
                renewals.put(settings.name(), renewal);
            }
        }
        return renewals;
    }

    private <T> T onLoop(java.util.concurrent.Callable<T> action) throws InterruptedException {
        return result(loop.submit(action));
    }

    private static <T> T result(java.util.concurrent.Future<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The application of that name, or null. */
    @Nullable
    App find(String name) {
        return apps.get(name);
    }

    Collection<App> apps() {
        return apps.values();
    }

    /** One line about each application. */
    List<AppStatus> statuses() {
        return apps.values().stream().map(App::status).toList();
    }

    /** Whether every application has its processes, or has failed to get them. */
    boolean isSettled() {
        return apps.values().stream().allMatch(App::isSettled);
    }

    void tick(long nowNanos) {
        apps.values().forEach(app -> app.tick(nowNanos));
        removed.forEach(app -> app.tick(nowNanos));
        removed.stream().filter(App::isIdle).forEach(App::stop);
        removed.removeIf(App::isStopped);
    }

    /** No new requests; what is queued and running goes on. */
    void drain() {
        stopping = true;
        apps.values().forEach(App::drain);
    }

    boolean isIdle() {
        return apps.values().stream().allMatch(App::isIdle) && removed.stream().allMatch(App::isIdle);
    }

    /** Ends all processes, whatever they are doing. */
    void stop() {
        stopping = true;
        apps.values().forEach(App::stop);
        removed.forEach(App::stop);
    }

    /** They are being stopped, and nobody waits for their hooks any more. */
    void waitForNoHook() {
        apps.values().forEach(App::waitForNoHook);
        removed.forEach(App::waitForNoHook);
    }

    boolean isStopped() {
        return apps.values().stream().allMatch(App::isStopped)
                && removed.stream().allMatch(App::isStopped);
    }
}
