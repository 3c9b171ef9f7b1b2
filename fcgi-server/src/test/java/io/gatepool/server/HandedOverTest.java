package io.gatepool.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepool.config.Address;
import io.gatepool.config.Protocol;
import io.gatepool.process.InheritedSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which sockets an address means, by what sd_listen_fds(3) says. */
class HandedOverTest {

    private static final long PID = 42;

    /** 0 and 3 to 6 are sockets that listen; 0 is the same one as 6. */
    private static HandedOver handed(String count, String names, String pid) {
        Map<Integer, InheritedSocket> sockets = new HashMap<>();
        for (int fd : new int[] {0, 3, 4, 5, 6}) {
            sockets.put(fd, new InheritedSocket(fd, true, "unix:/" + fd, "socket:[" + (fd == 0 ? 6 : fd) + "]"));
        }
        Map<String, String> environment = new HashMap<>();
        put(environment, "LISTEN_FDS", count);
        put(environment, "LISTEN_FDNAMES", names);
        put(environment, "LISTEN_PID", pid);
        return new HandedOver(sockets, environment, PID);
    }

    private static void put(Map<String, String> environment, String name, String value) {
        if (!value.equals("unset")) {
            environment.put(name, value);
        }
    }

    private static Address address(String text) throws Exception {
        return Address.parse(text, Protocol.FASTCGI);
    }

    @ParameterizedTest
    @CsvSource({
        "3, a:b:a, systemd:a, 3 5",
        "3, a:b:a, systemd:b, 4",
        "3, a:b:a, systemd:,  3 4 5",
        "3, a:b:a, http:fd:0, 0",
        "3, a:b:a, fd:6,      6",
        "3, unset, systemd:unknown, 3 4 5",
        "3, a,     systemd:unknown, 4 5",
        "1, a:b,   systemd:,  3",
        "unset, unset, fd:4,  4",
    })
    void anAddressMeansTheseDescriptors(String count, String names, String text, String fds) throws Exception {
        List<String> found = handed(count, names, "42").of(address(text)).stream()
                .map(socket -> Integer.toString(socket.fd()))
                .toList();
        assertThat(String.join(" ", found)).isEqualTo(fds);
    }

    @ParameterizedTest
    @CsvSource({
        "unset, 42,    LISTEN_FDS is not set",
        "0,     42,    LISTEN_FDS is no number of sockets",
        "x,     42,    LISTEN_FDS is no number of sockets",
        "-1,    42,    LISTEN_FDS is no number of sockets",
        "99999999999, 42, LISTEN_FDS is no number of sockets",
        "1,     unset, LISTEN_PID is not set and gatepool is process 42",
        "1,     43,    LISTEN_PID is 43 and gatepool is process 42",
        "1,     '',    LISTEN_PID is not set",
        "1,     4294967338, LISTEN_PID is 4294967338",
    })
    void whatWasMeantForNobodyOrAnotherProcessIsNotTaken(String count, String pid, String why) throws Exception {
        HandedOver handed = handed(count, "a", pid);
        Address address = address("systemd:a");
        assertThatThrownBy(() -> handed.of(address))
                .isInstanceOf(StartFailure.class)
                .hasMessageContaining("cannot listen on systemd:a: no sockets were handed over: " + why);
    }

    @Test
    void moreThanWereReallyHandedOverAreAFailure() throws Exception {
        HandedOver handed = handed("9000", "", "42");
        Address address = address("systemd:");
        assertThatThrownBy(() -> handed.of(address)).hasMessageContaining("descriptor ");
    }

    @Test
    void aSocketThatWasOpenedLaterIsNotTaken() throws Exception {
        Map<Integer, InheritedSocket> before = InheritedSocket.all();
        HandedOver handed = new HandedOver(before, Map.of(), PID);
        try (ServerSocketChannel own = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            own.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            Map<Integer, InheritedSocket> after = InheritedSocket.all();
            after.keySet().removeAll(before.keySet());
            for (int fd : after.keySet()) {
                Address address = address("fd:" + fd);
                assertThatThrownBy(() -> handed.of(address))
                        .hasMessageContaining("descriptor " + fd + " is gatepool's own; it was not handed over");
            }
            assertThat(after).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "fd:3, systemd:a, descriptor 3 (unix:/3) is fd:3 as well",
        "systemd:, http:systemd:b, descriptor 4 (unix:/4) is systemd: as well",
        "fd:4, http:fd:4, descriptor 4 (unix:/4) is fd:4 as well",
        "fd:0, fd:6, descriptor 6 (unix:/6) is fd:0 as well",
    })
    void twoAddressesMayNotMeanOneSocket(String one, String other, String why) throws Exception {
        List<Address> addresses = List.of(address(one), address(other));
        assertThatThrownBy(() -> handed("3", "a:b:a", "42").check(addresses)).hasMessageContaining(why);
    }

    @Test
    void theSameAddressTwiceIsOne() throws Exception {
        handed("3", "a:b:a", "42")
                .check(List.of(address("systemd:a"), address("systemd:a"), address("fd:4"), address("unix:/x")));
    }
}
