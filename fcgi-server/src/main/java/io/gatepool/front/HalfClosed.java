package io.gatepool.front;

import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.Native;
import java.lang.reflect.Method;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a connection usable whose peer has half-closed it. Netty 4.2.17 takes a socket without interest out of epoll
 * (after the end of the input and a finished write it has none) and then fails to put it back when a write has to wait,
 * which cuts the response. One flag that Netty never takes away prevents that: EPOLLERR, which epoll reports anyway.
 */
final class HalfClosed {

    private static final Logger LOG = LoggerFactory.getLogger("fastcgi");

    private HalfClosed() {}

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
