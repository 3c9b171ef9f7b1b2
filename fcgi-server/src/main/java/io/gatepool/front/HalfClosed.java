package io.gatepool.front;

import io.gatepool.process.Descriptors;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.Native;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.UnixChannel;
import java.lang.reflect.Method;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections whose peer sends no more. On a Unix socket that may be a half-close, and it still reads; on TCP the two
 * cannot be told apart, and with a request in flight it is an abort.
 *
 * <p>Keeps a connection usable whose peer has half-closed it. Netty 4.2.17 takes a socket without interest out of epoll
 * (after the end of the input and a finished write it has none) and then fails to put it back when a write has to wait,
 * which cuts the response. One flag that Netty never takes away prevents that: EPOLLERR, which epoll reports anyway.
 */
final class HalfClosed {

    private static final Logger LOG = LoggerFactory.getLogger("fastcgi");

    /** How often a half-closed connection is asked whether it is closed by now. */
    private static final int HANG_UP_MILLIS = 100;

    private HalfClosed() {}

    /** Whether the peer that sends no more does not read either. */
    static boolean hasGone(Channel channel) {
        boolean mayBeHalfClosed =
                channel instanceof UnixChannel && channel.remoteAddress() instanceof DomainSocketAddress;
        return !mayBeHalfClosed
                || Descriptors.isHungUp(((UnixChannel) channel).fd().intValue());
    }

    /**
     * Closes the connection when the peer has: many half-close a moment before, and Netty has no eyes for that second
     * event.
     */
    static void awaitHangUp(ChannelHandlerContext ctx) {
        ctx.executor()
                .schedule(
                        () -> {
                            if (!ctx.channel().isActive()) {
                                return;
                            }
                            if (hasGone(ctx.channel())) {
                                ctx.close();
                            } else {
                                awaitHangUp(ctx);
                            }
                        },
                        HANG_UP_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    /** To be called in the event of the end of the input: then the socket is still in epoll. Event loop only. */
    static void keepInEpoll(Channel channel) {
        if (!(channel instanceof EpollDomainSocketChannel)) {
            return;
        }
        try {
            Class<?> streamChannel = EpollDomainSocketChannel.class.getSuperclass();
            Method setFlag = streamChannel.getSuperclass().getDeclaredMethod("setFlag", int.class);
            setFlag.setAccessible(true);
            setFlag.invoke(channel, Native.EPOLLERR);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // Another Netty: small responses still get through.
            LOG.debug("a half-closed connection may be cut", e);
        }
    }
}
