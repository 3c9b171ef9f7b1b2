package io.gatepool.pool;

import io.gatepool.exchange.Exchange;
import java.util.concurrent.TimeUnit;

/**
 * When a request may wait at a worker, behind another one, instead of in the queue. A worker that finds its next
 * request there need not sleep and be woken, which is worth more than a short request itself costs; but whoever waits
 * behind a long one waits in vain while other workers are free. So it is done only while requests are short of late,
 * never behind one that has run for a moment or has begun to answer, only for requests that may be sent again, and what
 * got stuck all the same is taken back. As a rule all workers must be busy; where requests take less time than a
 * wake-up, the worker that is awake gets the next one although others are free.
 *
 * <p>Owned by the event loop.
 */
final class Lookahead {

    /**
     * Of late, on average: longer ones gain nothing by it. Tests of what becomes of those that wait set the system
     * property, so that it happens on a slow machine too.
     */
    private static final long SHORT_NANOS =
            TimeUnit.MICROSECONDS.toNanos(Long.getLong("gatepool.lookahead.micros", 500));

    /** One that has run for so long may be a long one. */
    static final long FRESH_NANOS = SHORT_NANOS;

    /** What it takes, about, until a worker that sleeps has a processor. */
    static final long WAKE_UP_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

    /** Who waits behind one that has run for so long is taken back. */
    static final long STUCK_NANOS = 2 * SHORT_NANOS;

    /** How fast the past is forgotten: a request counts for a sixteenth. */
    private static final double WEIGHT = 1.0 / 16;

    private double averageNanos = SHORT_NANOS;

    /** A request was answered, so long after its worker could begin with it. */
    void answered(long nanos) {
        averageNanos += (nanos - averageNanos) * WEIGHT;
    }

    /**
     * Whether the turn behind one that has just begun comes sooner, of late, than a free worker would have woken up.
     */
    boolean beatsWakingAnother() {
        return averageNanos < WAKE_UP_NANOS;
    }

    /** Whether this one may wait behind another one. */
    boolean allows(Exchange request) {
        return averageNanos < SHORT_NANOS
                && request.isSafe()
                && request.body().unread() == 0
                && request.data().unread() == 0;
    }
}
