package io.gatepool.front;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * A connection too many: it is told so without its request being read, and closed a moment later, because a reset would
 * cost the client the answer. Owned by the event loop.
 */
final class TurnedAway extends ChannelInboundHandlerAdapter {

    private static final long LINGER_MILLIS = 250;

    private static final String TEXT = "503 Service Unavailable: too many connections\n";

    private static final ByteBuf ANSWER = Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nRetry-After: 5\r\nContent-Length: "
                    + TEXT.length() + "\r\nConnection: close\r\n\r\n" + TEXT,
            StandardCharsets.US_ASCII));

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        ctx.writeAndFlush(ANSWER.duplicate()).addListener(sent -> {
            ((DuplexChannel) ctx.channel()).shutdownOutput();
            Patience.closeAfter(ctx, LINGER_MILLIS, TimeUnit.MILLISECONDS);
        });
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
