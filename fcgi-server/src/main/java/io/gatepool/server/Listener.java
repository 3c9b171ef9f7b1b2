package io.gatepool.server;

import io.gatepool.config.Address;
import io.gatepool.config.Listen;
import io.gatepool.config.Protocol;
import io.gatepool.front.Front;
import io.gatepool.process.InheritedSocket;
import io.gatepool.process.SendBuffer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One listening address, open: a socket that gatepool has bound, or those that it was handed over, which are several
 * where systemd has several of one name. Opened and closed from the starting thread; what it accepts belongs to the
 * event loop.
 */
final class Listener {

    /** Reads adapt to what comes: a small request takes 2 KiB, an upload 64. */
    static final AdaptiveRecvByteBufAllocator READS = new AdaptiveRecvByteBufAllocator(512, 2048, 65536);

    static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 * 1024, 128 * 1024);

    private final Address address;
    private final Front front;
    private final DescriptorReserve limit;
    /** Those that were handed over; empty for an address that is gatepool's own. */
    private final List<InheritedSocket> adopted;

    private final List<Channel> channels = new ArrayList<>();

    /** What comes in on an address that is for handing over sockets. */
    private final Optional<Attachments> attachments;

    private Listener(
            Address address,
            Front front,
            DescriptorReserve limit,
            List<InheritedSocket> adopted,
            Optional<Attachments> attachments) {
        this.attachments = attachments;
        this.address = address;
        this.front = front;
        this.limit = limit;
        this.adopted = adopted;
    }

    /**
     * Opens an address. Nothing is accepted before {@link #begin}: what has connected by then waits.
     *
     * @param user of the application, who owns a socket that names no owner
     * @param limit on the connections of all listeners that share it
     * @param handed the sockets that an address may mean that gatepool does not bind itself
     */
    static Listener open(
            EventLoop loop,
            Listen listen,
            Optional<String> user,
            Front front,
            DescriptorReserve limit,
            HandedOver handed)
            throws StartFailure {
        Address address = listen.address();
        if (!HandedOver.isMeantBy(address)) {
            Optional<Attachments> attachments = address.protocol() == Protocol.ATTACH
                    ? Optional.of(new Attachments(loop, listen, front, limit))
                    : Optional.empty();
            Listener listener = new Listener(address, front, limit, List.of(), attachments);
            listener.bind(loop, listen, user);
            return listener;
        }
        Listener listener = new Listener(address, front, limit, handed.of(address), Optional.empty());
        try {
            for (InheritedSocket socket : listener.adopted) {
                listener.adopt(loop, listen, socket);
            }
            return listener;
        } catch (StartFailure e) {
            listener.close();
            throw e;
        }
    }

    private void bind(EventLoop loop, Listen listen, Optional<String> user) throws StartFailure {
        if (address instanceof Address.Unix socket) {
            SocketFile.clearTheWay(Path.of(socket.path()));
        }
        boolean unix = address instanceof Address.Unix;
        ServerBootstrap bootstrap = bootstrap(loop, listen, unix)
                .channel(unix ? EpollServerDomainSocketChannel.class : EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, listen.backlog());
        if (!unix) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true);
        }
        try {
            channels.add(
                    bootstrap.bind(socketAddress(address)).syncUninterruptibly().channel());
            if (address instanceof Address.Unix socket) {
                SocketFile.grant(Path.of(socket.path()), listen, user);
            }
        } catch (Exception e) {
            // Netty throws the checked exception of the bind as it is.
            throw failure(e);
        }
    }

    /** Its backlog, owner and mode are the business of whoever made it. */
    private void adopt(EventLoop loop, Listen listen, InheritedSocket socket) throws StartFailure {
        try {
            int fd = socket.duplicate();
            ServerChannel channel =
                    socket.unix() ? new EpollServerDomainSocketChannel(fd, true) : new EpollServerSocketChannel(fd);
            channels.add(channel);
            bootstrap(loop, listen, socket.unix())
                    .channelFactory(() -> channel)
                    .register()
                    .syncUninterruptibly();
        } catch (IOException | RuntimeException e) {
            throw failure(e);
        }
    }

    private StartFailure failure(Exception e) {
        return new StartFailure("cannot listen on " + address.text() + ": " + e.getMessage());
    }

    private ServerBootstrap bootstrap(EventLoop loop, Listen listen, boolean unix) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .option(ChannelOption.AUTO_READ, false)
                // Only a Unix socket tells a peer that has said all from one that has gone.
                .childOption(
                        ChannelOption.ALLOW_HALF_CLOSURE,
                        unix && !address.protocol().isHttp() && attachments.isEmpty())
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, READS)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .handler(new Acceptance(this::text, limit))
                .childHandler(attachments.isPresent() ? attachments.get() : new ClientFilter(listen, front));
        return unix
                ? bootstrap.childOption(ChannelOption.SO_SNDBUF, SendBuffer.SIZE)
                : bootstrap.childOption(ChannelOption.TCP_NODELAY, true);
    }

    private static SocketAddress socketAddress(Address address) {
        if (address instanceof Address.Unix unix) {
            return new DomainSocketAddress(unix.path());
        }
        Address.Tcp tcp = (Address.Tcp) address;
        return new InetSocketAddress(tcp.host().equals("*") ? "0.0.0.0" : tcp.host(), tcp.port());
    }

    /** From now on connections are accepted. */
    Listener begin() {
        for (Channel channel : channels) {
            channel.eventLoop().execute(() -> {
                if (!limit.isFull()) {
                    channel.config().setAutoRead(true);
                }
            });
        }
        return this;
    }

    Address address() {
        return address;
    }

    /** Whether it is a socket of somebody else, which lives on. */
    boolean isHandedOver() {
        return HandedOver.isMeantBy(address);
    }

    /** Whether everyone who may connect is on this machine. */
    boolean isLocal() {
        return channels.stream()
                .allMatch(channel -> !(channel.localAddress() instanceof InetSocketAddress bound)
                        || bound.getAddress().isLoopbackAddress());
    }

    /**
     * The address with the port that the system has chosen, if it was 0; of what was handed over, where that is bound.
     */
    String text() {
        if (isHandedOver()) {
            return adopted.stream()
                    .map(InheritedSocket::address)
                    .collect(Collectors.joining(", ", address.text() + " (", ")"));
        }
        return text(channels.get(0));
    }

    private String text(Channel channel) {
        if (isHandedOver()) {
            return text();
        }
        if (address instanceof Address.Tcp tcp && channel.localAddress() instanceof InetSocketAddress bound) {
            return new Address.Tcp(tcp.protocol(), tcp.host(), bound.getPort()).text();
        }
        return address.text();
    }

    Front front() {
        return front;
    }

    /**
     * On the event loop, for good: who connects from now on to a socket that was handed over is left to the next one
     * who listens, or refused when nobody else has it.
     */
    void leaveToNext() {
        if (isHandedOver()) {
            channels.forEach(Channel::close);
            adopted.forEach(InheritedSocket::leave);
        }
    }

    /** Accepts no more; connections stay. The socket file goes, if it is gatepool's own. */
    void close() {
        channels.forEach(channel -> channel.close().syncUninterruptibly());
        attachments.ifPresent(Attachments::close);
        if (address instanceof Address.Unix unix) {
            SocketFile.delete(Path.of(unix.path()));
        }
    }
}
