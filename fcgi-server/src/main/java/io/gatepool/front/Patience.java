package io.gatepool.front;

import io.netty.channel.ChannelHandlerContext;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The time that is left to a peer to close its end of a connection. Most are gone at once, and then nothing of the
 * connection is held any longer: at thousands of connections a second those of five seconds would fill the heap. Event
 * loop only.
 */
final class Patience {

    private Patience() {}

    /** Closes the connection after this time, unless it has closed by then. */
    static void closeAfter(ChannelHandlerContext context, long time, TimeUnit unit) {
        ScheduledFuture<?> patience = context.executor().schedule(() -> context.close(), time, unit);
        context.channel().closeFuture().addListener(closed -> patience.cancel(false));
    }
}
