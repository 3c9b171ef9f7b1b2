package io.gatepool.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection on which one listening socket is handed over, with one byte. The answer is a line, {@code attached} or
 * {@code refused: WHY}. Then nothing more is said: the socket is gatepool's for as long as the connection is open.
 * Event loop only.
 */
final class Attachment extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");
    private static final int PATIENCE_SECONDS = 5;

    // Linux, asm-generic/socket.h: the same on every processor that gatepool runs on.
    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SO_ACCEPTCONN = 30;
    private static final int SO_DOMAIN = 39;
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;

    private final Attachments all;
    private @Nullable Channel server;

    Attachment(Attachments all) {
        this.all = all;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        ctx.executor()
                .schedule(
                        () -> {
                            if (server == null) {
                                refuse(ctx, "no socket came within " + PATIENCE_SECONDS + " s");
                            }
                        },
                        PATIENCE_SECONDS,
                        TimeUnit.SECONDS);
        super.channelActive(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (!(message instanceof FileDescriptor descriptor)) {
            ReferenceCountUtil.release(message);
            refuse(ctx, "nothing is to be said after the socket");
        } else if (server != null) {
            descriptor.close();
            refuse(ctx, "one socket for each connection");
        } else {
            String fault = fault(descriptor.intValue());
            if (fault.isEmpty()) {
                adopt(ctx, descriptor.intValue());
            } else {
                descriptor.close();
                refuse(ctx, fault);
            }
        }
    }

    private static String fault(int descriptor) {
        try {
            // This looks at it, and may fail already.
            Socket socket = new Socket(descriptor);
            if (socket.getIntOpt(SOL_SOCKET, SO_DOMAIN) != AF_UNIX
                    || socket.getIntOpt(SOL_SOCKET, SO_TYPE) != SOCK_STREAM) {
                return "it is no Unix stream socket";
            }
            return socket.getIntOpt(SOL_SOCKET, SO_ACCEPTCONN) == 0 ? "the socket does not listen" : "";
        } catch (IOException | ChannelException e) {
            return "it is no socket";
        }
    }

    private void adopt(ChannelHandlerContext ctx, int descriptor) {
        ChannelFuture adopted = all.adopt(descriptor);
        server = adopted.channel();
        adopted.addListener(done -> {
            if (done.isSuccess()) {
                ((EpollDomainSocketChannel) ctx.channel()).config().setReadMode(DomainSocketReadMode.BYTES);
                LOG.debug("{}: a listening socket was handed over", all.name());
                say(ctx, "attached\n");
            } else {
                refuse(ctx, String.valueOf(done.cause()));
            }
        });
    }

    private void refuse(ChannelHandlerContext ctx, String why) {
        if (ctx.channel().isActive()) {
            LOG.warn("{}: a socket that was handed over is refused: {}", all.name(), why);
            say(ctx, "refused: " + why + "\n").addListener(ChannelFutureListener.CLOSE);
        }
    }

    private static ChannelFuture say(ChannelHandlerContext ctx, String line) {
        return ctx.writeAndFlush(Unpooled.copiedBuffer(line, US_ASCII));
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (server != null) {
            server.close();
        }
    }

    /** Whoever it is has gone, or talks where a descriptor should come. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        refuse(ctx, String.valueOf(cause.getMessage()));
        ctx.close();
    }
}
