package io.gatepool.pool;

import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Trouble;
import java.util.List;

/** Who answers the requests of an {@link App}: a pool of persistent workers, or scripts run one by one. Loop only. */
interface Backend {

    /** Starts what has to run before the first request. */
    void start();

    /** Whether {@link #dispatch} may be called with any request. */
    boolean hasCapacity();

    /** Whether {@link #dispatch} may be called with this request. */
    default boolean hasCapacityFor(Exchange exchange) {
        return hasCapacity();
    }

    /** Gives a request to a worker. The request is answered in every case, or handed back to the app's queue. */
    void dispatch(Exchange exchange);

    /** Looks for passed deadlines; called ten times a second. */
    void tick(long nowNanos);

    /** Why no request can be answered at present; {@link Trouble#NONE} when that is not so. */
    Trouble trouble();

    /**
     * What a request waits for besides its turn, such as a process that the system does not give; empty for nothing.
     */
    default String shortage(long nowNanos) {
        return "";
    }

    /** A request has begun to wait: more may be started for it. */
    default void demand() {}

    /** An operator wants so many processes at the most; until the next reload. */
    void scale(int number);

    /** Whether everything runs that should, or has failed to: the start is over. */
    boolean isSettled();

    /** Gets no more requests: its processes end when those they have are over. {@link #isStopped} tells when. */
    void retire();

    /**
     * Ends all processes: asks them to, and kills those that do not follow. {@link #isStopped} tells when it is done.
     */
    void stop();

    boolean isStopped();

    /** A hook that still runs does not keep it from being stopped. */
    default void waitForNoHook() {}

    /** Requests being worked on. */
    int busy();

    /** Processes that exist. */
    int processes();

    /** Processes that may exist. */
    int limit();

    /** Its persistent processes, if it has any. */
    List<AppStatus.WorkerStatus> workers();
}
