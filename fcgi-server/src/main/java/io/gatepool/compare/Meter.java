package io.gatepool.compare;

import java.util.Map;
import java.util.Set;

/**
 * What a server and its processes have used of the processors up to a moment. Two of them, before and after, make a
 * {@link Cost}.
 */
public final class Meter {

    private final Map<String, Long> serverThreads;
    private final long processes;
    private final long self;
    private final Proc.Machine machine;

    private Meter(Map<String, Long> serverThreads, long processes, long self, Proc.Machine machine) {
        this.serverThreads = serverThreads;
        this.processes = processes;
        this.self = self;
        this.machine = machine;
    }

    /**
     * What was used between two moments, in nanoseconds of processor time.
     *
     * @param server by gatepool itself
     * @param processes by its scripts or workers, and their children
     * @param load by this process, the load generator
     * @param elsewhere share of the whole machine that others used, 0 to 1
     * @param steal share that the hypervisor kept
     */
    public record Cost(long server, long processes, long load, double elsewhere, double steal) {}

    /** @param server the pid of a gatepool */
    public static Meter read(int server) {
        int self = (int) ProcessHandle.current().pid();
        Set<Integer> family = Proc.family(server);
        long processes = Proc.endedChildrenNanos(server);
        for (int pid : family) {
            if (pid != server) {
                processes += Proc.nanos(pid) + Proc.endedChildrenNanos(pid);
            }
        }
        return new Meter(Proc.threadNanos(server), processes, Proc.nanos(self), Proc.machine());
    }

    /** What was used until {@code later}. */
    public Cost until(Meter later) {
        long server = 0;
        // By thread: one that has ended would take what it has used with it.
        for (Map.Entry<String, Long> thread : later.serverThreads.entrySet()) {
            server += thread.getValue() - serverThreads.getOrDefault(thread.getKey(), 0L);
        }
        long used = Math.max(0, later.processes - processes);
        long load = Math.max(0, later.self - self);
        double total = Math.max(1, later.machine.total() - machine.total());
        double others = later.machine.busy() - machine.busy() - server - used - load;
        return new Cost(
                server,
                used,
                load,
                Math.max(0, others / total),
                Math.max(0, (later.machine.steal() - machine.steal()) / total));
    }
}
