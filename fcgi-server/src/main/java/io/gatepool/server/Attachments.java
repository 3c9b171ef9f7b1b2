package io.gatepool.server;

import io.gatepool.config.Listen;
import io.gatepool.front.Front;
import io.gatepool.process.SendBuffer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketReadMode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The listening sockets that were handed over on one {@code attach:} address. A process manager such as mod_fcgid
 * starts programs with a listening socket as descriptor 0; gatepool-attach is such a program, and passes the socket on
 * (SCM_RIGHTS). What connects there is accepted here, what waited before that too, and no byte goes through
 * gatepool-attach.
 *
 * <p>Whoever may connect to the address may hand over a socket, so the mode of its file guards it as it guards that of
 * a FastCGI address. Owned by the event loop, except for {@link #close}.
 */
final class Attachments extends ChannelInitializer<Channel> {

    private final EventLoop loop;
    private final Listen listen;
    private final Front front;
    private final DescriptorReserve limit;
    private final Set<Channel> connections = new LinkedHashSet<>();

    Attachments(EventLoop loop, Listen listen, Front front, DescriptorReserve limit) {
        this.loop = loop;
        this.listen = listen;
        this.front = front;
        this.limit = limit;
    }

    @Override
    protected void initChannel(Channel connection) {
        connections.add(connection);
        connection.closeFuture().addListener(closed -> connections.remove(connection));
        ((EpollDomainSocketChannel) connection).config().setReadMode(DomainSocketReadMode.FILE_DESCRIPTORS);
        connection.pipeline().addLast(new Attachment(this));
    }

    /** Accepts connections on a listening Unix socket from now on; the channel owns the descriptor. */
    ChannelFuture adopt(int descriptor) {
        Channel server = new EpollServerDomainSocketChannel(descriptor, true);
        return new ServerBootstrap()
                .group(loop)
                .channelFactory(() -> (EpollServerDomainSocketChannel) server)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, Listener.READS)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, Listener.WATER_MARK)
                .childOption(ChannelOption.SO_SNDBUF, SendBuffer.SIZE)
                .handler(new Acceptance(channel -> "a socket handed over at " + name(), limit))
                .childHandler(new ClientFilter(listen, front))
                .register();
    }

    /** For the log. */
    String name() {
        return listen.address().text();
    }

    /**
     * Accepts no more on any of them; connections stay. Who handed one over sees its connection close, still has the
     * socket, and can hand it over once more. Not for the event loop.
     */
    void close() {
        loop.submit(() -> List.copyOf(connections).forEach(Channel::close)).syncUninterruptibly();
    }
}
