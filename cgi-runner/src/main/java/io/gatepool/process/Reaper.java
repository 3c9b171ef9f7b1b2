package io.gatepool.process;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that waits for child processes. Two waiters on the same children steal each other's statuses, so
 * nothing else in the process may call wait, and {@link java.lang.Process}, which does, is banned from gatepool.
 *
 * <p>One thread asks waitid(2) who has ended, leaving it a zombie ({@code WNOWAIT}); then, holding the lock under which
 * the {@link Spawner} registers pids and every signal is sent, it finds the owner and reaps. While a pid is registered
 * it is therefore either alive or a zombie, never somebody else's.
 *
 * <p>Two ways of being woken share that loop body ({@link Mode}). SIGCHLD coalesces: one signal may stand for many
 * children, so after each the loop runs until there is none left.
 *
 * <p>gatepool is a child subreaper: orphans of its children come home, are reaped here and counted as strays.
 */
public final class Reaper {

    /** What wakes the reaper when a child has ended. */
    public enum Mode {
        /** The thread sleeps inside waitid(2): no Java thread per signal, half the CPU of {@link #SIGCHLD}. */
        WAITID,
        /** The classic way: a SIGCHLD handler, then a {@code WNOHANG} loop. */
        SIGCHLD
    }

    private static final Logger LOG = LoggerFactory.getLogger(Reaper.class);

    private static final int SI_CODE = 8;
    private static final int SI_PID = 16;
    private static final int SI_STATUS = 24;

    private final Libc libc = Libc.Native.LIBC;
    private final Mode mode;
    private final Object lock = new Object();
    private final Map<Integer, Child> children = new HashMap<>();
    /** For {@link #isOursAndAlive}; under the lock. */
    private final Pointer probe = Memory.allocateDirect(Libc.Native.RUNTIME, Libc.STRUCT_BYTES, true);

    private final Semaphore sigchld = new Semaphore(0);
    private final TreeSet<Long> birthsUnderWay = new TreeSet<>();
    private long births;
    private long spawned;
    private long reaped;
    private long strays;
    private long killed;

    private Reaper(Mode mode) {
        this.mode = mode;
    }

