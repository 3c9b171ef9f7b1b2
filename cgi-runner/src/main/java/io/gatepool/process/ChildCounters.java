package io.gatepool.process;

/**
 * What the {@link Reaper} has seen since the start.
 *
 * @param spawned children started
 * @param reaped of those, how many were waited for
 * @param strays orphans of children that came home, and were waited for
 * @param killed of both, how many ended by a SIGKILL of gatepool's
 * @param alive children started and not yet waited for
 */
public record ChildCounters(long spawned, long reaped, long strays, long killed, int alive) {

    /** As the log tells it. */
    public String describe() {
        return spawned + " spawned, " + reaped + " reaped, " + strays + " strays, " + killed + " killed";
    }
}
