package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.it.RawHttp.Response;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What of an HTTP request gets to an application, and what is refused before: limits, smuggling, paths, fields. */
class HttpRequestIT {

    private static HttpHouse house;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        house = new HttpHouse(directory, """
                request_line = "1000B"
                headers = 20
                header_size = "500B"
                keep_alive = "200ms"
                read_timeout = "300ms"
                """);
    }

    @AfterAll
    static void stop() throws Exception {
        house.close();
    }

    private static Response refused(String request) throws Exception {
        try (RawHttp http = house.connect()) {
            Response response = http.trySend(request).response();
            assertThat(response.closes()).isTrue();
            assertThat(http.ends()).as("nothing more is answered").isTrue();
            return response;
        }
    }

    private static Map<String, String> environ(String target, String... fields) throws Exception {
        try (RawHttp http = house.connect()) {
            Response response = http.get(target, fields).response();
            assertThat(response.status()).as(response.body()).isEqualTo(200);
            Map<String, String> environ = new TreeMap<>();
            response.body()
                    .lines()
                    .forEach(line ->
                            environ.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
            return environ;
        }
    }

    // ---- limits ----

    @ParameterizedTest
    @CsvSource({"900,200", "1001,414", "100000,414"})
    void aRequestLineOverItsLimitIs414(int length, int status) throws Exception {
        try (RawHttp http = house.connect()) {
            http.trySend("GET /pid?" + "x".repeat(length) + " HTTP/1.1\r\nHost: test\r\n\r\n");
            assertThat(http.response().status()).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @CsvSource({"19,200", "20,431", "1000,431"})
    void moreFieldsThanTheirLimitAre431(int more, int status) throws Exception {
        try (RawHttp http = house.connect()) {
            http.trySend("GET /pid HTTP/1.1\r\nHost: test\r\n" + "X-A: b\r\n".repeat(more) + "\r\n");
            assertThat(http.response().status()).isEqualTo(status);
        }
    }

    @ParameterizedTest
    @CsvSource({"490,200", "501,431", "200000,431"})
    void aFieldOverItsLimitIs431(int length, int status) throws Exception {
        try (RawHttp http = house.connect()) {
            http.trySend("GET /pid HTTP/1.1\r\nHost: test\r\nX-Long: " + "x".repeat(length) + "\r\n\r\n");
            assertThat(http.response().status()).isEqualTo(status);
        }
    }

    @Test
    void aTrailerWithoutEndIsRefused() throws Exception {
        assertThat(refused("POST /sha HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + "X-T: "
                                + "x".repeat(50_000) + "\r\n\r\n")
                        .status())
                .isIn(400, 431);
    }

    @Test
    void aChunkSizeLineWithoutEndIsRefused() throws Exception {
        assertThat(refused("POST /sha HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n3;"
                                + "x".repeat(50_000) + "\r\nabc\r\n0\r\n\r\n")
                        .status())
                .isIn(400, 414);
    }

    // ---- request smuggling ----

    static List<String> smuggling() {
        String post = "POST /sha HTTP/1.1\r\nHost: test\r\n";
        String chunked = post + "Transfer-Encoding: chunked\r\n\r\n";
        String next = "GET /pid HTTP/1.1\r\nHost: test\r\n\r\n";
        return List.of(
                post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + next,
                post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n" + next,
                post + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nbody!" + next,
                post + "Content-Length: 4\r\nContent-Length: 4\r\n\r\nbody" + next,
                post + "Content-Length: 4, 4\r\n\r\nbody" + next,
                post + "Content-Length: +4\r\n\r\nbody" + next,
                post + "Content-Length: -4\r\n\r\nbody" + next,
                post + "Content-Length: 0x4\r\n\r\nbody" + next,
                post + "Content-Length: 4 4\r\n\r\nbody" + next,
                post + "Content-Length:\r\n\r\nbody" + next,
                post + "Content-Length: 99999999999999999999\r\n\r\nbody" + next,
                post + "Content-Length : 4\r\n\r\nbody" + next,
                post + "Content-Length:\t4\r\n\r\nbody" + next,
                post + "Content-Length: 4\u000b\r\n\r\nbody" + next,
                post + "Content-Length: 4;\r\n\r\nbody" + next,
                post + "Content-Length: 4.0\r\n\r\nbody" + next,
                post + "Content-Length: 18446744073709551620\r\n\r\nbody" + next,
                post + "content-length: 4\r\nCONTENT-LENGTH: 4\r\n\r\nbody" + next,
                post + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + next,
                post + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + next,
                post + "Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n" + next,
                post + "Transfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n" + next,
                post + "Transfer-Encoding: chunked\u000b\r\n\r\n0\r\n\r\n" + next,
                post + "Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n" + next,
                post + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n" + next,
                post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + next,
                post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + next,
                post + "Transfer-Encoding: identity\r\nContent-Length: 4\r\n\r\nbody" + next,
                post + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + next,
                post + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + next,
                post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + next,
                post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + next,
                post + "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + next,
                post + "Transfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n" + next,
                "POST /sha HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + next,
                chunked + "G\r\nbody\r\n0\r\n\r\n" + next,
                chunked + "-4\r\nbody\r\n0\r\n\r\n" + next,
                chunked + "+4\r\nbody\r\n0\r\n\r\n" + next,
                chunked + "0x4\r\nbody\r\n0\r\n\r\n" + next,
                chunked + "\r\nbody\r\n0\r\n\r\n" + next,
                chunked + "100000000000000004\r\nbody\r\n0\r\n\r\n" + next,
                chunked + " 4\r\nbody\r\n0\r\n\r\n" + next,
                chunked + "4 \r\nbody\r\n0\r\n\r\n" + next,
                chunked + "4 ;a=b\r\nbody\r\n0\r\n\r\n" + next,
                chunked + "4;a=\nb\r\nbody\r\n0\r\n\r\n" + next,
                chunked + "4;a=\rb\r\nbody\r\n0\r\n\r\n" + next,
                chunked + "4;" + "x".repeat(1100) + "\r\nbody\r\n0\r\n\r\n" + next,
                chunked + "4\rbody\r\n0\r\n\r\n" + next,
                chunked + "0000000000000004\r\nbody\r\n0\r\n\r\n" + next,
                chunked + "4\r\nbody\r0\r\n\r\n" + next,
                chunked + "4\r\nbody0\r\n\r\n" + next,
                chunked + "0\n\r\n" + next,
                chunked + "0\r\n\n" + next,
                chunked + "0\r\nX-T: a\n\r\n" + next,
                chunked + "0\r\n folded\r\n\r\n" + next,
                chunked + "0\r\n" + "X-T: a\r\n".repeat(30) + "\r\n" + next,
                chunked + "4\nbody\r\n0\r\n\r\n" + next,
                chunked + "4\r\nbodyX\r\n0\r\n\r\n" + next,
                chunked + "4\r\nbody\n0\r\n\r\n" + next,
                "GET /pid HTTP/1.1\nHost: test\n\n" + next,
                "GET /pid HTTP/1.1\r\nHost: test\nX-A: b\r\n\r\n" + next,
                "GET /pid HTTP/1.1\r\nHost: test\r\nX-A: b\rX-B: c\r\n\r\n" + next,
                "GET /pid HTTP/1.1\r\nHost: test\r\nX-A: b\r\n folded\r\n\r\n" + next,
                "GET /pid HTTP/1.1\r\nHost: test\r\nX-A: b\r\n\tfolded\r\n\r\n" + next,
                "GET /pid HTTP/1.1\r\nHost: test\r\nX-A: b\r\n \r\n\r\n" + next,
                "GET /pid HTTP/1.1\r\nHost: test\r\nX-A: b\u000bc\r\n\r\n" + next,
                "GET /pid HTTP/1.1\r\nHost: test\r\nX-A: b\u007fc\r\n\r\n" + next,
                "GET /pid HTTP/1.1\r\nHost: test\r\nX-A\t: b\r\n\r\n" + next,
                "GET /pid HTTP/1.1\r\nHost: test\r\nX(A): b\r\n\r\n" + next,
                "GET /pid HTTP/1.1\r\nHost: test\r\nX\u00e9: b\r\n\r\n" + next,
                "GET /pid HTTP/1.1\r\nHost: test\r\n\n" + next,
                "GET /pid HTTP/1.1\r\nHost: test\r\n\r\r\n" + next,
                "GET /pid HTTP/1.1\r\r\nHost: test\r\n\r\n" + next,
                "GET /pid HTTP/1.1\rHost: test\r\n\r\n" + next,
                " GET /pid HTTP/1.1\r\nHost: test\r\n\r\n" + next,
                "\tGET /pid HTTP/1.1\r\nHost: test\r\n\r\n" + next,
                "\nGET /pid HTTP/1.1\r\nHost: test\r\n\r\n" + next,
                "\r\n\r\nGET /pid HTTP/1.1\r\nHost: test\r\n\r\n" + next,
                "\u0000GET /pid HTTP/1.1\r\nHost: test\r\n\r\n" + next,
                "GET  /pid HTTP/1.1\r\nHost: test\r\n\r\n" + next,
                "GET\t/pid HTTP/1.1\r\nHost: test\r\n\r\n" + next,
                "GET /pid\tHTTP/1.1\r\nHost: test\r\n\r\n" + next,
                "GET /p\u0000id HTTP/1.1\r\nHost: test\r\n\r\n" + next,
                "GET /pid http/1.1\r\nHost: test\r\n\r\n" + next,
                "GET /pid HTTP/1,1\r\nHost: test\r\n\r\n" + next,
                "GET /pid HTTP/01.1\r\nHost: test\r\n\r\n" + next,
                "GET /pid HTTP/0.9\r\nHost: test\r\n\r\n" + next,
                "GET example.org:80 HTTP/1.1\r\nHost: test\r\n\r\n" + next,
                "OPTIONS * HTTP/1.1\r\nHost: test\r\n\r\n" + next,
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + next,
                "GET /pid HTTP/1.1\r\n Host: test\r\n\r\n" + next,
                "GET /pid HTTP/1.1\r\nHost: test\r\nno colon\r\n\r\n" + next,
                "GET /pid HTTP/1.1\r\nHost: test\r\n: no name\r\n\r\n" + next,
                "GET /pid HTTP/1.1\r\nHost: test\r\nX\u0000A: b\r\n\r\n" + next,
                "GET /pid HTTP/1.1\r\nHost: test\r\nX-A: b\u0000c\r\n\r\n" + next,
                "GET /pid HTTP/1.1 \r\nHost: test\r\n\r\n" + next,
                "GET /pid\r\nHost: test\r\n\r\n" + next,
                "GET /pid HTTP/2.0\r\nHost: test\r\n\r\n" + next,
                "GET /pid HTTP/1.1x\r\nHost: test\r\n\r\n" + next,
                "GET /a b HTTP/1.1\r\nHost: test\r\n\r\n" + next,
                "G\u0001T /pid HTTP/1.1\r\nHost: test\r\n\r\n" + next,
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n" + next);
    }

    @ParameterizedTest
    @MethodSource("smuggling")
    void whatTwoServersCouldReadDifferentlyIsRefusedAndNothingBehindItIsAnswered(String request) throws Exception {
        assertThat(refused(request).status()).isIn(400, 405, 431, 501, 505);
    }

    @Test
    void whatFollowsIsInTheChunkHoweverLargeThatIs() throws Exception {
        String fields = "Host: test\r\nTransfer-Encoding: chunked\r\n\r\n";
        String next = "GET /pid HTTP/1.1\r\nHost: test\r\n\r\n";
        assertThat(refused("POST /sha HTTP/1.1\r\n" + fields + "fffffffff\r\n" + next)
                        .status())
                .isEqualTo(408);
    }

    // ---- Host ----

    static List<String> badHosts() {
        return List.of(
                "", "Host: a\r\nHost: b\r\n", "Host: a b\r\n", "Host: a/b\r\n", "Host: u@h\r\n", "Host: <x>\r\n");
    }

    @ParameterizedTest
    @MethodSource("badHosts")
    void exactlyOneSoundHostIsNeeded(String host) throws Exception {
        assertThat(refused("GET /env HTTP/1.1\r\n" + host + "\r\n").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "example.org,example.org",
        "example.org:81,example.org",
        "[::1]:80,[::1]",
        "10.0.0.1,10.0.0.1",
        "'',127.0.0.1"
    })
    void serverNameIsTheHostWithoutItsPort(String host, String name) throws Exception {
        try (RawHttp http = house.connect()) {
            http.send("GET /env HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            assertThat(http.response().body()).contains("\nSERVER_NAME=" + name + "\n");
        }
    }

    @Test
    void anAbsoluteTargetCountsMoreThanHost() throws Exception {
        assertThat(environ("http://other.example:8080/env?a=/b"))
                .containsEntry("SERVER_NAME", "other.example")
                .containsEntry("HTTP_HOST", "other.example:8080")
                .containsEntry("PATH_INFO", "/env")
                .containsEntry("QUERY_STRING", "a=/b")
                .containsEntry("REQUEST_URI", "/env?a=/b");
    }

    // ---- paths ----

    @ParameterizedTest
    @CsvSource({
        "/a%2Fb/env,/a/b/env",
        "/%41%62/env,/Ab/env",
        "/%c3%a9/env,/\u00c3\u00a9/env",
        "/a+b/env,/a+b/env",
        "/a/./b/../env,/a/env",
        "/a/%2e%2e/env,/env",
        "/a/.%2E/./env,/env",
        "//a//env,//a//env",
        "/a%20b/env,/a b/env",
        "/a%25%32%66/env,/a%2f/env"
    })
    void thePathIsDecodedOnceAndFreeOfDots(String target, String path) throws Exception {
        assertThat(environ(target + "?x=%2F%zz"))
                .containsEntry("PATH_INFO", path)
                .containsEntry("QUERY_STRING", "x=%2F%zz")
                .containsEntry("REQUEST_URI", target + "?x=%2F%zz");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/%00",
                "/a%",
                "/a%4",
                "/a%4g",
                "/%-1",
                "/..",
                "/../etc/passwd",
                "/a/../../b",
                "/%2e%2e/b",
                "/a/..%2f..%2fb",
                "/env#fragment",
                "env",
                "*",
                "ftp://a/env",
                "http:///env",
                "http://a b/env"
            })
    void aPathThatCannotBeServedIs400(String target) throws Exception {
        assertThat(refused("GET " + target + " HTTP/1.1\r\nHost: test\r\n\r\n").status())
                .isEqualTo(400);
    }

    @Test
    void connectIsRefused() throws Exception {
        assertThat(refused("CONNECT example.org:443 HTTP/1.1\r\nHost: test\r\n\r\n")
                        .status())
                .isEqualTo(405);
    }

    // ---- fields ----

    @Test
    void fieldsBecomeVariables() throws Exception {
        Map<String, String> environ = environ(
                "/env?q=1",
                "X-Several: a\r\nx-several: b\r\n",
                "Cookie: a=1\r\nCookie: b=2\r\n",
                "Content-Type: text/x\r\n",
                "X-Latin: \u00e9\r\n");
        assertThat(environ)
                .containsEntry("HTTP_X_SEVERAL", "a, b")
                .containsEntry("HTTP_COOKIE", "a=1; b=2")
                .containsEntry("CONTENT_TYPE", "text/x")
                .containsEntry("HTTP_X_LATIN", "\u00e9")
                .containsEntry("SERVER_PROTOCOL", "HTTP/1.1")
                .containsEntry("GATEWAY_INTERFACE", "CGI/1.1")
                .containsEntry("REMOTE_ADDR", "127.0.0.1")
                .containsEntry("REQUEST_METHOD", "GET")
                .containsEntry("SERVER_PORT", Integer.toString(house.daemon().port("work", "http")))
                .doesNotContainKeys("CONTENT_LENGTH", "HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH");
    }

    @Test
    void fieldsThatWouldPassForOthersAreDropped() throws Exception {
        assertThat(environ(
                        "/env",
                        "X_Forwarded_For: evil\r\n",
                        "Content_Length: 9\r\n",
                        "Proxy: http://evil\r\n",
                        "PROXY: http://evil\r\n",
                        "Connection: X-Mine\r\nKeep-Alive: 5\r\nTE: trailers\r\nUpgrade: h2c\r\n"))
                .doesNotContainKeys(
                        "HTTP_X_FORWARDED_FOR",
                        "HTTP_CONTENT_LENGTH",
                        "CONTENT_LENGTH",
                        "HTTP_PROXY",
                        "HTTP_CONNECTION",
                        "HTTP_KEEP_ALIVE",
                        "HTTP_TE",
                        "HTTP_UPGRADE");
    }

    @Test
    void aTrustedProxySaysWhoTheClientIs() throws Exception {
        assertThat(environ(
                        "/env",
                        "X-Forwarded-For: 198.51.100.1, 192.0.2.9\r\n",
                        "X-Forwarded-Proto: https\r\nX-Forwarded-Host: www.example.org\r\n"))
                .containsEntry("REMOTE_ADDR", "192.0.2.9")
                .containsEntry("HTTPS", "on")
                .containsEntry("SERVER_NAME", "www.example.org")
                .containsEntry("SERVER_PORT", "443")
                .containsEntry("HTTP_X_FORWARDED_FOR", "198.51.100.1, 192.0.2.9");
    }

    // ---- silence ----

    @Test
    void aClientThatFallsSilentInItsBodyGets408() throws Exception {
        assertThat(refused("POST /sha HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\nhalf")
                        .status())
                .isEqualTo(408);
    }

    @Test
    void aClientThatFallsSilentInItsHeadIsLeft() throws Exception {
        try (RawHttp http = house.connect()) {
            http.send("GET /pid HTTP/1.1\r\nHost: te");
            if (http.socket().fill()) {
                assertThat(http.response().status()).isEqualTo(408);
            }
            assertThat(http.ends()).isTrue();
        }
    }

    @Test
    void anIdleConnectionIsClosedWithoutAWord() throws Exception {
        try (RawHttp http = house.connect()) {
            assertThat(http.get("/pid").response().status()).isEqualTo(200);
            assertThat(http.ends()).isTrue();
        }
    }

    @Test
    void aRequestThatTakesLongIsNotSilence() throws Exception {
        try (RawHttp http = house.connect()) {
            assertThat(http.get("/sleep?s=2.5").response().body()).isEqualTo("slept\n");
        }
    }
}