    /**
     * Makes this process a child subreaper and starts the reaper's thread. There can be only one per process.
     *
     * @throws IllegalStateException when the kernel refuses the subreaper attribute
     */
    public static Reaper start(Mode mode) {
        Reaper reaper = new Reaper(mode);
        if (reaper.libc.prctl(Libc.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
            throw new IllegalStateException(
                    "prctl(PR_SET_CHILD_SUBREAPER): " + Errno.describe(Libc.Native.errno()) + "; Linux 3.4 is needed");
        }
        // While it is ignored the kernel reaps by itself, and keeps every status.
        Signals.stopIgnoring(Signals.CHLD);
        if (mode == Mode.SIGCHLD) {
            Signals.on("CHLD", signal -> reaper.sigchld.release());
        }
        Thread thread = new Thread(reaper::run, "reaper");
        thread.setDaemon(true);
        thread.start();
        return reaper;
    }

    /** What has been done since the start. Any thread. */
    public ChildCounters counters() {
        synchronized (lock) {
            return new ChildCounters(spawned, reaped, strays, killed, children.size());
        }
    }

    /** How many orphans have been reaped. */
    long strayCount() {
        synchronized (lock) {
            return strays;
        }
    }

    /** Whether {@code pid} is a living child of ours that nobody has registered. */
    boolean isAdopted(int pid) {
        synchronized (lock) {
            return !children.containsKey(pid) && isOursAndAlive(pid);
        }
    }

    /**
     * SIGKILL to an orphan that has come home.
     *
     * @param seen {@link #strayCount} before the caller looked at it: while that stands, nobody else has got the pid
     * @return false when that does not stand, or it is no living child of ours
     */
    boolean killAdopted(int pid, long seen) {
        synchronized (lock) {
            return strays == seen
                    && !children.containsKey(pid)
                    && isOursAndAlive(pid)
                    && libc.kill(pid, Signals.KILL) == 0;
        }
    }

    /** ECHILD for whoever is not ours; no pid is told for a child that has not ended. */
    private boolean isOursAndAlive(int pid) {
        probe.putInt(SI_PID, 0);
        return libc.waitid(Libc.P_PID, pid, probe, Libc.WEXITED | Libc.WNOHANG | Libc.WNOWAIT) == 0
                && probe.getInt(SI_PID) == 0;
    }

    /**
     * Runs {@code birth}, which starts a process and returns it, so that the reaper cannot meet the process as a
     * stranger: an unknown pid that ends while births are under way waits until they are registered.
     */
    Child register(Birth birth) throws SpawnFailure {
        Long birthNumber;
        synchronized (lock) {
            birthNumber = ++births;
            birthsUnderWay.add(birthNumber);
        }
        Child child = null;
        try {
            child = birth.give();
            return child;
        } finally {
            synchronized (lock) {
                birthsUnderWay.remove(birthNumber);
                if (child != null) {
                    children.put(child.pid(), child);
                    spawned++;
                }
                lock.notifyAll();
            }
        }
    }

    /** The call to posix_spawn, as {@link #register} wants it. */
    interface Birth {
        Child give() throws SpawnFailure;
    }

    /** kill(2) for a registered child; {@code target} is its pid or, negative, its group. */
    boolean signal(Child child, int target, int signal) {
        synchronized (lock) {
            boolean sent = children.get(child.pid()) == child && libc.kill(target, signal) == 0;
            if (sent && signal == Signals.KILL) {
                child.wasKilled();
            }
            return sent;
        }
    }

    private void run() {
        Pointer info = Memory.allocateDirect(Libc.Native.RUNTIME, Libc.STRUCT_BYTES, true);
        while (true) {
            try {
                if (mode == Mode.SIGCHLD) {
                    sigchld.acquire();
                    sigchld.drainPermits();
                    while (reapNext(info, Libc.WNOHANG)) {}
                } else if (!reapNext(info, 0)) {
                    awaitChild();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Reaps one ended child; false when there is none (with WNOHANG: none that has ended). */
    private boolean reapNext(Pointer info, int options) throws InterruptedException {
        info.putInt(SI_PID, 0);
        if (libc.waitid(Libc.P_ALL, 0, info, Libc.WEXITED | Libc.WNOWAIT | options) != 0) {
            return Libc.Native.errno() == Errno.EINTR;
        }
        int pid = info.getInt(SI_PID);
        if (pid == 0) {
            return false;
        }
        ExitStatus status = ExitStatus.of(info.getInt(SI_CODE), info.getInt(SI_STATUS));
        Child child;
        synchronized (lock) {
            child = ownerOf(pid);
            if (child != null && child.groupDiesWithIt()) {
                // Before the reaping: as long as the leader is a zombie its number cannot be another group's.
                libc.kill(-pid, Signals.KILL);
            }
            libc.waitid(Libc.P_PID, pid, info, Libc.WEXITED | Libc.WNOHANG);
            children.remove(pid);
            count(child, status);
        }
        if (child == null) {
            LOG.debug("reaped stray process {}: {}", pid, status.describe());
        } else {
            tell(child, status);
        }
        return true;
    }

    /** A stray that died of SIGKILL was killed with its group, or by {@link Strays}. */
    private void count(@Nullable Child child, ExitStatus status) {
        if (child == null) {
            strays++;
            killed += status.signal() == Signals.KILL ? 1 : 0;
        } else {
            reaped++;
            killed += child.isEndedByUs(status) ? 1 : 0;
        }
    }

    private @Nullable Child ownerOf(int pid) throws InterruptedException {
        Child child = children.get(pid);
        // It was born before this moment: of later births, which may never cease, we need not wait for any.
        long latest = births;
        while (child == null && !birthsUnderWay.isEmpty() && birthsUnderWay.first() <= latest) {
            lock.wait();
            child = children.get(pid);
        }
        return child;
    }

    private static void tell(Child child, ExitStatus status) {
        try {
            child.exited(status);
        } catch (RuntimeException e) {
            // The reaper outlives a mistake of one owner, or every other child would stay a zombie.
            LOG.error("the owner of process {} failed to take note of its end", child.pid(), e);
        }
    }

    /**
     * Without children waitid answers ECHILD at once: sleep until one is registered. The second's limit is for pid 1
     * of a container, to which strangers' orphans come home unannounced.
     */
    @SuppressWarnings("WaitNotInLoop") // The caller asks the kernel again: a spurious wake-up costs one call.
    private void awaitChild() throws InterruptedException {
        synchronized (lock) {
            if (children.isEmpty()) {
                lock.wait(1000);
            }
        }
    }
}
