package io.gatepool.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminHostsTest {

    private final AdminHosts hosts = new AdminHosts(List.of("Status.example.org"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "127.0.0.1",
                "127.0.0.1:9180",
                "10.1.2.3:9180",
                "[::1]",
                "[::1]:9180",
                "localhost",
                "LOCALHOST:9180",
                "status.example.org",
                "status.EXAMPLE.org:9180"
            })
    void addressesAndNamesOfTheConfigurationAreAllowed(String host) {
        assertThat(hosts.allow(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:9180",
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "evil.status.example.org",
                "status.example.org.evil.example",
                "[evil]",
                "[::1",
                "1",
                "127.1",
                ":9180"
            })
    void namesThatAStrangerCanPointHereAreNot(String host) {
        assertThat(hosts.allow(host)).isFalse();
    }
}
