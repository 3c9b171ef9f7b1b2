package io.gatepool.process;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A listening stream socket, on a Unix path or TCP, that this process was given at its start: as descriptor 0 by a
 * FastCGI manager (FastCGI 1.0, 2.2), or from 3 on by systemd. It stays open, whoever listens on a {@link #duplicate}:
 * it is not ours to close while gatepool serves, and its number must never come to mean something else. Any thread.
 *
 * @param fd its number
 * @param unix whether clients come over a Unix socket, else over TCP
 * @param address where it is bound: {@code unix:/run/x.sock}, {@code unix:@abstract}, {@code 127.0.0.1:80},
 *     {@code [::]:80}
 * @param identity of the socket itself, the same for another descriptor of it: systemd's StandardInput=socket gives one
 *     as 0 and as 3
 */
public record InheritedSocket(int fd, boolean unix, String address, String identity) {

    /** A descriptor that nobody can accept connections from; the message says what it is instead. */
    public static final class Unfit extends Exception {

        private static final long serialVersionUID = 1L;

        Unfit(String message) {
            super(message, null, false, false);
        }
    }

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** More than struct sockaddr_un (110) and sockaddr_in6 (28). */
    private static final int LONGEST_ADDRESS = 128;

    /** Below are the numbers that have a meaning. */
    private static final int FIRST_OTHER = 3;

    /**
     * All that there are, by number. Afterwards no program that is started gets them. To be called before this process
     * listens anywhere itself.
     */
    public static Map<Integer, InheritedSocket> all() {
        Map<Integer, InheritedSocket> found = new TreeMap<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                int fd = Integer.parseInt(descriptor.getFileName().toString());
                try {
                    found.put(fd, at(fd));
                    Libc.Native.LIBC.fcntl(fd, Libc.F_SETFD, Libc.FD_CLOEXEC);
                } catch (Unfit e) {
                    // A file, a terminal, a connection: nothing to listen on.
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("/proc is needed: " + e, e);
        }
        return found;
    }

    /**
     * The one with this number.
     *
     * @throws Unfit when there is none
     */
    public static InheritedSocket at(int fd) throws Unfit {
        String what;
        try {
            what = Files.readSymbolicLink(DESCRIPTORS.resolve(Integer.toString(fd)))
                    .toString();
        } catch (IOException e) {
            throw new Unfit("descriptor " + fd + " is not open");
        }
        if (!what.startsWith("socket:")) {
            throw new Unfit("descriptor " + fd + " is no socket but " + what);
        }
        int family = option(fd, Libc.SO_DOMAIN);
        if (family != Libc.AF_UNIX && family != Libc.AF_INET && family != Libc.AF_INET6) {
            throw new Unfit("descriptor " + fd + " is neither a Unix nor a TCP socket (address family " + family + ")");
        } else if (option(fd, Libc.SO_TYPE) != Libc.SOCK_STREAM) {
            throw new Unfit("descriptor " + fd + " is a socket for datagrams or packets, not for connections");
        } else if (option(fd, Libc.SO_ACCEPTCONN) == 0) {
            // Then getpeername fails with ENOTCONN too, but not the other way round.
            throw new Unfit("descriptor " + fd + " is a socket that does not listen (a connection, as of"
                    + " Accept=yes or inetd's nowait, will not do)");
        }
        return new InheritedSocket(fd, family == Libc.AF_UNIX, name(fd), what);
    }

    /**
     * Where the connection came in that a descriptor is, as of inetd's nowait; empty when it is anything else. The ends
     * of a socketpair(2), as sshd starts a command with, came in nowhere.
     */
    public static Optional<String> connection(int fd) {
        byte[] peer = new byte[LONGEST_ADDRESS];
        boolean connected = option(fd, Libc.SO_TYPE) == Libc.SOCK_STREAM
                && Libc.Native.LIBC.getpeername(fd, peer, new int[] {LONGEST_ADDRESS}) == 0;
        return connected
                ? Optional.of(name(fd)).filter(own -> !own.equals("unix:") && !own.equals("?"))
                : Optional.empty();
    }

    private static int option(int fd, int option) {
        int[] value = new int[1];
        return Libc.Native.LIBC.getsockopt(fd, Libc.SOL_SOCKET, option, value, new int[] {Integer.BYTES}) == 0
                ? value[0]
                : -1;
    }

    private static String name(int fd) {
        byte[] address = new byte[LONGEST_ADDRESS];
        int[] length = {LONGEST_ADDRESS};
        if (Libc.Native.LIBC.getsockname(fd, address, length) != 0) {
            return "?";
        }
        return name(address, length[0]);
    }

    /** What a struct sockaddr says; its family is in the order of the machine, its port in that of the network. */
    static String name(byte[] address, int length) {
        int port = (address[2] & 0xff) << 8 | address[3] & 0xff;
        return switch (address[0]) {
            case Libc.AF_INET -> ip(Arrays.copyOfRange(address, 4, 8)) + ":" + port;
            case Libc.AF_INET6 -> "[" + ip(Arrays.copyOfRange(address, 8, 24)) + "]:" + port;
            default -> "unix:" + path(address, length);
        };
    }

    private static String ip(byte[] bytes) {
        try {
            return NetUtil.toAddressString(InetAddress.getByAddress(bytes));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static String path(byte[] address, int length) {
        if (length <= 2) {
            return "";
        }
        boolean isAbstract = address[2] == 0;
        int end = length;
        if (!isAbstract) {
            end = 2;
            while (end < length && address[end] != 0) {
                end++;
            }
        }
        String name = new String(address, 2, end - 2, StandardCharsets.UTF_8);
        return isAbstract ? "@" + name.substring(1) : name;
    }

    /**
     * Closes it, at the end: when nobody else has it, as after spawn-fcgi, whoever comes now is refused at once instead
     * of waiting for a gatepool that will not come. Who has a duplicate listens on.
     */
    public void leave() {
        Descriptors.replaceByDevNull(fd);
    }

    /**
     * A descriptor of its own for one who listens, non-blocking (which is a property of the socket, for everyone who
     * has it) and closed at an exec.
     *
     * @throws IOException when there is no further descriptor
     */
    public int duplicate() throws IOException {
        int copy = Descriptors.duplicate(fd, FIRST_OTHER);
        try {
            Descriptors.setNonBlocking(copy);
        } catch (IOException e) {
            Descriptors.close(copy);
            throw e;
        }
        return copy;
    }
}
