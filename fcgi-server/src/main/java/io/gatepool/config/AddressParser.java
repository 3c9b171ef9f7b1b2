package io.gatepool.config;

import java.nio.charset.StandardCharsets;

/** Reads one {@link Address}. Used once. */
final class AddressParser {
    private static final String GRAMMAR =
            "write [http:|https:|fastcgi:|scgi:|uwsgi:]unix:PATH, HOST:PORT, :PORT, fd:N or systemd:NAME";

    private final String text;

    AddressParser(String text) {
        this.text = text;
    }

    Address parse(Protocol byDefault) throws AddressException {
        for (Protocol protocol : Protocol.values()) {
            String prefix = protocol.text() + ":";
            if (text.startsWith(prefix)) {
                return place(protocol, text.substring(prefix.length()));
            }
        }
        return place(byDefault, text);
    }

    /** The path itself, if a Unix socket can have it. */
    static String checkedPath(String path) throws AddressException {
        int bytes = path.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > Address.MAX_UNIX_PATH) {
            throw new AddressException(
                    "the path of a Unix socket has at most " + Address.MAX_UNIX_PATH + " bytes, this one has " + bytes,
                    "choose a shorter one, such as \"unix:/run/gatepool/NAME.sock\"");
        }
        return path;
    }

    private Address place(Protocol protocol, String place) throws AddressException {
        if (protocol == Protocol.ATTACH && !place.startsWith("unix:")) {
            throw new AddressException(
                    quoted() + ": sockets are handed over on a Unix socket only",
                    "write attach:unix:PATH, such as \"attach:unix:/run/gatepool/attach.sock\"");
        }
        if (place.startsWith("//")) {
            throw refused("is a URL, not an address");
        }
        if (place.startsWith("unix:")) {
            return unix(protocol, place.substring("unix:".length()));
        }
        if (place.startsWith("fd:")) {
            return descriptor(protocol, place.substring("fd:".length()));
        }
        if (place.startsWith("systemd:")) {
            return activated(protocol, place.substring("systemd:".length()));
        }
        if (place.isEmpty()) {
            throw refused("is empty");
        }
        if (place.indexOf(':') < 0) {
            boolean port = place.chars().allMatch(c -> c >= '0' && c <= '9');
            boolean path = place.indexOf('/') >= 0;
            throw refused(port ? "has no colon in front of the port" : path ? "has no unix: in front" : "has no port");
        }
        return tcp(protocol, place);
    }

    private Address unix(Protocol protocol, String path) throws AddressException {
        if (path.isEmpty() || path.endsWith("/")) {
            throw refused("names no socket after unix:");
        }
        if (path.indexOf('\0') >= 0) {
            throw refused("has a NUL in its path");
        }
        return new Address.Unix(protocol, checkedPath(path));
    }

    private Address descriptor(Protocol protocol, String digits) throws AddressException {
        int number = digits.matches("[0-9]{1,6}") ? Integer.parseInt(digits) : -1;
        if (number < 0 || number == 1 || number == 2) {
            throw new AddressException(
                    quoted() + (number < 0 ? " has no number after fd:" : " is where output goes"),
                    "write the descriptor of a listening socket that gatepool is started with: fd:0, or fd:3 and more");
        }
        return new Address.Descriptor(protocol, number);
    }

    /** A name as systemd allows it: printable, at most 255 characters, and no colon. */
    private Address activated(Protocol protocol, String name) throws AddressException {
        if (!name.matches("[!-9;-~ ]{0,255}")) {
            throw new AddressException(
                    quoted() + ": after systemd: comes a name of printable ASCII without a colon",
                    "write the FileDescriptorName= of the socket unit, or nothing for all sockets");
        }
        return new Address.Activated(protocol, name);
    }

    private Address tcp(Protocol protocol, String place) throws AddressException {
        int colon = place.lastIndexOf(':');
        String host = place.substring(0, colon);
        return new Address.Tcp(protocol, host(host), port(place.substring(colon + 1)));
    }

    private String host(String host) throws AddressException {
        if (host.isEmpty() || host.equals("*")) {
            return "0.0.0.0";
        }
        if (host.equals("localhost")) {
            return "127.0.0.1";
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            String literal = host.substring(1, host.length() - 1);
            return IpLiteral.parseV6(literal).orElseThrow(() -> refused("has no IPv6 address in its brackets"));
        }
        if (host.indexOf(':') >= 0) {
            throw refused("has an IPv6 address without [brackets], or a colon too many");
        }
        return IpLiteral.parseV4(host)
                .orElseThrow(() -> new AddressException(
                        quoted() + ": '" + host + "' is not an IP address; names are never looked up",
                        "write an IP address, \"localhost\", or \"*\" for all interfaces"));
    }

    private int port(String digits) throws AddressException {
        if (digits.isEmpty()) {
            throw refused("has no port");
        }
        int port = digits.matches("[0-9]{1,5}") ? Integer.parseInt(digits) : -1;
        if (port < 0 || port > 65535) {
            throw new AddressException(
                    quoted() + ": '" + digits + "' is not a port",
                    "write a number from 1 to 65535, or 0 for any free one");
        }
        return port;
    }

    private AddressException refused(String why) {
        return new AddressException(quoted() + " " + why, GRAMMAR);
    }

    private String quoted() {
        return Shown.quoted(text);
    }
}
