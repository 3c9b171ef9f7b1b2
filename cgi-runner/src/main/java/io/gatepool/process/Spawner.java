package io.gatepool.process;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts child processes with posix_spawn(3): 0.4 ms a child, a quarter of what {@link ProcessBuilder} takes, and the
 * state of the child is exactly what the {@link Command} says: its own session or process group, default signal
 * dispositions and an empty mask (a JVM's child inherits a blocked SIGQUIT otherwise), descriptors 0, 1 and 2 and no
 * other, the descriptor limit that gatepool itself was started with.
 *
 * <p>posix_spawn blocks until the child's exec, so it never runs on an event loop: the spawner is an {@link Executor}
 * of a few threads, and {@link #spawn} may be called on those only. The threads live as long as the daemon, because a
 * child's parent-death signal follows the death of the thread that started it, and each has a umask of its own
 * ({@code unshare(CLONE_FS)}), because posix_spawn has no attribute for it.
 *
 * <p>Linux gives each session an equal share of the processors (sched_autogroup_enabled). A session for each
 * short-lived child would put gatepool with all its threads, one session, behind a crowd: a request's p99 is twice as
 * long then. So such a child has a process group only, unless gatepool has a terminal, which it must not get hold of.
 */
public final class Spawner implements Executor {

    /** Two are enough to keep two cores busy with births; more would only contend for the kernel's locks. */
    private static final int THREADS = 2;

    private static final Logger LOG = LoggerFactory.getLogger(Spawner.class);

    private final Libc libc = Libc.Native.LIBC;
    private final Reaper reaper;
    private final int devNull;
    private final int descriptorLimit;
    private final boolean terminal;
    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);
    private final ThreadPoolExecutor threads;

    /**
     * @param reaper who will wait for the children
     * @param descriptorLimit the soft RLIMIT_NOFILE of the children (the JVM has raised its own), or 0 to leave it
     */
    public Spawner(Reaper reaper, int descriptorLimit) {
        this.reaper = reaper;
        this.descriptorLimit = descriptorLimit;
        this.devNull = Descriptors.openDevNull();
        this.terminal = ProcessStat.haveTerminal();
        AtomicInteger number = new AtomicInteger();
        this.threads =
                new ThreadPoolExecutor(THREADS, THREADS, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(() -> ownUmaskThen(task), "spawner-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.prestartAllCoreThreads();
    }

    private void ownUmaskThen(Runnable task) {
        if (libc.unshare(Libc.CLONE_FS) != 0) {
            throw new IllegalStateException("unshare(CLONE_FS): " + Errno.describe(Libc.Native.errno()));
        }
        task.run();
    }

    /**
     * Runs {@code task} on a spawner thread. The queue is unbounded; what is queued is bounded by its callers. The
     * thread outlives a mistake of the task: its end would be the end of all children that it has started.
     */
    @Override
    public void execute(Runnable task) {
        threads.execute(() -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("a start of a process failed by a mistake of gatepool", e);
            }
        });
    }

    /** A descriptor of /dev/null, open for reading and writing, for children that have no input or output. */
    public int devNull() {
        return devNull;
    }

    /**
     * Starts a process. Spawner threads only.
     *
     * @param onExit called once, on the reaper's thread, when the process was reaped, possibly before this returns
     * @throws SpawnFailure with the error number when the process could not be started; nothing is left behind
     */
    public Child spawn(SpawnRequest request, Consumer<ExitStatus> onExit) throws SpawnFailure {
        Scratch memory = scratch.get();
        Command command = request.command();
        int size = memory.put(command);
        if (size > Scratch.LIMIT) {
            throw new SpawnFailure(
                    "arguments and environment take " + size + " bytes, more than the limit of " + Scratch.LIMIT,
                    Errno.E2BIG);
        }
        fileActions(memory, request);
        try {
            memory.umask(command.umask());
            return reaper.register(() -> {
                int error = libc.posix_spawn(
                        memory.pid(),
                        memory.path(),
                        memory.actions(),
                        command.ownSession() || terminal ? memory.session() : memory.group(),
                        memory.argv(),
                        memory.envp());
                if (error != 0) {
                    throw new SpawnFailure(Errno.describe(error), error);
                }
                int pid = memory.pid().getInt(0);
                if (!command.limitsDescriptors()) {
                    restoreDescriptorLimit(pid);
                }
                return new Child(pid, reaper, command.groupDiesWithIt(), onExit);
            });
        } finally {
            libc.posix_spawn_file_actions_destroy(memory.actions());
        }
    }

    private void fileActions(Scratch memory, SpawnRequest request) {
        Pointer actions = memory.actions();
        libc.posix_spawn_file_actions_init(actions);
        libc.posix_spawn_file_actions_adddup2(actions, request.stdin(), 0);
        libc.posix_spawn_file_actions_adddup2(actions, request.stdout(), 1);
        libc.posix_spawn_file_actions_adddup2(actions, request.stderr(), 2);
        libc.posix_spawn_file_actions_addclosefrom_np(actions, 3);
        libc.posix_spawn_file_actions_addchdir_np(actions, memory.directory());
    }

    /** From outside, a moment after the birth: posix_spawn has no attribute for it. */
    private void restoreDescriptorLimit(int pid) {
        if (descriptorLimit > 0) {
            long[] limits = new long[2];
            Pointer old = scratch.get().limits();
            if (libc.prlimit(pid, Libc.RLIMIT_NOFILE, null, old) == 0) {
                limits[1] = old.getLong(8);
                limits[0] = Math.min(descriptorLimit, limits[1]);
                libc.prlimit(pid, Libc.RLIMIT_NOFILE, limits, null);
            }
        }
    }

    /** Native memory of one spawner thread: the constant attributes and room for one request. */
    private static final class Scratch {

        /** The kernel allows a quarter of the stack limit, 2 MiB; a request's environ is far smaller. */
        static final int LIMIT = 1 << 20;

        private static final int USUAL = 16 * 1024;
        private static final int POINTER = 8;
        private static final int UNKNOWN = -1;

        private final Pointer session = struct();
        private final Pointer group = struct();
        private final Pointer actions = struct();
        private final Pointer pid = struct();
        private final Pointer limits = struct();
        private final Pointer strings = Memory.allocateDirect(Libc.Native.RUNTIME, LIMIT, false);
        /** Room in which most commands are laid out, to be copied there by one call instead of a hundred. */
        private final ByteBuffer usual = ByteBuffer.allocate(USUAL);

        private Pointer path = strings;
        private Pointer directory = strings;
        private final Pointer argv = strings;
        private Pointer envp = strings;
        private int umask = UNKNOWN;

        Scratch() {
            initialise(session, Libc.POSIX_SPAWN_SETSID);
            initialise(group, Libc.POSIX_SPAWN_SETPGROUP);
        }

        private static void initialise(Pointer attributes, short apart) {
            Libc libc = Libc.Native.LIBC;
            Pointer signals = struct();
            libc.posix_spawnattr_init(attributes);
            libc.sigemptyset(signals);
            libc.posix_spawnattr_setsigmask(attributes, signals);
            libc.sigfillset(signals);
            libc.posix_spawnattr_setsigdefault(attributes, signals);
            libc.posix_spawnattr_setflags(
                    attributes, (short) (Libc.POSIX_SPAWN_SETSIGMASK | Libc.POSIX_SPAWN_SETSIGDEF | apart));
        }

        private static Pointer struct() {
            return Memory.allocateDirect(Libc.Native.RUNTIME, Libc.STRUCT_BYTES, true);
        }

        /** Lays out directory, argv and envp; returns the bytes needed, and writes nothing when that is too much. */
        int put(Command command) {
            int pointers = (command.argv().size() + command.envp().size() + 2) * POINTER;
            long size = pointers + command.directory().length + 1L;
            for (byte[] word : command.argv()) {
                size += word.length + 1;
            }
            for (byte[] entry : command.envp()) {
                size += entry.length + 1;
            }
            if (size > LIMIT) {
                return (int) Math.min(size, Integer.MAX_VALUE);
            }
            ByteBuffer image = size <= usual.capacity() ? usual : ByteBuffer.allocate((int) size);
            image.order(ByteOrder.nativeOrder());
            int at = pointers;
            int slot = 0;
            path = strings.slice(at);
            for (byte[] word : command.argv()) {
                image.putLong(slot, strings.address() + at);
                slot += POINTER;
                at = string(image, at, word);
            }
            image.putLong(slot, 0);
            slot += POINTER;
            envp = strings.slice(slot);
            for (byte[] entry : command.envp()) {
                image.putLong(slot, strings.address() + at);
                slot += POINTER;
                at = string(image, at, entry);
            }
            image.putLong(slot, 0);
            directory = strings.slice(at);
            string(image, at, command.directory());
            strings.put(0, image.array(), 0, (int) size);
            return (int) size;
        }

        private static int string(ByteBuffer image, int at, byte[] bytes) {
            image.put(at, bytes);
            image.put(at + bytes.length, (byte) 0);
            return at + bytes.length + 1;
        }

        /** Sets the umask, which is the thread's own and nobody else's business. */
        void umask(int mask) {
            if (mask != umask) {
                Libc.Native.LIBC.umask(mask);
                umask = mask;
            }
        }

        /** Attributes of a child with a session of its own. */
        Pointer session() {
            return session;
        }

        /** Attributes of a child with a process group of its own. */
        Pointer group() {
            return group;
        }

        Pointer actions() {
            return actions;
        }

        Pointer pid() {
            return pid;
        }

        Pointer limits() {
            return limits;
        }

        Pointer path() {
            return path;
        }

        Pointer directory() {
            return directory;
        }

        Pointer argv() {
            return argv;
        }

        Pointer envp() {
            return envp;
        }
    }
}
