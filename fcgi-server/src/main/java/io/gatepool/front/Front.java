package io.gatepool.front;

import io.netty.channel.Channel;

/** What a listening address speaks: gives its connections their handlers. Event loop only. */
public sealed interface Front permits FastCgiFront, HttpFront, SoloFront {

    /** Gives a new connection its handlers, or closes it. */
    void welcome(Channel connection);

    /** How many connections are open. */
    int connections();

    /** Leads the requests of its connections by {@code router} from now on; those under way stay where they are. */
    void reroute(Router router);

    /** Whether nothing is under way on any connection; after {@link #drain} that comes to be. */
    boolean isIdle();

    /** No new requests: idle connections are closed, busy ones after their answer. */
    void drain();
}
