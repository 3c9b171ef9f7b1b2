package io.gatepool.server;

import io.gatepool.config.Address;
import io.gatepool.config.Listen;
import io.gatepool.config.Protocol;
import io.gatepool.front.Front;
import io.gatepool.process.User;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** One listening address, open. Bound and closed from the starting thread; what it accepts belongs to the event loop. */
final class Listener {

    /** Reads adapt to what comes: a small request takes 2 KiB, an upload 64. */
    private static final AdaptiveRecvByteBufAllocator READS = new AdaptiveRecvByteBufAllocator(512, 2048, 65536);

    private static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(32 * 1024, 128 * 1024);

    private final Address address;
    private final Front front;
    private final Channel channel;

    private Listener(Address address, Front front, Channel channel) {
        this.address = address;
        this.front = front;
        this.channel = channel;
    }

    /**
     * @param user of the application, who owns a socket that names no owner
     * @param limit on the connections of all listeners that share it
     */
    static Listener open(EventLoop loop, Listen listen, Optional<String> user, Front front, DescriptorReserve limit)
            throws StartFailure {
        Address address = listen.address();
        boolean unix = address instanceof Address.Unix;
        if (address instanceof Address.Unix socket) {
            clearTheWay(Path.of(socket.path()));
        }
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channel(unix ? EpollServerDomainSocketChannel.class : EpollServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, listen.backlog())
                // Only a Unix socket tells a peer that has said all from one that has gone.
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, unix && address.protocol() == Protocol.FASTCGI)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, READS)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .handler(new Acceptance(bound -> text(address, bound), limit))
                .childHandler(new ClientFilter(listen, front));
        if (!unix) {
            bootstrap.option(ChannelOption.SO_REUSEADDR, true).childOption(ChannelOption.TCP_NODELAY, true);
        }
        try {
            Channel channel =
                    bootstrap.bind(socketAddress(address)).syncUninterruptibly().channel();
            if (address instanceof Address.Unix socket) {
                grant(Path.of(socket.path()), listen, user);
            }
            return new Listener(address, front, channel);
        } catch (Exception e) {
            // Netty throws the checked exception of the bind as it is.
            throw new StartFailure("cannot listen on " + address.text() + ": " + e.getMessage());
        }
    }

    private static SocketAddress socketAddress(Address address) {
        if (address instanceof Address.Unix unix) {
            return new DomainSocketAddress(unix.path());
        }
        Address.Tcp tcp = (Address.Tcp) address;
        return new InetSocketAddress(tcp.host().equals("*") ? "0.0.0.0" : tcp.host(), tcp.port());
    }

    /** A socket file that nobody answers on is a leftover and goes; anything else stays. */
    private static void clearTheWay(Path path) throws StartFailure {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            int mode = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            if ((mode & 0170000) != 0140000) {
                throw new StartFailure(path + " is there and is no socket; remove it, or listen elsewhere");
            }
            try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                probe.connect(UnixDomainSocketAddress.of(path));
                throw new StartFailure("somebody is listening on " + path + " already; stop it, or listen elsewhere");
            } catch (ConnectException nobodyAnswers) {
                // Only a refusal says so: no permission, or a full backlog, is somebody.
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new StartFailure("cannot replace the socket " + path + ": " + e);
        }
    }

    /** As php-fpm does it: the socket belongs to the application's user and group, unless told otherwise. */
    private static void grant(Path path, Listen listen, Optional<String> user) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
        UserPrincipalLookupService names = path.getFileSystem().getUserPrincipalLookupService();
        Optional<User> owner = listen.owner().or(() -> user).flatMap(User::named);
        if (owner.isPresent()) {
            view.setOwner(names.lookupPrincipalByName(owner.get().name()));
            Files.setAttribute(path, "unix:gid", owner.get().gid());
        }
        if (listen.group().isPresent()) {
            view.setGroup(names.lookupPrincipalByGroupName(listen.group().get()));
        }
        view.setPermissions(permissions(listen.mode()));
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] fromHighBit = PosixFilePermission.values();
        for (int bit = 0; bit < fromHighBit.length; bit++) {
            if ((mode & (0400 >> bit)) != 0) {
                permissions.add(fromHighBit[bit]);
            }
        }
        return permissions;
    }

    Address address() {
        return address;
    }

    /** The address with the port that the system has chosen, if it was 0. */
    String text() {
        return text(address, channel);
    }

    static String text(Address address, Channel channel) {
        if (address instanceof Address.Tcp tcp && channel.localAddress() instanceof InetSocketAddress bound) {
            return new Address.Tcp(tcp.protocol(), tcp.host(), bound.getPort()).text();
        }
        return address.text();
    }

    Front front() {
        return front;
    }

    /** Accepts no more; connections stay. The socket file goes. */
    void close() {
        channel.close().syncUninterruptibly();
        if (address instanceof Address.Unix unix) {
            try {
                Files.deleteIfExists(Path.of(unix.path()));
            } catch (IOException e) {
                // A stale socket file: the next start replaces it.
            }
        }
    }
}
