package io.gatepool.exchange;

/** Who has an {@link Exchange} in hand between its submission and its end: a queue, a worker, a script. Loop only. */
public interface Holder {

    /** The client has gone (or a deadline has passed): stop working on it. The exchange is over and takes no more. */
    void cancelled(Exchange exchange);

    /** The response that was {@linkplain Exchange#isSaturated saturated} takes content again. */
    default void resume(Exchange exchange) {}
}
