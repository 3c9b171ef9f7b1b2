package io.gatepool.it;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Waiting for something that another process does: by looking again and again, never by hoping that a time is enough.
 */
final class Poll {

    /**
     * How long a test waits for anything that must happen. A machine that is slowed down to an eighth must not fail a
     * test; only one that waits for what never happens takes so long.
     */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private Poll() {}

    /** Waits until {@code condition} holds; fails with {@code what} when it does not within {@link #PATIENCE}. */
    static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("never happened: " + what);
            }
            pause();
        }
    }

    /** The moment between two looks. */
    static void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
}
