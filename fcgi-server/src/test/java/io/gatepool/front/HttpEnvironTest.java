package io.gatepool.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.Environ;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpEnvironTest {

    private static final SocketAddress HERE = tcp("127.0.0.1", 8080);
    private static final SocketAddress THERE = tcp("192.0.2.7", 50123);

    private static final SocketAddress PROXY = tcp("10.0.0.1", 40000);

    private boolean encrypted;
    private String target = "/a%20b?c=%41";
    private HttpVersion version = HttpVersion.HTTP_1_1;

    /** Of an address in numbers, which asks no name service. */
    private static SocketAddress tcp(String address, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(address), port);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private Environ of(SocketAddress local, SocketAddress remote, String... fields) throws Exception {
        HttpRequest request = new DefaultHttpRequest(version, HttpMethod.POST, target);
        for (String field : fields) {
            int colon = field.indexOf(':');
            request.headers()
                    .add(field.substring(0, colon), field.substring(colon + 1).trim());
        }
        HttpEnviron.Server server =
                new HttpEnviron.Server(new FieldNames(), local, encrypted, HttpEnvironTest::isProxy);
        return new HttpEnviron(server, remote).of(request, RequestTarget.parse(target));
    }

    /** 10.x.x.x, and whoever comes by a Unix socket. */
    private static boolean isProxy(SocketAddress peer) {
        return !(peer instanceof InetSocketAddress client)
                || client.getAddress().getHostAddress().startsWith("10.");
    }

    private Environ of(String... fields) throws Exception {
        return of(HERE, THERE, fields);
    }

    @Test
    void theMetaVariablesOfARequestAreComplete() throws Exception {
        assertThat(of("Host: example.org:8080").toMap())
                .containsEntry("GATEWAY_INTERFACE", "CGI/1.1")
                .containsEntry("SERVER_PROTOCOL", "HTTP/1.1")
                .containsEntry("REQUEST_METHOD", "POST")
                .containsEntry("REQUEST_URI", "/a%20b?c=%41")
                .containsEntry("SCRIPT_NAME", "/a b")
                .containsEntry("QUERY_STRING", "c=%41")
                .containsEntry("SERVER_NAME", "example.org")
                .containsEntry("SERVER_PORT", "8080")
                .containsEntry("SERVER_ADDR", "127.0.0.1")
                .containsEntry("REMOTE_ADDR", "192.0.2.7")
                .containsEntry("REMOTE_PORT", "50123")
                .containsEntry("HTTP_HOST", "example.org:8080");
    }

    @Test
    void theQueryIsSetEvenWithoutOne() throws Exception {
        target = "/a";
        assertThat(of().get("QUERY_STRING")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "example.org, example.org",
        "example.org:80, example.org",
        "[::1], [::1]",
        "[::1]:8080, [::1]",
        "192.0.2.1:1, 192.0.2.1"
    })
    void theServersNameHasNoPortAndKeepsItsBrackets(String host, String name) throws Exception {
        assertThat(of("Host: " + host).get("SERVER_NAME")).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host:", "Host: :8080", "Host: [::1", "X: y"})
    void withoutANameItIsTheAddress(String field) throws Exception {
        assertThat(of(field).get("SERVER_NAME")).isEqualTo("127.0.0.1");
    }

    @Test
    void addressesOfVersionSixAreShortAndOnlyTheNameHasBrackets() throws Exception {
        assertThat(of(tcp("::1", 80), tcp("2001:db8::7", 1)).toMap())
                .containsEntry("SERVER_NAME", "[::1]")
                .containsEntry("SERVER_ADDR", "::1")
                .containsEntry("REMOTE_ADDR", "2001:db8::7");
    }

    @Test
    void onAUnixSocketTheMandatoryOnesAreThereToo() throws Exception {
        Environ environ = of(new DomainSocketAddress("/run/x"), new DomainSocketAddress(""));
        assertThat(environ.toMap())
                .containsEntry("SERVER_NAME", "localhost")
                .containsEntry("SERVER_PORT", "80")
                .containsEntry("REMOTE_ADDR", "127.0.0.1");
        assertThat(environ.has("SERVER_ADDR")).isFalse();
    }

    @Test
    void theHostOfAbsoluteFormWins() throws Exception {
        target = "http://right.example:81/a";
        assertThat(of("Host: wrong.example").toMap())
                .containsEntry("SERVER_NAME", "right.example")
                .containsEntry("HTTP_HOST", "right.example:81")
                .containsEntry("REQUEST_URI", "/a");
    }

    @Test
    void typeAndLengthHaveNamesOfTheirOwn() throws Exception {
        assertThat(of("Content-Type: text/plain", "content-length: 5").toMap())
                .containsEntry("CONTENT_TYPE", "text/plain")
                .containsEntry("CONTENT_LENGTH", "5")
                .doesNotContainKeys("HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH");
        assertThat(of().toMap()).doesNotContainKeys("CONTENT_TYPE", "CONTENT_LENGTH");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Proxy",
                "pRoXy",
                "Connection",
                "Keep-Alive",
                "Transfer-Encoding",
                "TE",
                "Trailer",
                "Upgrade",
                "Expect"
            })
    void httpoxyAndWhatBelongsToTheConnectionStaysHere(String name) throws Exception {
        assertThat(of(name + ": x").toMap().keySet()).noneMatch(variable -> variable.startsWith("HTTP_"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"X_Forwarded_For", "Content_Length", "PROXY_", "_"})
    void aNameWithAnUnderscoreDoesNotPassForAnother(String name) throws Exception {
        assertThat(of(name + ": evil").toMap()).doesNotContainValue("evil");
    }

    @Test
    void repeatedFieldsAreJoinedInOrderAndCookiesWithASemicolon() throws Exception {
        assertThat(of("Accept: a", "Cookie: x=1", "ACCEPT: b", "Cookie: y=2").toMap())
                .containsEntry("HTTP_ACCEPT", "a, b")
                .containsEntry("HTTP_COOKIE", "x=1; y=2");
    }

    @Test
    void theProtocolIsTheClients() throws Exception {
        version = HttpVersion.HTTP_1_0;
        assertThat(of().get("SERVER_PROTOCOL")).isEqualTo("HTTP/1.0");
    }

    // ---- TLS, and what proxies say ----

    @Test
    void overTlsTheSchemeIsHttps() throws Exception {
        encrypted = true;
        assertThat(of("Host: a").toMap()).containsEntry("HTTPS", "on").containsEntry("REQUEST_SCHEME", "https");
    }

    @Test
    void withoutTlsThereIsNoHttps() throws Exception {
        assertThat(of("Host: a").toMap()).doesNotContainKey("HTTPS").containsEntry("REQUEST_SCHEME", "http");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.9 | 192.0.2.9",
                "192.0.2.8, 192.0.2.9 | 192.0.2.9",
                "192.0.2.8, 192.0.2.9, 10.0.0.2 | 192.0.2.9",
                "192.0.2.8,10.0.0.3 ,10.0.0.2 | 192.0.2.8",
                "10.0.0.4, 10.0.0.2 | 10.0.0.4",
                "127.0.0.1, 192.0.2.9 | 192.0.2.9",
                "2001:db8::1 | 2001:db8::1",
                "[2001:db8::1]:99 | 2001:db8::1",
                "[2001:db8::1] | 2001:db8::1",
                "::ffff:192.0.2.9, ::ffff:10.0.0.2 | 192.0.2.9",
                "192.0.2.9:4711 | 192.0.2.9",
                "unknown | 10.0.0.1",
                "192.0.2.9, unknown | 10.0.0.1",
                "192.0.2.9, evil, 10.0.0.2 | 10.0.0.2",
                "192.0.2.9, | 10.0.0.1",
                "localhost | 10.0.0.1",
                "192.0.2.9:port | 10.0.0.1",
                "[192.0.2.9 | 10.0.0.1",
                "1 | 10.0.0.1",
                "fe80::1%eth0 | 10.0.0.1",
                "'' | 10.0.0.1"
            })
    void behindTrustedProxiesTheClientIsTheLastAddressThatIsNoneOfThem(String chain, String client) throws Exception {
        assertThat(of(HERE, PROXY, "X-Forwarded-For: " + chain).get("REMOTE_ADDR"))
                .isEqualTo(client);
    }

    @Test
    void theChainMayStandInSeveralFields() throws Exception {
        assertThat(of(HERE, PROXY, "X-Forwarded-For: 192.0.2.8", "X-Forwarded-For: 192.0.2.9, 10.0.0.2")
                        .get("REMOTE_ADDR"))
                .isEqualTo("192.0.2.9");
    }

    @Test
    void theProxysOwnPortIsNotTheClients() throws Exception {
        assertThat(of(HERE, PROXY, "X-Forwarded-For: 192.0.2.9").has("REMOTE_PORT"))
                .isFalse();
        assertThat(of(HERE, PROXY, "X-Forwarded-For: 192.0.2.9:4711").get("REMOTE_PORT"))
                .isEqualTo("4711");
    }

    @Test
    void whoComesByATrustedUnixSocketIsAProxyToo() throws Exception {
        DomainSocketAddress unix = new DomainSocketAddress("/run/x");
        assertThat(of(unix, unix, "Host: a", "X-Forwarded-For: 192.0.2.9", "X-Forwarded-Proto: https")
                        .toMap())
                .containsEntry("REMOTE_ADDR", "192.0.2.9")
                .containsEntry("HTTPS", "on")
                .containsEntry("SERVER_PORT", "443");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https | www.example.org | | https | www.example.org | 443",
                "https | www.example.org:8443 | | https | www.example.org | 8443",
                "https | www.example.org:8443 | 444 | https | www.example.org | 444",
                "http | www.example.org | | http | www.example.org | 80",
                "HTTPS | | | https | inner | 443",
                "| | 8443 | http | inner | 8443",
                "| www.example.org | | http | www.example.org | 80",
                "http, https | a.example, b.example | 1, 2 | https | b.example | 2",
                "gopher | bad host | 99999 | http | inner | 8080",
                "| <script> | -1 | http | inner | 8080",
                "| | 0 | http | inner | 8080",
                "https | [2001:db8::1]:444 | | https | [2001:db8::1] | 444"
            })
    void whatTheProxySaysOfItsSideIsBelieved(
            String proto, String host, String port, String scheme, String name, String number) throws Exception {
        Environ environ = of(
                HERE,
                PROXY,
                "Host: inner:8080",
                "X-Forwarded-Proto:" + (proto == null ? "" : proto),
                "X-Forwarded-Host:" + (host == null ? "" : host),
                "X-Forwarded-Port:" + (port == null ? "" : port));
        assertThat(environ.toMap())
                .containsEntry("REQUEST_SCHEME", scheme)
                .containsEntry("SERVER_NAME", name)
                .containsEntry("SERVER_PORT", number);
        assertThat(environ.has("HTTPS")).isEqualTo(scheme.equals("https"));
    }

    @Test
    void theNameThatTheClientUsedIsTheHost() throws Exception {
        assertThat(of(HERE, PROXY, "Host: inner", "X-Forwarded-Host: www.example.org:81")
                        .get("HTTP_HOST"))
                .isEqualTo("www.example.org:81");
    }

    @Test
    void aStrangersWordHasNoEffectAndDoesNotReachTheApplication() throws Exception {
        Environ environ = of(
                "Host: a:8080",
                "X-Forwarded-For: 1.2.3.4",
                "x-forwarded-proto: https",
                "X-Forwarded-Host: evil",
                "X-FORWARDED-PORT: 1",
                "Forwarded: for=1.2.3.4");
        assertThat(environ.toMap())
                .containsEntry("REMOTE_ADDR", "192.0.2.7")
                .containsEntry("SERVER_NAME", "a")
                .containsEntry("SERVER_PORT", "8080")
                .containsEntry("REQUEST_SCHEME", "http")
                .doesNotContainKey("HTTPS");
        assertThat(environ.toMap().keySet()).noneMatch(name -> name.contains("FORWARDED"));
    }
}
