package io.gatepool.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches over the accepting of one listening address: counts what comes, and when accept(2) fails, most often for want
 * of descriptors, lets it rest and tries again. Who connects meanwhile waits in the backlog. Event loop only.
 */
final class Acceptance extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");
    private static final long REST_MILLIS = 100;

    private final Function<Channel, String> name;
    private final DescriptorReserve limit;
    private boolean failing;

    /** @param name of a listening channel, for the log */
    Acceptance(Function<Channel, String> name, DescriptorReserve limit) {
        this.name = name;
        this.limit = limit;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        limit.listens(ctx.channel());
        ctx.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
        if (failing) {
            failing = false;
            LOG.info("{}: connections are accepted again", name.apply(ctx.channel()));
        }
        limit.opened((Channel) accepted);
        ctx.fireChannelRead(accepted);
    }

    /** Netty's own handling would write a stack trace each second. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!failing) {
            failing = true;
            LOG.error(
                    "{}: no connection can be accepted: {}; trying again every {} ms (ulimit -n, LimitNOFILE)",
                    name.apply(ctx.channel()),
                    cause.getMessage(),
                    REST_MILLIS);
        }
        ctx.channel().config().setAutoRead(false);
        ctx.executor().schedule(() -> rested(ctx.channel()), REST_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void rested(Channel server) {
        if (server.isOpen() && !limit.isFull()) {
            server.config().setAutoRead(true);
        }
    }
}
