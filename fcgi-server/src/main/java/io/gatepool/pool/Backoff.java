package io.gatepool.pool;

import io.gatepool.exchange.Trouble;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next worker is started, when they end one after the other without having answered
 * anything: 100 ms, twice as long each time, 30 s at the most, give or take a tenth, so that applications that have
 * failed together do not all try together. A worker that came up ends the failing, but only one that
 * has stayed up for a while makes the next failure a first one again: workers that die a second after their start are
 * not started every second. Event loop only.
 */
final class Backoff {

    private static final long FIRST_MILLIS = 100;
    private static final long LONGEST_MILLIS = 30_000;
    private static final int MOST_DOUBLINGS = 16;
    private static final Duration FORGIVEN_AFTER = Duration.ofSeconds(10);

    /** So many crashes in a row are no accident any more. */
    private static final int MOST_CRASHES = 3;

    private static final double JITTER = 0.1;

    private final DoubleSupplier random;
    private int failures;
    private long until;
    private boolean waiting;
    private long upSince;
    private long failingSince;
    private String what = "";
    private String lastWords = "";

    Backoff() {
        this(() -> ThreadLocalRandom.current().nextDouble());
    }

    /** @param random gives numbers from 0 to 1 */
    Backoff(DoubleSupplier random) {
        this.random = random;
    }

    /**
     * Counts a worker that did not come up: the application is failing. Returns how long to wait now.
     *
     * @param words the last line of its stderr, or empty
     */
    Duration failed(String happened, String words, long nowNanos) {
        Duration wait = count(nowNanos);
        what = happened;
        lastWords = words;
        return wait;
    }

    /**
     * Counts a worker that came up but ended before it had answered anything. Once that may happen to anybody, and the
     * next worker will come up in a moment; when it goes on, the application is failing.
     */
    Duration crashed(String happened, String words, long nowNanos) {
        Duration wait = count(nowNanos);
        if (failures >= MOST_CRASHES || isFailing()) {
            what = happened;
            lastWords = words;
        }
        return wait;
    }

    private Duration count(long nowNanos) {
        // Workers started together fail together: that is one failure.
        if (isOver(nowNanos)) {
            if (!waiting && nowNanos - upSince > FORGIVEN_AFTER.toNanos()) {
                failures = 0;
            }
            if (failures == 0) {
                failingSince = nowNanos;
            }
            long millis = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(failures, MOST_DOUBLINGS));
            failures++;
            double jitter = 1 + JITTER * (2 * random.getAsDouble() - 1);
            until = nowNanos + (long) (Duration.ofMillis(millis).toNanos() * jitter);
        }
        waiting = true;
        return Duration.ofNanos(until - nowNanos);
    }

    /** A worker has come up. */
    void succeeded(long nowNanos) {
        if (waiting) {
            upSince = nowNanos;
        }
        waiting = false;
        what = "";
        lastWords = "";
    }

    /** Whether the application is failing: then one worker at a time is tried. */
    boolean isFailing() {
        return !what.isEmpty();
    }

    /** Whether a worker may be started now. */
    boolean isOver(long nowNanos) {
        return !waiting || nowNanos - until >= 0;
    }

    /** Why the last one failed, and how often that has happened since one was up for a while. */
    Trouble trouble() {
        return isFailing() ? new Trouble(what, lastWords, failures, failingSince, until) : Trouble.NONE;
    }

    /** Whether the last one failed just like that. */
    boolean isKnown(String happened, String words) {
        return happened.equals(what) && words.equals(lastWords);
    }
}
