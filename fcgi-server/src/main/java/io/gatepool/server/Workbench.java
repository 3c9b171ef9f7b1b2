package io.gatepool.server;

import io.gatepool.cgi.CgiProcess;
import io.gatepool.config.AppSettings;
import io.gatepool.config.Configuration;
import io.gatepool.config.ReaperMode;
import io.gatepool.config.ServerSettings;
import io.gatepool.exchange.RequestNumbers;
import io.gatepool.exchange.SpoolFiles;
import io.gatepool.front.FrontContext;
import io.gatepool.pool.PoolContext;
import io.gatepool.pool.ScriptWatch;
import io.gatepool.pool.WorkerBudget;
import io.gatepool.process.Command;
import io.gatepool.process.Descriptors;
import io.gatepool.process.ExitStatus;
import io.gatepool.process.Leftovers;
import io.gatepool.process.OneShot;
import io.gatepool.process.Reaper;
import io.gatepool.process.SpawnFailure;
import io.gatepool.process.Spawner;
import io.gatepool.process.Strays;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a command needs that runs an application in its own process, without a daemon and its addresses. One for a
 * process, on its main thread.
 */
public final class Workbench implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");

    private final MultiThreadIoEventLoopGroup group;
    private final RuntimeDirectory directory;
    private final PoolContext pool;
    private final FrontContext front;

    /**
     * @param scratch a directory of its own
     * @throws StartFailure when this is no Linux with epoll, or the directory cannot be used
     */
    public Workbench(ServerSettings server, Path scratch, Path baseDirectory, ScriptWatch watch) throws StartFailure {
        if (!Epoll.isAvailable()) {
            throw new StartFailure("gatepool needs Linux with epoll: " + Epoll.unavailabilityCause());
        }
        Descriptors.reserveStandardOnes();
        directory = RuntimeDirectory.take(scratch);
        group = new MultiThreadIoEventLoopGroup(1, Gatepool.LOOP_THREAD, EpollIoHandler.newFactory());
        IoEventLoop loop = group.next();
        Reaper reaper = Reaper.start(server.reaper() == ReaperMode.SIGCHLD ? Reaper.Mode.SIGCHLD : Reaper.Mode.WAITID);
        SpoolFiles files = new SpoolFiles(server.spoolDir());
        Spawner spawner = new Spawner(reaper, Integer.getInteger("gatepool.nofile", 0));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Leftovers.kill(directory.mark()), "leftovers"));
        pool = new PoolContext(
                loop,
                spawner,
                new OneShot(spawner),
                Strays.watch(reaper, directory.mark()),
                files,
                directory.workers(),
                directory.mark(),
                baseDirectory,
                new WorkerBudget(server.maxWorkers()),
                server.drainTimeout(),
                watch);
        front = new FrontContext(loop, files, new RequestNumbers(), TrustedProxies.of(server.trustedProxies()));
    }

    /**
     * Checks the accounts that an application of the configuration names.
     *
     * @throws StartFailure naming the key and the remedy
     */
    public static void checkAccounts(AppSettings app) throws StartFailure {
        Accounts.check(app, true);
    }

    /** Where relative paths of a configuration start. */
    public static Path baseDirectory(Configuration configuration) {
        return Gatepool.baseDirectory(configuration);
    }

    public PoolContext pool() {
        return pool;
    }

    public FrontContext front() {
        return front;
    }

    /**
     * Runs a program that does nothing, the way scripts are run: a first one takes ten times as long as all others,
     * which would be taken for the script's own time.
     */
    public void warmUp() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        Command nothing =
                Command.plain(Command.bytes(List.of("/bin/echo")), List.of(), new byte[] {'/'}, 022, true, false);
        pool.spawner().execute(() -> {
            try {
                CgiProcess.start(pool.loop(), pool.spawner(), nothing, Unpooled.EMPTY_BUFFER, false, new Unheard(done));
            } catch (IOException | SpawnFailure e) {
                // Then the script will not start either, and that is told.
                done.countDown();
            }
        });
        done.await();
    }

    /** Waits for the end only. */
    private record Unheard(CountDownLatch done) implements CgiProcess.Listener {

        @Override
        public void started(CgiProcess process) {}

        @Override
        public void output(ByteBuf bytes) {
            bytes.release();
        }

        @Override
        public void outputEnded() {}

        @Override
        public void error(ByteBuf bytes) {
            bytes.release();
        }

        @Override
        public void wantsInput() {}

        @Override
        public void ended(ExitStatus status) {
            done.countDown();
        }
    }

    /** Ends the event loop, and whatever process is still there. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2000);
        Leftovers.kill(directory.mark());
        try {
            directory.close();
        } catch (IOException e) {
            LOG.debug("{}", e.toString());
        }
    }
}
