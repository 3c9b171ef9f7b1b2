package io.gatepool.pool;

import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.WorkerEvents;

/** What a {@link Backend} tells its {@link App}. Loop only. */
interface Requeue {

    /** A worker is free: bring the next request. */
    void capacityFreed();

    /** This request met a worker that could not take it, and cannot have been executed: it goes first in the queue. */
    void again(Exchange exchange);

    /** The request is one for another path now: it begins again. */
    void redirected(Exchange exchange);

    /** Where to count what becomes of processes. */
    WorkerEvents events();

    /** How many requests wait for a worker. */
    int waiting();

    /** How long the first of them has waited, in nanoseconds; 0 when none does. */
    long oldestNanos(long nowNanos);

    /** A line for the log, told as the app's: {@code blog: worker 4182 …}. */
    AppLog log();
}
