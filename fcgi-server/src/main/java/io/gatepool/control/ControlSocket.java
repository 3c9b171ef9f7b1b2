package io.gatepool.control;

import io.gatepool.process.ListeningSocket;
import io.gatepool.process.User;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The Unix socket on which {@code gatepool status} and the like ask, and scripts may: docs/control.md. Opened and
 * closed by the starting thread; its connections belong to the event loop. JSON is read and written, and {@code /proc}
 * looked at, on a thread of its own: nothing here may hold the loop up.
 */
public final class ControlSocket implements AutoCloseable {

    /** Its name in the runtime directory. */
    public static final String NAME = "control.sock";

    /** The version of what is spoken there. */
    public static final int PROTOCOL = 1;

    private static final int BACKLOG = 64;
    private static final int SOCKET = 0140000;
    private static final int FILE_TYPE = 0170000;

    private final Path path;
    private final Channel channel;

    private ControlSocket(Path path, Channel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Listens on {@code control.sock} in {@code directory}, in the place of what a killed gatepool may have left there:
     * the caller holds the directory's lock.
     *
     * <p>The socket is made in {@code hidden}, which nobody else may enter, gets its rights there, and is then renamed:
     * there is no moment at which it has more.
     *
     * @param hidden a directory with mode 0700 on the same file system
     * @param group whose members are served, besides root and the daemon's own user
     * @param accepting is told when it cannot accept
     * @throws IOException when it cannot be made; the message names the file
     */
    public static ControlSocket open(
            EventLoop loop,
            Path directory,
            Path hidden,
            Optional<String> group,
            Operations operations,
            FailureBook failures,
            ChannelHandler accepting)
            throws IOException {
        Path path = directory.resolve(NAME);
        Path born = hidden.resolve(NAME);
        OptionalInt gid = gid(group);
        checkPlace(path, born);
        Files.deleteIfExists(born);
        ControlService service = new ControlService(
                new Commands(operations, failures), new PeerCheck(User.current().uid(), gid), thread());
        Channel channel = bind(loop, born, service, accepting);
        try {
            if (gid.isPresent()) {
                Files.setAttribute(born, "unix:gid", gid.getAsInt());
            }
            Files.setPosixFilePermissions(
                    born, PosixFilePermissions.fromString(gid.isPresent() ? "rw-rw----" : "rw-------"));
            Files.move(born, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return new ControlSocket(path, channel);
        } catch (IOException e) {
            channel.close().syncUninterruptibly();
            throw new IOException(
                    path + (gid.isPresent() ? " (control_group = \"" + group.get() + "\")" : "") + ": " + e);
        }
    }

    private static OptionalInt gid(Optional<String> group) throws IOException {
        if (group.isEmpty()) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(User.groupNamed(group.get())
                .orElseThrow(() -> new IOException("control_group: there is no group '" + group.get() + "'")));
    }

    private static void checkPlace(Path path, Path born) throws IOException {
        int length = born.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > ListeningSocket.MAX_PATH_BYTES) {
            throw new IOException(born + " is " + length + " bytes long, the kernel's limit for sockets is "
                    + ListeningSocket.MAX_PATH_BYTES + "; choose a shorter runtime_dir");
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                && ((Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & FILE_TYPE) != SOCKET) {
            throw new IOException(path + " is there and is no socket; remove it, or choose another runtime_dir");
        }
    }

    private static Channel bind(EventLoop loop, Path born, ControlService service, ChannelHandler accepting)
            throws IOException {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channel(EpollServerDomainSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                // socat says that it has sent all, and then waits for the answer.
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .handler(accepting)
                .childHandler(new ChannelInitializer<EpollDomainSocketChannel>() {
                    @Override
                    protected void initChannel(EpollDomainSocketChannel connection) {
                        connection.pipeline().addLast(new ControlConnection(service));
                    }
                });
        ChannelFuture bound =
                bootstrap.bind(new DomainSocketAddress(born.toString())).awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "cannot listen on " + born + ": " + bound.cause().getMessage());
        }
        return bound.channel();
    }

    private static Executor thread() {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread made = new Thread(task, "control");
                    made.setDaemon(true);
                    return made;
                });
        // When the system has no more threads to give, somebody will want to know why.
        executor.prestartAllCoreThreads();
        return executor;
    }

    public Path path() {
        return path;
    }

    /** Answers nobody any more; the file goes. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // A stale socket: the next start replaces it.
        }
        channel.close().syncUninterruptibly();
    }
}
