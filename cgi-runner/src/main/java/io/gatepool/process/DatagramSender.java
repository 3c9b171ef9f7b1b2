package io.gatepool.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Sends datagrams to a Unix socket, which the JDK cannot, and never waits for the receiver. Not for sharing between
 * threads.
 */
public final class DatagramSender implements AutoCloseable {

    /** What struct sockaddr_un has room for, unix(7), less the NUL at its end. */
    private static final int LONGEST_NAME = 107;

    private final int socket;
    private final String name;
    private final byte[] address;

    private DatagramSender(int socket, String name, byte[] address) {
        this.socket = socket;
        this.name = name;
        this.address = address;
    }

    /**
     * @param name an absolute path, or an abstract name behind an {@code @}; nobody need listen there yet
     * @throws IOException when it is no such name, or there is no socket to be had
     */
    public static DatagramSender to(String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        boolean isAbstract = name.startsWith("@");
        if (bytes.length < 2 || bytes.length > LONGEST_NAME || !(isAbstract || name.startsWith("/"))) {
            throw new IOException("'" + name + "' is neither an absolute path nor an abstract name (@...) of at most "
                    + LONGEST_NAME + " bytes");
        }
        // struct sockaddr_un { short sun_family; char sun_path[108]; }: a path ends with a NUL, an abstract name begins
        // with one and ends where the structure does.
        byte[] address = new byte[2 + bytes.length + (isAbstract ? 0 : 1)];
        address[0] = Libc.AF_UNIX;
        System.arraycopy(bytes, 0, address, 2, bytes.length);
        if (isAbstract) {
            address[2] = 0;
        }
        int socket = Libc.Native.LIBC.socket(Libc.AF_UNIX, Libc.SOCK_DGRAM | Libc.O_CLOEXEC, 0);
        if (socket < 0) {
            throw Errno.last("socket(AF_UNIX, SOCK_DGRAM)");
        }
        return new DatagramSender(socket, name, address);
    }

    /**
     * Sends one datagram. Returns false when the receiver has not taken those before it, and has no room for another.
     *
     * @throws IOException when nobody listens, or the datagram is too large
     */
    public boolean send(byte[] datagram) throws IOException {
        long sent = Libc.Native.LIBC.sendto(
                socket, datagram, datagram.length, Libc.MSG_DONTWAIT | Libc.MSG_NOSIGNAL, address, address.length);
        if (sent >= 0) {
            return true;
        }
        if (Libc.Native.errno() == Errno.EAGAIN) {
            return false;
        }
        throw Errno.last("sendto(" + name + ")");
    }

    @Override
    public void close() {
        Descriptors.close(socket);
    }
}
