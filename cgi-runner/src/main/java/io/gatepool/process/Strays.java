package io.gatepool.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the processes that a script leaves behind, and ends or reports them. Those in its group die with it ({@link
 * Reaper}); here are the others: daemons that moved to a session of their own. When the last of their forebears has
 * ended they come home to gatepool, the subreaper, and are recognised by the mark in their environment ({@link
 * Leftovers}), which names the run that they belong to.
 *
 * <p>Looking costs no script anything: the end of one only wakes this class's thread, which looks a moment later, once
 * for all that have ended by then. What it reads is the kernel's list of gatepool's adopted children.
 *
 * <p>A pid is signalled under the reaper's lock only, and only while it is a child of ours, so that it cannot be given
 * to anybody else in between.
 */
public final class Strays {

    /**
     * A process that was left behind.
     *
     * @param pid its process id
     * @param name the name of its program, as ps shows it
     * @param run the run that it belongs to, as it was given to {@link #begins}
     */
    public record Stray(int pid, String name, String run) {}

    /** Time for those that are about to end by themselves, and for more scripts to end before the next look. */
    private static final int PAUSE_MILLIS = 100;

    /** Whoever is killed may have had children, who come home then. */
    private static final int NEXT_GENERATION_MILLIS = 2;

    private static final int GENERATIONS = 50;

    /** In the middle of an exec, which may take long on a busy machine, a process has no environment. */
    private static final long EXEC_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final Logger LOG = LoggerFactory.getLogger(Strays.class);

    private final Reaper reaper;
    private final byte[] mark;
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private final Map<String, Watch> watched = new ConcurrentHashMap<>();
    private final Set<Identity> known = new HashSet<>();
    /** Those without a mark: when they were seen first. */
    private final Map<Identity, Long> unmarked = new HashMap<>();
    /** The last look may have missed one. */
    private boolean unsure;

    private final Semaphore wanted = new Semaphore(0);

    /** What becomes of an owner's strays. */
    private record Watch(boolean kill, Consumer<Stray> listener) {}

    private Strays(Reaper reaper, String mark) {
        this.reaper = reaper;
        this.mark = Leftovers.entry(mark);
    }

    /** Starts the thread. {@code mark} as in {@link Leftovers}. */
    public static Strays watch(Reaper reaper, String mark) {
        Strays strays = new Strays(reaper, mark);
        Thread thread = new Thread(strays::run, "strays");
        thread.setDaemon(true);
        thread.start();
        return strays;
    }

    /**
     * From now on strays of {@code owner}'s runs are looked for. Whose are not, live on.
     *
     * @param owner what the name of a run begins with, up to the first slash
     * @param kill whether they are killed, not only reported
     * @param listener told of each one once, on the thread of this class
     */
    public void of(String owner, boolean kill, Consumer<Stray> listener) {
        watched.put(owner, new Watch(kill, listener));
    }

    /** A run is about to begin: what carries its name is no stray. Any thread. */
    public void begins(String run) {
        running.add(run);
    }

    /** A run has ended, or did not begin: what carries its name is a stray from now on. Any thread. */
    public void ended(String run) {
        running.remove(run);
        if (watched.containsKey(owner(run)) && wanted.availablePermits() == 0) {
            wanted.release();
        }
    }

    private static String owner(String run) {
        int slash = run.indexOf('/');
        return slash < 0 ? run : run.substring(0, slash);
    }

    private void run() {
        try {
            while (true) {
                wanted.acquire();
                Thread.sleep(PAUSE_MILLIS);
                wanted.drainPermits();
                boolean killed = look();
                for (int more = 0; killed && more < GENERATIONS; more++) {
                    Thread.sleep(NEXT_GENERATION_MILLIS);
                    killed = look();
                }
                if (killed || unsure) {
                    // Not at once, in case they fork faster than they die: others want the processor too.
                    wanted.release();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Deals with all that have come home; true when one of them was killed. */
    private boolean look() {
        long strays = reaper.strayCount();
        Set<Identity> present = new HashSet<>();
        boolean killed = false;
        unsure = false;
        for (int pid : Adopted.pids()) {
            Identity identity = Identity.of(pid);
            present.add(identity);
            if (!known.contains(identity) && reaper.isAdopted(pid)) {
                killed |= judge(identity);
            }
        }
        known.retainAll(present);
        unmarked.keySet().retainAll(present);
        // The kernel may leave one out of its list when another goes in that moment.
        unsure |= reaper.strayCount() != strays;
        return killed;
    }

    private boolean judge(Identity identity) {
        int pid = identity.pid();
        long strays = reaper.strayCount();
        String run = Leftovers.markedFor(pid, mark);
        if (run.isEmpty()) {
            doubt(identity);
            return false;
        }
        Watch watch = watched.get(owner(run));
        if (watch == null || running.contains(run)) {
            // It is not looked for, or a running script's own affair.
            return false;
        }
        Stray stray = new Stray(pid, name(pid), run);
        if (watch.kill() && !reaper.killAdopted(pid, strays)) {
            unsure = true;
            return false;
        }
        known.add(identity);
        watch.listener().accept(stray);
        return watch.kill();
    }

    /** Without a mark it may be a stranger's, since pid 1 of a container gets those too: it is only told, once. */
    private void doubt(Identity identity) {
        long now = System.nanoTime();
        if (now - unmarked.computeIfAbsent(identity, first -> now) < EXEC_NANOS) {
            unsure = true;
        } else {
            known.add(identity);
            int pid = identity.pid();
            LOG.info("{} ({}) came home without gatepool's mark in its environment, left alone", name(pid), pid);
        }
    }

    /**
     * A process, and not another one that got its pid later.
     *
     * @param started when, in ticks since the machine's start; empty when it has gone
     */
    private record Identity(int pid, String started) {
        static Identity of(int pid) {
            try {
                return new Identity(pid, ProcessStat.of(pid).started());
            } catch (IOException e) {
                return new Identity(pid, "");
            }
        }
    }

    private static String name(int pid) {
        try {
            String name =
                    Files.readString(Path.of("/proc", Integer.toString(pid), "comm"), StandardCharsets.ISO_8859_1);
            return name.strip().replaceAll("[^ -~]", "?");
        } catch (IOException e) {
            return "?";
        }
    }

    /** The kernel's list of the children that came home. */
    static final class Adopted {

        /** Orphans become children of the subreaper's first thread, which starts none itself. */
        private static final Path CHILDREN =
                Path.of("/proc/self/task", Long.toString(ProcessHandle.current().pid()), "children");

        private Adopted() {}

        /** Their pids, those of zombies too; all our children on a kernel that has no such list (PROC_CHILDREN). */
        static List<Integer> pids() {
            try {
                List<Integer> pids = new ArrayList<>();
                for (String pid : Files.readString(CHILDREN).split(" ")) {
                    if (!pid.isBlank()) {
                        pids.add(Integer.valueOf(pid));
                    }
                }
                return pids;
            } catch (IOException e) {
                return ProcessHandle.current()
                        .children()
                        .map(child -> (int) child.pid())
                        .toList();
            }
        }
    }
}
