package io.gatepool.server;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Configuration;
import io.gatepool.config.Durations;
import io.gatepool.config.Kind;
import io.gatepool.config.Loaded;
import io.gatepool.config.ReaperMode;
import io.gatepool.control.AdminSources;
import io.gatepool.control.AdminSources.Stage;
import io.gatepool.control.ControlSocket;
import io.gatepool.control.FailureBook;
import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.RequestNumbers;
import io.gatepool.exchange.SpoolFiles;
import io.gatepool.front.FrontContext;
import io.gatepool.pool.App;
import io.gatepool.pool.PoolContext;
import io.gatepool.pool.ScriptWatch;
import io.gatepool.pool.WorkerBudget;
import io.gatepool.process.Descriptors;
import io.gatepool.process.Leftovers;
import io.gatepool.process.OneShot;
import io.gatepool.process.Reaper;
import io.gatepool.process.Signals;
import io.gatepool.process.Spawner;
import io.gatepool.process.Strays;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running daemon: assembled from a configuration, stopped by a signal.
 *
 * <p>{@link #run} is for the main thread, which then only waits; all else happens on the event loop. SIGTERM stops
 * gracefully: nothing new is accepted, what is queued and running is answered, then the workers end. A second SIGTERM,
 * or SIGINT, does not wait for the answers. SIGHUP reloads.
 */
public final class Gatepool {

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");
    private static final long TICK_MILLIS = 100;
    /** Such a thread finds Netty's pools, of buffers among others, without a hash table and without locks. */
    static final ThreadFactory LOOP_THREAD = task -> new FastThreadLocalThread(task, "loop");

    private final Supplier<Loaded> source;
    private final Configuration configuration;
    private final boolean rootAllowed;
    private final long startedNanos;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final SystemdNotifier systemd = SystemdNotifier.of(System.getenv());
    private @Nullable Reaper reaper;
    private final FailureBook failures = new FailureBook();
    private @Nullable Listeners listeners;
    private @Nullable Listener admin;
    private @Nullable ControlSocket control;
    private boolean settled;
    private boolean draining;
    private boolean ending;
    private long drainSince;

    /**
     * @param source reads {@code configuration} again, for a reload
     * @param startedNanos {@link System#nanoTime()} when the program was started, for the log
     */
    public Gatepool(Supplier<Loaded> source, Configuration configuration, boolean rootAllowed, long startedNanos) {
        this.source = source;
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
        HandedOver handed = HandedOver.take();
        Descriptors.reserveStandardOnes();
        LOG.info("gatepool {}, pid {}, {}", version, ProcessHandle.current().pid(), configuration.file());
        try (RuntimeDirectory directory =
                RuntimeDirectory.take(configuration.server().runtimeDir())) {
            MultiThreadIoEventLoopGroup group =
                    new MultiThreadIoEventLoopGroup(1, LOOP_THREAD, EpollIoHandler.newFactory());
            try {
                start(group, directory, version, handed);
                stopped.await();
            } finally {
                if (control != null) {
                    control.close();
                }
                if (listeners != null) {
                    listeners.close();
                }
                if (admin != null) {
                    admin.close();
                }
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

    private void start(MultiThreadIoEventLoopGroup group, RuntimeDirectory directory, String version, HandedOver handed)
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
                new OneShot(spawner),
                Strays.watch(started, directory.mark()),
                files,
                directory.workers(),
                directory.mark(),
                baseDirectory(configuration),
                new WorkerBudget(configuration.server().maxWorkers()),
                configuration.server().drainTimeout(),
                ScriptWatch.NONE);
        Logging.AccessLogs accessLogs = Logging.access(configuration.server());
        FrontContext fronts = new FrontContext(
                loop,
                files,
                new RequestNumbers(),
                TrustedProxies.of(configuration.server().trustedProxies()));
        Encryption encryption = new Encryption(configuration.http());
        Encryption.prepare(configuration.http().tls()).ifPresent(encryption::use);
        Listeners addresses = new Listeners(
                loop,
                fronts,
                configuration.http(),
                encryption,
                handed,
                configuration.server().admin());
        listeners = addresses;
        Deployment deployment = new Deployment(
                loop,
                addresses,
                settings ->
                        new App(settings, pool, accessLogs.of(settings.name()).andThen(failures.of(settings.name()))));
        Reloader reloader = new Reloader(
                source,
                configuration,
                rootAllowed,
                deployment,
                encryption,
                busy -> loop.execute(() -> reloading(busy)));
        Signals.on("TERM", signal -> loop.execute(() -> stop(deployment, draining)));
        Signals.on("INT", signal -> loop.execute(() -> stop(deployment, true)));
        Signals.on("HUP", signal -> reloader.reload(Optional.empty(), false, failures -> {}));
        Signals.on("USR1", signal -> new Thread(Logging::reopen, "reopen-logs").start());
        Signals.on("TTIN", signal -> loop.execute(() -> scaleBy(deployment, 1)));
        Signals.on("TTOU", signal -> loop.execute(() -> scaleBy(deployment, -1)));
        if (!Signals.comeFromTerminal()) {
            // Of a terminal it says that the window has another size.
            Signals.on("WINCH", signal -> loop.execute(() -> deployment.apps().forEach(App::pause)));
        }
        control = openControl(
                loop,
                directory,
                new Steering(
                        version,
                        startedNanos,
                        loop,
                        deployment,
                        reloader,
                        () -> draining,
                        now -> stop(deployment, now)));
        deployment.start(configuration);
        FileWatch.start(() -> reloader.current().apps(), baseDirectory(configuration), (app, file) -> {
            LOG.info("{}: {} has changed", app, file);
            reloader.reload(Optional.of(app), false, failures -> {});
        });
        if (configuration.server().admin().isPresent()) {
            admin = AdminListener.open(
                    fronts, configuration, adminSources(version, deployment, addresses, started), handed);
        }
        loop.execute(() -> {
            loop.scheduleAtFixedRate(() -> tick(deployment), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
            awaitReady(loop, deployment);
        });
    }

    private AdminSources adminSources(String version, Deployment deployment, Listeners addresses, Reaper children) {
        return new AdminSources(
                new AdminSources.Daemon(version, configuration.file().toString(), startedNanos),
                () -> draining ? Stage.STOPPING : settled ? Stage.SERVING : Stage.STARTING,
                deployment::statuses,
                addresses::connections,
                addresses::connectionsRefused,
                children::counters,
                Logging::droppedLines,
                failures);
    }

    private static void scaleBy(Deployment deployment, int difference) {
        for (App app : deployment.apps()) {
            app.scale(Math.max(1, Math.min(AppSettings.MAX_PROCESSES, app.limit() + difference)));
        }
    }

    private ControlSocket openControl(IoEventLoop loop, RuntimeDirectory directory, Steering steering)
            throws StartFailure {
        try {
            ControlSocket open = ControlSocket.open(
                    loop,
                    directory.path(),
                    directory.workers(),
                    configuration.server().controlGroup(),
                    steering,
                    failures,
                    new Acceptance(bound -> "control socket", DescriptorReserve.NONE));
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

    private void reloading(boolean begins) {
        if (begins) {
            systemd.reloading();
        } else {
            systemd.ready("reloaded");
        }
    }

    /** What relative paths in commands start from, unless the application has a chdir. */
    static Path baseDirectory(Configuration configuration) {
        return Optional.ofNullable(configuration.file().toAbsolutePath().getParent())
                .orElse(Path.of("/"));
    }

    private void tick(Deployment deployment) {
        long now = System.nanoTime();
        systemd.tick(now);
        deployment.tick(now);
        if (draining && !ending) {
            boolean late =
                    now - drainSince > configuration.server().drainTimeout().toNanos();
            if (late) {
                LOG.warn(
                        "drain_timeout = {} has passed, requests are cut off",
                        Durations.text(configuration.server().drainTimeout()));
            }
            if (late || deployment.isIdle() && (listeners == null || listeners.isIdle())) {
                end(deployment);
            }
        }
        if (ending && deployment.isStopped()) {
            stopped.countDown();
        }
    }

    /** Says "ready" once every application has its workers, or has failed to get them. */
    private void awaitReady(IoEventLoop loop, Deployment deployment) {
        if (draining) {
            return;
        }
        if (!deployment.isSettled()) {
            loop.schedule(() -> awaitReady(loop, deployment), 5, TimeUnit.MILLISECONDS);
            return;
        }
        settled = true;
        String running = running(deployment.statuses());
        LOG.info("ready in {} s: {}", String.format("%.2f", (System.nanoTime() - startedNanos) / 1e9), running);
        systemd.ready(running);
    }

    /** Processes that do not answer yet may be about to fail: they do not count. */
    private static String running(List<AppStatus> apps) {
        long workers = apps.stream()
                .filter(app -> !app.kind().equals(Kind.CGI.text()))
                .flatMap(app -> app.workers().stream())
                .filter(worker -> !worker.state().equals("starting"))
                .count();
        String failing = apps.stream()
                .filter(app -> app.health().equals("failing"))
                .map(AppStatus::name)
                .collect(Collectors.joining(", "));
        return count(apps.size(), "app") + ", " + count(workers, "worker")
                + (failing.isEmpty() ? "" : "; failing: " + failing);
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private void stop(Deployment deployment, boolean now) {
        if (!draining) {
            draining = true;
            drainSince = System.nanoTime();
            systemd.stopping();
            LOG.info("stopping{}", now ? "" : ": no new requests, those under way are answered first");
            deployment.drain();
            if (listeners != null) {
                listeners.drain();
                closeSoon(listeners);
            }
        }
        if (now) {
            end(deployment);
        }
    }

    /** Closing waits for the loop, so not on it. */
    private static void closeSoon(Listeners open) {
        try {
            new Thread(open::close, "close-listeners").start();
        } catch (OutOfMemoryError e) {
            // So the JDK says that the system has no thread to give.
            LOG.warn("the addresses stay open until the end: there is no thread to close them");
        }
    }

    /** Once more, it waits for less. */
    private void end(Deployment deployment) {
        if (ending) {
            deployment.waitForNoHook();
        }
        ending = true;
        deployment.stop();
    }
}
