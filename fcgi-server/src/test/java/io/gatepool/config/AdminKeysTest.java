package io.gatepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminKeysTest {

    private final Path directory;

    AdminKeysTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private String problems(String settings) {
        return Fixtures.check(Fixtures.write(directory, "gatepool.toml", "[server]\n" + settings));
    }

    private ServerSettings server(String settings) {
        return Fixtures.load(directory, "[server]\n" + settings).server();
    }

    @Test
    void theAddressIsOneOfHttp() {
        assertThat(server("admin = \"127.0.0.1:9180\"").admin())
                .contains(new Address.Tcp(Protocol.HTTP, "127.0.0.1", 9180));
        assertThat(server("admin = \"unix:a.sock\"").admin())
                .contains(new Address.Unix(
                        Protocol.HTTP, directory.resolve("a.sock").toString()));
        assertThat(server("admin = \"off\"").admin()).isEmpty();
    }

    @Test
    void anotherProtocolIsRefused() {
        assertThat(problems("admin = \"fastcgi:127.0.0.1:9180\"")).contains("another protocol than http");
    }

    @Test
    void anAddressOfAnAppIsRefused() {
        assertThat(problems("admin = \"unix:/run/a.sock\"\n" + Fixtures.APP)).contains("app 'a' listens there");
    }

    @Test
    void aHostIsANameWithoutAPort() {
        assertThat(server("admin_hosts = [\"status.example.org\"]").adminHosts())
                .containsExactly("status.example.org");
        assertThat(problems("admin_hosts = [\"status.example.org:80\"]")).contains("is not a host name");
    }
}
