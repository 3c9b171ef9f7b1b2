package io.gatepool.server;

import io.gatepool.config.Address;
import io.gatepool.process.InheritedSocket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening sockets that gatepool was started with: which of them an address means. Taken stock of once, before
 * gatepool opens any of its own, so that no number can come to mean one of those. Immutable.
 */
public final class HandedOver {

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");

    /** SD_LISTEN_FDS_START. */
    private static final int FIRST_OF_SYSTEMD = 3;

    /** More descriptors than a process has. */
    private static final int MOST = 1 << 20;

    private static final String REMEDY =
            "; systemd hands sockets over to a service that its socket unit starts" + " (conf/gatepool.socket)";

    private final Map<Integer, InheritedSocket> sockets;
    /** The names of what systemd has handed over, from 3 on. */
    private final List<String> names;
    /** Why systemd has handed over nothing; empty if it has. */
    private final String nothing;

    HandedOver(Map<Integer, InheritedSocket> sockets, Map<String, String> environment, long pid) {
        this.sockets = Map.copyOf(sockets);
        int count = number(environment.getOrDefault("LISTEN_FDS", ""));
        String meant = environment.getOrDefault("LISTEN_PID", "");
        if (count <= 0 || count > MOST) {
            nothing = environment.containsKey("LISTEN_FDS")
                    ? "LISTEN_FDS is no number of sockets"
                    : "LISTEN_FDS is not set";
        } else if (number(meant) != pid) {
            nothing = "LISTEN_PID is " + (meant.isEmpty() ? "not set" : meant) + " and gatepool is process " + pid;
        } else {
            nothing = "";
        }
        this.names = nothing.isEmpty() ? names(environment.getOrDefault("LISTEN_FDNAMES", ""), count) : List.of();
    }

    /** Takes stock. To be called before gatepool listens anywhere itself. */
    static HandedOver take() {
        return new HandedOver(
                InheritedSocket.all(), System.getenv(), ProcessHandle.current().pid());
    }

    /**
     * Whether standard input is a socket that listens. Only a FastCGI manager starts programs like that (FastCGI 1.0,
     * 2.2), so who says of no address is asked in FastCGI, and there.
     */
    public static boolean isStandardInput() {
        try {
            InheritedSocket.at(0);
            return true;
        } catch (InheritedSocket.Unfit e) {
            return false;
        }
    }

    /** Whether systemd has handed anything over to this process. */
    public static boolean isBySystemd() {
        return !take().names.isEmpty();
    }

    /**
     * What to say to somebody who has named no address, and started gatepool for one connection; empty when standard
     * input is none that came in anywhere.
     */
    public static Optional<String> oneConnection() {
        return InheritedSocket.connection(0)
                .map(at -> "standard input is one connection, come in at " + at
                        + ", as of inetd's nowait or Accept=yes; gatepool serves many and must be given the socket that"
                        + " listens: write wait, or Accept=no");
    }

    private static int number(String digits) {
        return digits.matches("[0-9]{1,9}") ? Integer.parseInt(digits) : -1;
    }

    /** As sd_listen_fds_with_names(3) has it: who has no name is called "unknown". */
    private static List<String> names(String joined, int count) {
        List<String> given = joined.isEmpty() ? List.of() : List.of(joined.split(":", -1));
        List<String> names = new ArrayList<>();
        for (int at = 0; at < count; at++) {
            names.add(at < given.size() ? given.get(at) : "unknown");
        }
        return List.copyOf(names);
    }

    /** Whether an address means sockets that gatepool does not open itself. */
    static boolean isMeantBy(Address address) {
        return address instanceof Address.Descriptor || address instanceof Address.Activated;
    }

    /**
     * The sockets that an address means; at least one.
     *
     * @throws StartFailure when there is none, or one that nobody can accept connections from
     */
    List<InheritedSocket> of(Address address) throws StartFailure {
        if (address instanceof Address.Descriptor descriptor) {
            return List.of(socket(address, descriptor.number()));
        }
        String name = ((Address.Activated) address).name();
        if (!nothing.isEmpty()) {
            throw refused(address, "no sockets were handed over: " + nothing + REMEDY);
        }
        List<InheritedSocket> found = new ArrayList<>();
        for (int at = 0; at < names.size(); at++) {
            if (name.isEmpty() || name.equals(names.get(at))) {
                found.add(socket(address, FIRST_OF_SYSTEMD + at));
            }
        }
        if (found.isEmpty()) {
            throw refused(
                    address,
                    "no socket of that name was handed over; those that were are called "
                            + String.join(", ", new LinkedHashSet<>(names)) + " (FileDescriptorName=)");
        }
        return found;
    }

    private InheritedSocket socket(Address address, int fd) throws StartFailure {
        InheritedSocket socket = sockets.get(fd);
        if (socket != null) {
            return socket;
        }
        try {
            InheritedSocket.at(fd);
            throw refused(address, "descriptor " + fd + " is gatepool's own; it was not handed over");
        } catch (InheritedSocket.Unfit e) {
            throw refused(
                    address, e.getMessage() + "; gatepool must be started with a listening stream socket as that one");
        }
    }

    private static StartFailure refused(Address address, String why) {
        return new StartFailure("cannot listen on " + address.text() + ": " + why);
    }

    /**
     * Checks that all addresses mean sockets, and no two of them the same one.
     *
     * @throws StartFailure when that is not so
     */
    void check(Collection<Address> addresses) throws StartFailure {
        Map<String, Address> claims = new HashMap<>();
        for (Address address : addresses) {
            if (isMeantBy(address)) {
                for (InheritedSocket socket : of(address)) {
                    Address other = claims.putIfAbsent(socket.identity(), address);
                    if (other != null && !other.equals(address)) {
                        throw refused(
                                address,
                                "descriptor " + socket.fd() + " (" + socket.address() + ") is " + other.text()
                                        + " as well; call it the same everywhere");
                    }
                }
            }
        }
    }

    /** Tells of sockets that nobody has a use for: their clients would wait for ever. */
    void tellUnused(Collection<Address> addresses) throws StartFailure {
        Set<String> used = new LinkedHashSet<>();
        for (Address address : addresses) {
            if (isMeantBy(address)) {
                of(address).forEach(socket -> used.add(socket.identity()));
            }
        }
        InheritedSocket input = sockets.get(0);
        if (input != null && used.add(input.identity())) {
            LOG.warn(
                    "standard input is a socket that listens, {}, and no app has it: listen = \"fd:0\"",
                    input.address());
        }
        for (int at = 0; at < names.size(); at++) {
            InheritedSocket socket = sockets.get(FIRST_OF_SYSTEMD + at);
            if (socket == null) {
                tellUnfit(FIRST_OF_SYSTEMD + at, names.get(at));
                // One is enough: LISTEN_FDS may be any number.
                return;
            } else if (used.add(socket.identity())) {
                LOG.warn(
                        "{} was handed over and no app has it: listen = \"systemd:{}\", or \"fd:{}\"",
                        socket.address(),
                        names.get(at),
                        socket.fd());
            }
        }
    }

    private static void tellUnfit(int fd, String name) {
        try {
            InheritedSocket.at(fd);
        } catch (InheritedSocket.Unfit e) {
            LOG.warn("handed over as \"{}\", and of no use: {}", name, e.getMessage());
        }
    }
}
