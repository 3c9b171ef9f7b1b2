package io.gatepool.front;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the first byte on an https address: a handshake gets TLS in this handler's place; whoever speaks plain HTTP
 * is told so in plain HTTP. Owned by the event loop.
 */
final class TlsEntrance extends ByteToMessageDecoder {

    private static final Logger LOG = LoggerFactory.getLogger("http");

    /** ContentType handshake (RFC 8446, 5.1). */
    private static final int HANDSHAKE = 22;

    private static final long LINGER_MILLIS = 500;

    private static final String TEXT = "400 Bad Request: this address speaks HTTPS only\n";

    private final Tls tls;
    private boolean turnedAway;

    TlsEntrance(Tls tls) {
        this.tls = tls;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (turnedAway) {
            in.skipBytes(in.readableBytes());
        } else if (in.getByte(in.readerIndex()) == HANDSHAKE) {
            Optional<SslHandler> handler = tls.newHandler(ctx.alloc());
            if (handler.isEmpty()) {
                ctx.close();
            } else {
                // It gets what has been read, in its turn.
                ctx.pipeline().replace(this, "tls", handler.get());
            }
        } else {
            turnAway(ctx, in);
        }
    }

    private void turnAway(ChannelHandlerContext ctx, ByteBuf in) {
        turnedAway = true;
        boolean http = Character.isUpperCase(in.getByte(in.readerIndex()));
        LOG.info(
                "connection from {} refused: it does not begin with TLS{}",
                ConnectionFault.peer(ctx.channel()),
                http ? ", but seems to be plain HTTP" : "");
        in.skipBytes(in.readableBytes());
        if (!http) {
            ctx.close();
            return;
        }
        String answer = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: " + TEXT.length()
                + "\r\nConnection: close\r\n\r\n" + TEXT;
        ctx.writeAndFlush(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII))
                .addListener(sent -> {
                    ((DuplexChannel) ctx.channel()).shutdownOutput();
                    Patience.closeAfter(ctx, LINGER_MILLIS, TimeUnit.MILLISECONDS);
                });
    }
}
