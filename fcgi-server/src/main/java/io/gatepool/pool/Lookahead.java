package io.gatepool.pool;

import io.gatepool.exchange.Exchange;
import java.util.concurrent.TimeUnit;

/**
 * When a request may wait at a worker, behind others, instead of in the queue. A worker that finds its next request there
 * need not sleep and be woken, which costs more than a short request itself; but whoever waits behind a long one waits in
 * vain while other workers are free. So it is done only while requests are short of late, never behind one that has run
 * for a moment or has begun to answer, only for requests that may be sent again, and what got stuck all the same is
 * taken back. As a rule all workers must be busy; where the workers that are awake come to a request sooner than
 * another one would wake up, it goes to them although others are free.
 *
 * <p>Owned by the event loop.
 */
final class Lookahead {

    /**
     * Of late, on average: longer ones gain nothing by it. Tests of what becomes of those that wait set the system
     * properties, so that it happens on a slow machine too.
     */
    private static final long SHORT_NANOS =
            TimeUnit.MICROSECONDS.toNanos(Long.getLong("gatepool.lookahead.micros", 500));

    /** One that has run for so long may be a long one. */
    static final long FRESH_NANOS = SHORT_NANOS;

    /**
     * What it takes, about, until a worker that sleeps has begun, where there are more of them than processors: of the
     * requests of one application those that had to wake their worker took 100 to 400 us, the others 5 to 60.
     */
    static final long WAKE_UP_NANOS =
            TimeUnit.MICROSECONDS.toNanos(Long.getLong("gatepool.lookahead.wakeup.micros", 200));

    /** How often it is looked who waits behind one that has run for too long. */
    static final long WATCH_NANOS = WAKE_UP_NANOS;

    /** Too long, while all workers are busy. */
    private static final long STUCK_NANOS = 2 * SHORT_NANOS;

    /** Too long, while one is free: had it been woken, it would be done. */
    private static final long MISTAKEN_NANOS = Math.min(STUCK_NANOS, 2 * WAKE_UP_NANOS);

    /** How fast the past is forgotten: a request counts for a sixteenth. */
    private static final double WEIGHT = 1.0 / 16;

    /** Of all requests. */
    private double averageNanos = SHORT_NANOS;
    /** Of those that found their worker awake. */
    private double turnNanos = SHORT_NANOS;

    /**
     * A request was answered, so long after its worker could begin with it.
     *
     * @param alone whether the worker had to wake up for it
     */
    void answered(long nanos, boolean alone) {
        averageNanos += (nanos - averageNanos) * WEIGHT;
        if (!alone) {
            turnNanos += (nanos - turnNanos) * WEIGHT;
        }
    }

    /** Whether a worker that has so many requests comes to the next one, of late, before a free one would wake up. */
    boolean beatsWakingAnother(int requests) {
        return requests * turnNanos < WAKE_UP_NANOS;
    }

    /** Who waits behind one that has run for so long is taken back. */
    static long patienceNanos(boolean anyFree) {
        return anyFree ? MISTAKEN_NANOS : STUCK_NANOS;
    }

    /** Whether this one may wait behind another one. */
    boolean allows(Exchange request) {
        return averageNanos < SHORT_NANOS
                && request.isSafe()
                && request.body().unread() == 0
                && request.data().unread() == 0;
    }
}
