package io.gatepool.pool;

import java.util.concurrent.TimeUnit;

/**
 * How many lines of one sort an application may put into the log: so many in each second; what is more is counted, and
 * told in one line. Event loop only.
 */
final class LineLimit {

    static final int LINES_A_SECOND = 100;

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private long sinceNanos;
    private int taken;
    private long leftOut;

    LineLimit(long nowNanos) {
        sinceNanos = nowNanos;
    }

    /** Whether one more line may be told; it counts as told, or as left out. */
    boolean take() {
        if (taken < LINES_A_SECOND) {
            taken++;
            return true;
        }
        leftOut++;
        return false;
    }

    /** To be called several times a second: how many lines were left out in the second that has ended, or 0. */
    long leftOut(long nowNanos) {
        if (nowNanos - sinceNanos < SECOND) {
            return 0;
        }
        sinceNanos = nowNanos;
        taken = 0;
        long told = leftOut;
        leftOut = 0;
        return told;
    }
}
