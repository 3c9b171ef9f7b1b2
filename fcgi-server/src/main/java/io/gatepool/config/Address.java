package io.gatepool.config;

import java.nio.file.Path;

/**
 * Where gatepool listens, and what it speaks there. One grammar serves {@code listen} and {@code -b}:
 *
 * <pre>
 * [http:|https:|fastcgi:|scgi:|uwsgi:] unix:PATH | HOST:PORT | :PORT | fd:N | systemd:NAME
 * attach:unix:PATH
 * </pre>
 *
 * <p>Names are never looked up, so a host is always an IP literal here ({@code localhost} was turned into 127.0.0.1,
 * {@code *} and the empty host into 0.0.0.0). Two addresses are equal when they are spelled alike after that.
 */
public sealed interface Address permits Address.Unix, Address.Tcp, Address.Descriptor, Address.Activated {
    /** The longest path of a Unix socket in bytes: {@code sun_path} has 108 and the last one is a NUL, unix(7). */
    int MAX_UNIX_PATH = 107;

    /** What is spoken here. */
    Protocol protocol();

    /**
     * The place without its protocol: {@code unix:/run/gatepool/blog.sock}, {@code 127.0.0.1:8080}, {@code [::1]:0}.
     */
    String text();

    /** The name of what is spoken here, such as {@code fastcgi}. */
    default String protocolName() {
        return protocol().text();
    }

    /** Whether the two claim the same place, whatever they speak there. Port 0 is a new place each time. */
    default boolean samePlaceAs(Address other) {
        return text().equals(other.text()) && !(this instanceof Tcp tcp && tcp.port() == 0);
    }

    /**
     * This address with a relative socket path taken from {@code directory}.
     *
     * @throws AddressException if the path becomes too long by that
     */
    Address resolvedAgainst(Path directory) throws AddressException;

    /**
     * Reads an address.
     *
     * @param byDefault what is spoken where the text names no protocol in front: HTTP after
     *     {@code -b}, FastCGI in {@code listen}
     * @throws AddressException if it is none; its message names what is wrong and shows the grammar
     */
    static Address parse(String text, Protocol byDefault) throws AddressException {
        return new AddressParser(text).parse(byDefault);
    }

    /** A Unix socket. The path may be relative to the working directory until {@link #resolvedAgainst}. */
    record Unix(Protocol protocol, String path) implements Address {
        @Override
        public String text() {
            return "unix:" + path;
        }

        @Override
        public Unix resolvedAgainst(Path directory) throws AddressException {
            if (path.startsWith("/")) {
                return this;
            }
            String resolved = directory.resolve(path).normalize().toString();
            return new Unix(protocol, AddressParser.checkedPath(resolved));
        }

        @Override
        public String toString() {
            return protocolName() + " on " + text();
        }
    }

    /**
     * A TCP port.
     *
     * @param host an IPv4 or IPv6 literal, the latter without brackets
     * @param port 0 (any free one) to 65535
     */
    record Tcp(Protocol protocol, String host, int port) implements Address {
        @Override
        public String text() {
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }

        @Override
        public Tcp resolvedAgainst(Path directory) {
            return this;
        }

        @Override
        public String toString() {
            return protocolName() + " on " + text();
        }
    }

    /**
     * A listening socket that gatepool was started with; Unix or TCP, which only the start tells.
     *
     * @param number of its descriptor; never 1 or 2
     */
    record Descriptor(Protocol protocol, int number) implements Address {
        @Override
        public String text() {
            return "fd:" + number;
        }

        @Override
        public Descriptor resolvedAgainst(Path directory) {
            return this;
        }

        @Override
        public String toString() {
            return protocolName() + " on " + text();
        }
    }

    /**
     * Listening sockets that systemd hands over, sd_listen_fds(3).
     *
     * @param name that they have in common (FileDescriptorName= of the socket unit); empty for all there are
     */
    record Activated(Protocol protocol, String name) implements Address {
        @Override
        public String text() {
            return "systemd:" + name;
        }

        @Override
        public Activated resolvedAgainst(Path directory) {
            return this;
        }

        @Override
        public String toString() {
            return protocolName() + " on " + text();
        }
    }
}
