package io.gatepool.pool;

import java.time.Duration;

/**
 * How long to wait before the next worker is started, when they end one after the other without having answered
 * anything: 100 ms, twice as long each time, 30 s at the most. Event loop only.
 */
final class Backoff {

    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 30_000;
    private static final int MOST_DOUBLINGS = 16;

    private int failures;
    private long until;
    private String reason = "";

    /** Counts a failure and returns how long to wait now. */
    Duration failed(String why, long nowNanos) {
        long millis = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(failures, MOST_DOUBLINGS));
        // Workers started together fail together: that is one failure.
        if (isOver(nowNanos)) {
            failures++;
            until = nowNanos + Duration.ofMillis(millis).toNanos();
        }
        reason = why;
        return Duration.ofNanos(until - nowNanos);
    }

    void succeeded() {
        failures = 0;
        reason = "";
    }

    boolean isFailing() {
        return failures > 0;
    }

    boolean isOver(long nowNanos) {
        return failures == 0 || nowNanos - until >= 0;
    }

    /** Why the last one failed; empty when nothing is wrong. */
    String reason() {
        return reason;
    }
}
