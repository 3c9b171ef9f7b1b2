package io.gatepool.pool;

import java.time.Duration;

/**
 * How long to wait before the next worker is started, when they end one after the other without having answered
 * anything: 100 ms, twice as long each time, 30 s at the most. A worker that came up ends the failing, but only one that
 * has stayed up for a while makes the next failure a first one again: workers that die a second after their start are
 * not started every second. Event loop only.
 */
final class Backoff {

    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 30_000;
    private static final int MOST_DOUBLINGS = 16;
    private static final Duration FORGIVEN_AFTER = Duration.ofSeconds(10);

    private int failures;
    private long until;
    private boolean failing;
    private long upSince;
    private String reason = "";

    /** Counts a failure and returns how long to wait now. */
    Duration failed(String why, long nowNanos) {
        // Workers started together fail together: that is one failure.
        if (!failing || nowNanos - until >= 0) {
            if (!failing && nowNanos - upSince > FORGIVEN_AFTER.toNanos()) {
                failures = 0;
            }
            long millis = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(failures, MOST_DOUBLINGS));
            failures++;
            until = nowNanos + Duration.ofMillis(millis).toNanos();
        }
        failing = true;
        reason = why;
        return Duration.ofNanos(until - nowNanos);
    }

    /** A worker has come up. */
    void succeeded(long nowNanos) {
        if (failing) {
            upSince = nowNanos;
        }
        failing = false;
        reason = "";
    }

    boolean isFailing() {
        return failing;
    }

    /** Whether a worker may be started now. */
    boolean isOver(long nowNanos) {
        return !failing || nowNanos - until >= 0;
    }

    /** Why the last one failed; empty when nothing is wrong. */
    String reason() {
        return reason;
    }
}
