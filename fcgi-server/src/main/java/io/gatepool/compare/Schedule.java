package io.gatepool.compare;

/**
 * When requests are due. No clock and no socket: times are nanoseconds since the start, and come from the caller.
 *
 * <p>At a fixed rate, requests become due however late the answers are, and each counts from the moment when it was
 * due, also when all connections were waiting: a server that stands still for a second has kept all those waiting who
 * would have come in that second, and not only those that happened to be there (no coordinated omission). As fast as it
 * goes, the next one is due as soon as there is a connection for it: that tells what a server can do, and nothing of
 * how long people wait.
 */
public final class Schedule {

    /** No request is due any more. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final double NANOS = 1e9;

    private final double interval;
    private final long end;
    private long taken;

    private Schedule(double interval, long end) {
        this.interval = interval;
        this.end = end;
    }

    /** @param rate requests a second, more than 0 */
    public static Schedule fixedRate(double rate, long durationNanos) {
        if (!(rate > 0)) {
            throw new IllegalArgumentException("a rate of " + rate);
        }
        return new Schedule(NANOS / rate, durationNanos);
    }

    public static Schedule asFastAsItGoes(long durationNanos) {
        return new Schedule(0, durationNanos);
    }

    /** A single request. */
    static Schedule one() {
        return new Schedule(NANOS, 1);
    }

    /** When the next request is, or was, due; {@link #NEVER} when there is none any more. */
    public long nextDue(long now) {
        long due = interval == 0 ? now : (long) (taken * interval);
        return due < end ? due : NEVER;
    }

    /** Takes the next request, which must be due; returns when it was. */
    public long take(long now) {
        long due = nextDue(now);
        if (due > now) {
            throw new IllegalStateException("the next request is due at " + due + ", and it is " + now);
        }
        taken++;
        return due;
    }

    /** When the last request becomes due at the latest. */
    public long end() {
        return end;
    }
}
