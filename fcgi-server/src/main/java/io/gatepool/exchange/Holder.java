package io.gatepool.exchange;

import java.util.List;

/** Who has an {@link Exchange} in hand between its submission and its end: a queue, a worker, a script. Loop only. */
public interface Holder {

    /** The client has gone (or a deadline has passed): stop working on it. The exchange is over and takes no more. */
    void cancelled(Exchange exchange);

    /** The response that was {@linkplain Exchange#isSaturated saturated} takes content again. */
    default void resume(Exchange exchange) {}

    /** Where its request is, for people to look at. */
    default Place place() {
        return Place.ARRIVING;
    }

    /** The last lines of stderr of the process that works on its request; asked when that fails. */
    default List<String> lastErrors() {
        return List.of();
    }

    /** Somebody has had the request killed: what worked on it gets no other. Comes behind {@link #cancelled}. */
    default void killed(Exchange exchange) {}
}
