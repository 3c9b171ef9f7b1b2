package io.gatepool.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @ParameterizedTest
    @CsvSource({
        "unix:/run/gatepool/blog.sock,  fastcgi on unix:/run/gatepool/blog.sock",
        "http:unix:/run/x.sock,         http on unix:/run/x.sock",
        "fastcgi:unix:x.sock,           fastcgi on unix:x.sock",
        "scgi:unix:/run/x.sock,         scgi on unix:/run/x.sock",
        "scgi:127.0.0.1:4000,           scgi on 127.0.0.1:4000",
        "scgi::4000,                    scgi on 0.0.0.0:4000",
        "uwsgi:unix:x.sock,             uwsgi on unix:x.sock",
        "uwsgi:[::1]:3031,              uwsgi on [::1]:3031",
        "unix:/run/a:b.sock,            fastcgi on unix:/run/a:b.sock",
        "127.0.0.1:8080,                fastcgi on 127.0.0.1:8080",
        "http:127.0.0.1:8080,           http on 127.0.0.1:8080",
        "localhost:80,                  fastcgi on 127.0.0.1:80",
        "http:localhost:80,             http on 127.0.0.1:80",
        "*:80,                          fastcgi on 0.0.0.0:80",
        ":80,                           fastcgi on 0.0.0.0:80",
        "http::80,                      http on 0.0.0.0:80",
        "0.0.0.0:0,                     fastcgi on 0.0.0.0:0",
        "[::1]:8080,                    fastcgi on [::1]:8080",
        "[::]:65535,                    fastcgi on [::]:65535",
        "[0:0:0:0:0:0:0:1]:80,          fastcgi on [::1]:80",
        "[2001:DB8::1]:080,             fastcgi on [2001:db8::1]:80",
        "fd:0,                          fastcgi on fd:0",
        "http:fd:03,                    http on fd:3",
        "https:fd:4,                    https on fd:4",
        "systemd:web,                   fastcgi on systemd:web",
        "http:systemd:web@2.socket,     http on systemd:web@2.socket",
        "systemd:,                      fastcgi on systemd:",
        "attach:unix:/run/attach.sock,  attach on unix:/run/attach.sock",
        "scgi:fd:0,                     scgi on fd:0",
        "uwsgi:systemd:web,             uwsgi on systemd:web",
    })
    void readsTheGrammar(String text, String meaning) throws AddressException {
        assertThat(Address.parse(text, Protocol.FASTCGI)).hasToString(meaning);
    }

    @Test
    void withoutAPrefixTheCallerSaysWhatIsSpoken() throws AddressException {
        assertThat(Address.parse(":80", Protocol.HTTP).protocolName()).isEqualTo("http");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unix",
                "unix:",
                "unix:/run/",
                "http:",
                "fastcgi:http:127.0.0.1:80",
                "80",
                "127.0.0.1",
                "127.0.0.1:",
                "127.0.0.1:-1",
                "127.0.0.1:65536",
                "127.0.0.1:999999",
                "127.0.0.1:80 ",
                "127.0.0.1:٣",
                "127.1:80",
                "1.2.3.256:80",
                "example.org:80",
                "[::1]",
                "[::1]80",
                "[]:80",
                "[127.0.0.1]:80",
                "[fe80::1%eth0]:80",
                "::1:80",
                "http://localhost/",
                "/run/x.sock",
                "unix:a\0b",
                "scgi:fd:1",
                "fd",
                "fd:",
                "fd:1",
                "fd:2",
                "fd:-1",
                "fd:x",
                "fd:1000000",
                "fd: 3",
                "systemd",
                "systemd:a:b",
                "systemd:ä",
                "systemd:a\nb",
                "attach:127.0.0.1:9000",
                "attach:fd:3",
                "attach:",
                "scgi:",
                "scgi:4000",
                "uwsgi:scgi:127.0.0.1:4000",
                "uwsgi://127.0.0.1:3031",
            })
    void refusesEverythingElseAndSaysWhatToWrite(String text) {
        assertThatThrownBy(() -> Address.parse(text, Protocol.FASTCGI))
                .isInstanceOf(AddressException.class)
                .hasMessageContaining("; write ");
    }

    @Test
    void aUnixPathMayHave107Bytes() throws AddressException {
        String path = "/" + "x".repeat(106);
        assertThat(Address.parse("unix:" + path, Protocol.FASTCGI)).isEqualTo(new Address.Unix(Protocol.FASTCGI, path));
    }

    @Test
    void aUnixPathOf108BytesIsRefusedByItsBytes() {
        assertThatThrownBy(() -> Address.parse("unix:/" + "x".repeat(105) + "é", Protocol.FASTCGI))
                .hasMessageContaining("at most 107 bytes, this one has 108");
    }

    @Test
    void aRelativePathIsTakenFromADirectory() throws AddressException {
        Address address = Address.parse("unix:run/../x.sock", Protocol.FASTCGI);
        assertThat(address.resolvedAgainst(Path.of("/etc"))).hasToString("fastcgi on unix:/etc/x.sock");
    }

    @Test
    void aRelativePathMayBecomeTooLong() throws AddressException {
        Address address = Address.parse("unix:" + "x".repeat(100), Protocol.FASTCGI);
        assertThatThrownBy(() -> address.resolvedAgainst(Path.of("/etc/gatepool")))
                .hasMessageContaining("at most 107 bytes, this one has 114");
    }

    @ParameterizedTest
    @CsvSource({
        "unix:/a,  http:unix:/a, true",
        "unix:/a,  unix:/b,      false",
        ":80,      *:80,         true",
        ":80,      [::]:80,      false",
        ":0,       :0,           false",
        "fd:3,     http:fd:03,   true",
        "fd:3,     systemd:,     false",
        "systemd:, http:systemd:, true",
    })
    void twoAddressesMayBeTheSamePlace(String one, String other, boolean same) throws AddressException {
        Address address = Address.parse(one, Protocol.FASTCGI);
        assertThat(address.samePlaceAs(Address.parse(other, Protocol.FASTCGI))).isEqualTo(same);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, true",
        "::1, true",
        "10.0.0.0/8, true",
        "0.0.0.0/0, true",
        "fd00::/128, true",
        "10.0.0.0/33, false",
        "fd00::/129, false",
        "10.0.0.0/, false",
        "10.0.0.0/08, false",
        "10.0.0.0/-1, false",
        "localhost, false",
        "[::1], false",
        "/8, false",
    })
    void networksAreAddressesWithAPrefixLength(String text, boolean network) {
        assertThat(IpLiteral.isNetwork(text)).isEqualTo(network);
    }
}
