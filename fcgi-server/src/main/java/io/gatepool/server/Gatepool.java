package io.gatepool.server;

import io.gatepool.config.Address;
import io.gatepool.config.AppSettings;
import io.gatepool.config.Configuration;
import io.gatepool.config.Durations;
import io.gatepool.config.Listen;
import io.gatepool.config.Protocol;
import io.gatepool.config.ReaperMode;
import io.gatepool.control.AccessLog;
import io.gatepool.control.ControlSocket;
import io.gatepool.control.FailureBook;
import io.gatepool.control.IndexPage;
import io.gatepool.control.Operations;
import io.gatepool.control.Samples;
import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Application;
import io.gatepool.exchange.RequestNumbers;
import io.gatepool.exchange.SpoolFiles;
import io.gatepool.front.FastCgiFront;
import io.gatepool.front.Front;
import io.gatepool.front.FrontContext;
import io.gatepool.front.HttpFront;
import io.gatepool.front.Router;
import io.gatepool.pool.App;
import io.gatepool.pool.PoolContext;
import io.gatepool.pool.ScriptWatch;
import io.gatepool.process.Descriptors;
import io.gatepool.process.Leftovers;
import io.gatepool.process.Reaper;
import io.gatepool.process.Signals;
import io.gatepool.process.Spawner;
import io.gatepool.process.Strays;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running daemon: assembled from a configuration, stopped by a signal.
 *
 * <p>{@link #run} is for the main thread, which then only waits; all else happens on the event loop. SIGTERM stops
 * gracefully: nothing new is accepted, what is queued and running is answered, then the workers end. A second SIGTERM,
 * or SIGINT, does not wait for the answers.
 */
public final class Gatepool {

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");
    private static final long TICK_MILLIS = 100;
    static final ThreadFactory LOOP_THREAD = task -> new Thread(task, "loop");

    private final Configuration configuration;
    private final boolean rootAllowed;
    private final long startedNanos;
    private final List<App> apps = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private @Nullable Reaper reaper;
    private @Nullable ControlSocket control;
    private boolean draining;
    private boolean ending;
    private long drainSince;

    /** @param startedNanos {@link System#nanoTime()} when the program was started, for the log */
    public Gatepool(Configuration configuration, boolean rootAllowed, long startedNanos) {
        this.configuration = configuration;
        this.rootAllowed = rootAllowed;
        this.startedNanos = startedNanos;
    }

    /**
     * Starts, and returns when the daemon has been stopped.
     *
     * @throws StartFailure when it cannot start; nothing is left behind then
     */
    public void run(String version) throws StartFailure {
        for (AppSettings app : configuration.apps()) {
            Accounts.check(app, rootAllowed);
        }
        if (!Epoll.isAvailable()) {
            throw new StartFailure("gatepool needs Linux with epoll: " + Epoll.unavailabilityCause());
        }
        Descriptors.reserveStandardOnes();
        LOG.info("gatepool {}, pid {}, {}", version, ProcessHandle.current().pid(), configuration.file());
        try (RuntimeDirectory directory =
                RuntimeDirectory.take(configuration.server().runtimeDir())) {
            MultiThreadIoEventLoopGroup group =
                    new MultiThreadIoEventLoopGroup(1, LOOP_THREAD, EpollIoHandler.newFactory());
            try {
                start(group, directory, version);
                stopped.await();
            } finally {
                if (control != null) {
                    control.close();
                }
                listeners.forEach(Listener::close);
                group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2000);
                int strays = Leftovers.kill(directory.mark());
                if (reaper != null) {
                    LOG.info("children: {}", reaper.counters().describe());
                }
                LOG.info("stopped{}", strays == 0 ? "" : ", " + strays + " stray processes killed");
            }
        } catch (IOException e) {
            LOG.warn("runtime_dir: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void start(MultiThreadIoEventLoopGroup group, RuntimeDirectory directory, String version)
            throws StartFailure {
        IoEventLoop loop = group.next();
        LoopWatch.startIfWanted(loop);
        SpoolFiles files = new SpoolFiles(configuration.server().spoolDir());
        Reaper started = Reaper.start(
                configuration.server().reaper() == ReaperMode.SIGCHLD ? Reaper.Mode.SIGCHLD : Reaper.Mode.WAITID);
        reaper = started;
        Spawner spawner = new Spawner(started, Integer.getInteger("gatepool.nofile", 0));
        PoolContext pool = new PoolContext(
                loop,
                spawner,
                Strays.watch(started, directory.mark()),
                files,
                directory.workers(),
                directory.mark(),
                baseDirectory(configuration),
                ScriptWatch.NONE);
        AccessLog accessLog = new AccessLog(configuration.server().accessLog());
        FailureBook failures = new FailureBook();
        for (AppSettings settings : configuration.apps()) {
            apps.add(new App(settings, pool, accessLog.andThen(failures.of(settings.name()))));
        }
        Signals.on("TERM", signal -> loop.execute(() -> stop(draining)));
        Signals.on("INT", signal -> loop.execute(() -> stop(true)));
        control = openControl(loop, directory, version, failures);
        listen(loop, new FrontContext(loop, files, new RequestNumbers()));
        loop.execute(() -> {
            apps.forEach(App::start);
            loop.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
            awaitReady(loop);
        });
    }

    private ControlSocket openControl(
            IoEventLoop loop, RuntimeDirectory directory, String version, FailureBook failures) throws StartFailure {
        try {
            ControlSocket open = ControlSocket.open(
                    loop,
                    directory.path(),
                    directory.workers(),
                    configuration.server().controlGroup(),
                    new Steering(version, Instant.now()),
                    failures);
            if (configuration.hasFile()) {
                LOG.debug("control: {}", open.path());
            } else {
                LOG.info("control: gatepool status --runtime-dir {}", directory.path());
            }
            return open;
        } catch (IOException e) {
            throw new StartFailure("control socket: " + e.getMessage());
        }
    }

    /** What the control socket can ask for. Event loop only. */
    private final class Steering implements Operations {

        private final String version;
        private final Instant loaded;

        Steering(String version, Instant loaded) {
            this.version = version;
            this.loaded = loaded;
        }

        @Override
        public Identity identity() {
            return new Identity(version, ProcessHandle.current().pid(), startedNanos, 1, loaded, draining);
        }

        @Override
        public List<App> apps() {
            return apps;
        }

        @Override
        public void stop(boolean now) {
            Gatepool.this.stop(now || draining);
        }
    }

    /** What relative paths in commands start from, unless the application has a chdir. */
    static Path baseDirectory(Configuration configuration) {
        return Optional.ofNullable(configuration.file().toAbsolutePath().getParent())
                .orElse(Path.of("/"));
    }

    private void listen(IoEventLoop loop, FrontContext context) throws StartFailure {
        Map<String, List<App>> byAddress = new LinkedHashMap<>();
        Map<String, Listen> listens = new LinkedHashMap<>();
        for (App app : apps) {
            for (Listen listen : app.settings().listens()) {
                String place = place(app, listen.address());
                byAddress.computeIfAbsent(place, text -> new ArrayList<>()).add(app);
                listens.putIfAbsent(place, listen);
            }
        }
        for (Map.Entry<String, Listen> entry : listens.entrySet()) {
            List<App> here = byAddress.getOrDefault(entry.getKey(), List.of());
            Front front = front(context, entry.getValue().address(), here);
            Listener listener = Listener.open(
                    loop, entry.getValue(), here.get(0).settings().process().account(), front);
            listeners.add(listener);
            Address address = listener.address();
            for (App app : here) {
                LOG.info("{}: {} on {}", app.name(), address.protocolName(), listener.text() + mounted(app, here));
            }
        }
    }

    /** Applications with the same address share its listener; with port 0 each gets one, and a port, of its own. */
    private static String place(App app, Address address) {
        boolean anyPort = address instanceof Address.Tcp tcp && tcp.port() == 0;
        return address + (anyPort ? " of " + app.name() : "");
    }

    private static String mounted(App app, List<App> here) {
        return here.size() == 1 && app.mount().equals("/") ? "" : " under " + app.mount();
    }

    private Front front(FrontContext context, Address address, List<App> here) {
        boolean http = address.protocol() == Protocol.HTTP;
        boolean indexed = http || here.size() > 1;
        Map<String, List<String>> samples = new LinkedHashMap<>();
        if (indexed) {
            here.forEach(app -> samples.put(app.name(), Samples.of(app.settings())));
        }
        // An address with one application is that application's, whatever the web server calls its paths.
        Application fallback = indexed ? new IndexPage(() -> statuses(here), samples) : here.get(0);
        Router router = new Router(List.copyOf(here), fallback);
        return http ? new HttpFront(context, router, configuration.http()) : new FastCgiFront(context, router);
    }

    private static List<AppStatus> statuses(List<App> apps) {
        return apps.stream().map(App::status).toList();
    }

    private void tick() {
        long now = System.nanoTime();
        apps.forEach(app -> app.tick(now));
        if (draining && !ending) {
            boolean late =
                    now - drainSince > configuration.server().drainTimeout().toNanos();
            if (late) {
                LOG.warn(
                        "drain_timeout = {} has passed, requests are cut off",
                        Durations.text(configuration.server().drainTimeout()));
            }
            if (late || apps.stream().allMatch(App::isIdle)) {
                end();
            }
        }
        if (ending && apps.stream().allMatch(App::isStopped)) {
            stopped.countDown();
        }
    }

    /** Says "ready" once every application has its workers, or has failed to get them. */
    private void awaitReady(IoEventLoop loop) {
        if (draining) {
            return;
        }
        if (!apps.stream().allMatch(App::isSettled)) {
            loop.schedule(() -> awaitReady(loop), 5, TimeUnit.MILLISECONDS);
            return;
        }
        int workers = statuses(apps).stream()
                .mapToInt(status -> status.workers().size())
                .sum();
        LOG.info(
                "ready in {} s: {}, {}",
                String.format("%.2f", (System.nanoTime() - startedNanos) / 1e9),
                count(apps.size(), "app"),
                count(workers, "worker"));
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private void stop(boolean now) {
        if (!draining) {
            draining = true;
            drainSince = System.nanoTime();
            LOG.info("stopping{}", now ? "" : ": no new requests, those under way are answered first");
            listeners.forEach(listener -> listener.front().drain());
            // Closing waits for the loop, so not on it.
            new Thread(() -> listeners.forEach(Listener::close), "close-listeners").start();
            apps.forEach(App::drain);
        }
        if (now) {
            end();
        }
    }

    private void end() {
        if (!ending) {
            ending = true;
            apps.forEach(App::stop);
        }
    }
}
