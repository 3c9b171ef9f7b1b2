package io.gatepool.process;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * A process that gatepool started and has not yet reaped. It leads its own session and process group, so its pid is
 * also the id of its group.
 *
 * <p>Signals go through the {@link Reaper}, which knows whether the pid is still ours: a pid is never signalled after
 * it was reaped and might belong to somebody else. Safe to use from any thread.
 */
public final class Child {

    private final int pid;
    private final long startedNanos;
    private final Reaper reaper;
    private final boolean groupDiesWithIt;
    private final Consumer<ExitStatus> onExit;
    /** Guarded by the reaper's lock. */
    private boolean killed;

    Child(int pid, Reaper reaper, boolean groupDiesWithIt, Consumer<ExitStatus> onExit) {
        this.pid = pid;
        this.startedNanos = System.nanoTime();
        this.reaper = reaper;
        this.groupDiesWithIt = groupDiesWithIt;
        this.onExit = onExit;
    }

    public int pid() {
        return pid;
    }

    /** {@link System#nanoTime()} when it was born. */
    public long startedNanos() {
        return startedNanos;
    }

    /** Sends {@code signal} to the process alone. Returns false when it has already ended. */
    public boolean signal(int signal) {
        return reaper.signal(this, pid, signal);
    }

    /** Sends {@code signal} to the whole process group. Returns false when the leader has already been reaped. */
    public boolean signalGroup(int signal) {
        return reaper.signal(this, -pid, signal);
    }

    /**
     * Whether it ends, or has ended. Asked by someone who has just seen one of its descriptors closed, it tells whether
     * that was the process's doing, or its end. Reads from /proc, which takes some 20 microseconds.
     */
    public boolean isExiting() {
        try {
            return ProcessStat.of(pid).isExiting();
        } catch (IOException e) {
            // It was reaped, or is hidden from us (hidepid).
            return !signal(0);
        }
    }

    /** Whether what is left of the group is killed at the moment when the leader has ended. */
    boolean groupDiesWithIt() {
        return groupDiesWithIt;
    }

    /** It was sent a SIGKILL. Under the reaper's lock. */
    void wasKilled() {
        killed = true;
    }

    /** Whether {@code status} is the work of gatepool's SIGKILL. Under the reaper's lock. */
    boolean isEndedByUs(ExitStatus status) {
        return killed && status.signal() == Signals.KILL;
    }

    void exited(ExitStatus status) {
        onExit.accept(status);
    }
}
