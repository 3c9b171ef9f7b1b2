package io.gatepool.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import jnr.enxio.channels.NativeSelectableChannel;
import jnr.unixsocket.UnixServerSocketChannel;
import jnr.unixsocket.UnixSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The listening Unix socket that a persistent worker gets as descriptor 0 (FCGI_LISTENSOCK_FILENO). Made with
 * jnr-unixsocket, because the JDK's own Unix sockets do not tell their descriptor.
 *
 * <p>gatepool closes its copy ({@link #close}) once the worker has been started: connections to a dead worker must be
 * refused, not queue in a socket that nobody will ever accept from. Any thread, one at a time.
 */
public final class ListeningSocket implements AutoCloseable {

    /** sizeof sun_path less the terminating NUL, see unix(7). */
    public static final int MAX_PATH_BYTES = 107;

    private final Path path;
    private final UnixServerSocketChannel channel;

    private ListeningSocket(Path path, UnixServerSocketChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Binds and listens. A file that lies at {@code path} is replaced: the directory is gatepool's own.
     *
     * @throws IOException when the path is longer than {@value #MAX_PATH_BYTES} bytes or the socket cannot be made
     */
    public static ListeningSocket bind(Path path, int backlog) throws IOException {
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_PATH_BYTES) {
            throw new IOException("socket path " + path + " is " + length + " bytes long, the kernel's limit is "
                    + MAX_PATH_BYTES + "; choose a shorter runtime_dir");
        }
        try {
            Files.deleteIfExists(path);
        } catch (FileSystemException e) {
            throw refused(path, e instanceof AccessDeniedException ? "permission denied" : e.getReason(), e);
        }
        UnixServerSocketChannel channel = UnixServerSocketChannel.open();
        try {
            channel.socket().bind(new UnixSocketAddress(path.toFile()), backlog);
            // As the program expects that inherits it: accept(2) waits.
            channel.configureBlocking(true);
        } catch (IOException e) {
            channel.close();
            throw refused(path, e.getMessage(), e);
        }
        return new ListeningSocket(path, channel);
    }

    /** Without the file's own name: what fails again and again has to look the same. */
    private static IOException refused(Path path, @Nullable String reason, IOException cause) {
        return new IOException(
                "no socket can be made in " + path.getParent() + ": " + reason + "; make it writable for this user",
                cause);
    }

    public Path path() {
        return path;
    }

    /** The descriptor, to be given to a child; valid until {@link #close}. */
    public int fd() {
        return ((NativeSelectableChannel) channel).getFD();
    }

    /**
     * Closes our copy of the socket; the file stays for those who connect to the worker. By its descriptor: the close
     * of jnr-unixsocket's channel shuts the socket down first, for the worker too, whose accept would then fail.
     */
    @Override
    public void close() {
        Descriptors.close(fd());
    }
}
