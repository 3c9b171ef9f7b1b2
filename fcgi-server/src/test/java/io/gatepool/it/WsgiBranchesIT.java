package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every way through PEP 3333 (branches.py), watched by wsgiref.validate and by Werkzeug's lint, whose complaints would
 * each be a 500 or a line on stderr; directly over HTTP, and through an nginx with Debian's own fastcgi_params.
 */
@ParameterizedClass
@CsvSource({"validated, http", "validated, nginx", "linted, http", "linted, nginx"})
class WsgiBranchesIT {

    private static Daemon daemon;
    private static Nginx nginx;
    private static int http;

    private final int port;
    private final String mount;

    WsgiBranchesIT(String watcher, String front) {
        this.port = front.equals("nginx") ? nginx.port() : http;
        this.mount = "/" + watcher;
    }

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        WsgiHouse.needsWerkzeug();
        Examples examples = Examples.copyTo(directory);
        http = Ports.free();
        String fastcgi = "127.0.0.1:" + Ports.free();
        StringBuilder toml = new StringBuilder();
        for (String app : new String[] {"validated", "linted"}) {
            toml.append(WsgiHouse.app(
                    app,
                    "branches:" + app,
                    WsgiHouse.APPS,
                    "/" + app,
                    "http:127.0.0.1:" + http + "\", \"fastcgi:" + fastcgi,
                    "workers.max = 1"));
        }
        daemon = Daemon.serve(directory, toml.toString());
        nginx = Nginx.startWithStockParams(examples, "branches", fastcgi);
    }

    @AfterAll
    static void stop() throws Exception {
        if (nginx != null) {
            nginx.close();
        }
        if (daemon != null) {
            daemon.close();
        }
    }

    private Call.Answer get(String path) throws Exception {
        return Call.get(port, mount + path);
    }

    /** The worker is well, every iterable was closed, and none twice. */
    private void assertAllClosedOnce() {
        Poll.until("every iterable is closed", () -> {
            Call.Answer counts = counts();
            return counts.number("closed") == counts.number("opened");
        });
        assertThat(counts().number("again")).isZero();
    }

    private Call.Answer counts() {
        try {
            return Call.get(http, mount + "/counts");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/write, 200, 'written, written again, and yielded\n'",
        "/exc_info, 503, 'replaced\n'",
        "/empty, 200, 'one two\n'",
        "/nothing, 200, ''",
        "/file, 200, 'but this'",
        "/length, 200, 'ten bytes\n'",
        "/nowhere, 404, 'no such branch\n'"
    })
    void aWayThroughThePepIsAnswered(String path, int status, String body) throws Exception {
        Call.Answer answer = get(path);
        assertThat(answer.status()).as(answer.body() + daemon.log()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo(body);
        assertThat(answer.complete()).isTrue();
        assertAllClosedOnce();
    }

    @Test
    void aGeneratorsBlocksArriveInOrder() throws Exception {
        StringBuilder expected = new StringBuilder();
        for (int number = 0; number < 1000; number++) {
            expected.append(number).append('\n');
        }
        Call.Answer answer = get("/generator");
        assertThat(answer.body()).isEqualTo(expected.toString());
        assertThat(answer.complete()).isTrue();
        assertAllClosedOnce();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/no_content", "/not_modified"})
    void whatHasNoBodyLeavesTheConnectionUsable(String path) throws Exception {
        try (RawHttp client = RawHttp.connect(port)) {
            client.get(mount + path);
            RawHttp.Response answer = client.response();
            assertThat(answer.status()).isEqualTo(path.equals("/no_content") ? 204 : 304);
            assertThat(answer.field("content-length")).isEmpty();
            client.get(mount + "/length");
            assertThat(client.response().body()).isEqualTo("ten bytes\n");
        }
        assertAllClosedOnce();
    }

    @Test
    void headHasTheLengthAndNoBody() throws Exception {
        try (RawHttp client = RawHttp.connect(port)) {
            client.send("HEAD " + mount + "/length HTTP/1.1\r\nHost: test\r\n\r\n");
            RawHttp.Response answer = client.response(true);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.field("content-length")).isEqualTo("10");
            client.get(mount + "/length");
            assertThat(client.response().body()).isEqualTo("ten bytes\n");
        }
        assertAllClosedOnce();
    }

    @Test
    void headersKeepTheirDuplicatesAndBytesAndTheStatusItsNumber() throws Exception {
        try (RawHttp client = RawHttp.connect(port)) {
            RawHttp.Response answer = client.get(mount + "/headers").response();
            assertThat(answer.status()).isEqualTo(299);
            assertThat(answer.field("set-cookie")).isEqualTo("a=1, b=2");
            assertThat(answer.field("x-between")).isEqualTo("\u00e9");
        }
    }

    @Test
    void thePathIsSplitAtTheMount() throws Exception {
        Call.Answer answer = get("/paths?with=a&query");
        assertThat(answer.line("SCRIPT_NAME")).isEqualTo(mount);
        assertThat(answer.line("PATH_INFO")).isEqualTo("/paths");
        assertThat(answer.line("wsgi.url_scheme")).isEqualTo("http");
        assertThat(answer.line("SERVER_PROTOCOL")).isEqualTo("HTTP/1.1");
    }

    @Test
    void anExceptionBeforeTheHeadIsAPlain500() throws Exception {
        int from = daemon.log().length();
        Call.Answer answer = get("/fails");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("begun");
        daemon.await("RuntimeError: nothing was begun", from);
    }

    @Test
    void anExceptionAfterTheHeadCutsTheResponseVisibly() throws Exception {
        int from = daemon.log().length();
        Call.Answer answer = get("/late_exc_info");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.complete()).isFalse();
        assertThat(answer.body()).doesNotContain("never");
        daemon.await("KeyError: 'after the head has gone'", from);
        assertAllClosedOnce();
    }

    @Test
    void aBodyIsReadByLineByPieceAndPastItsEnd() throws Exception {
        Call.Answer answer = Call.post(port, mount + "/lines", "12345\nabcdef\none\ntwo\nthree\nthe rest");
        // Lint hides readlines(), and complains of readline().
        assertThat(answer.body())
                .isEqualTo(
                        mount.equals("/validated")
                                ? "12345\n|abcd|ef\n|one\n|two\nthree\nthe rest|"
                                : "12345\n||abcdef\none\ntwo\nthree\nthe rest|");
        assertAllClosedOnce();
    }

    @Test
    void aLargeUploadArrivesByteForByte() throws Exception {
        int size = 20 << 20;
        HttpRequest.Builder request = Web.request("http://127.0.0.1:" + port + mount + "/digest")
                .POST(HttpRequest.BodyPublishers.fromPublisher(
                        HttpRequest.BodyPublishers.ofInputStream(() -> new GeneratedBody(5, size)), size));
        assertThat(Web.send(request).text()).isEqualTo(sha256(new GeneratedBody(5, size)) + " " + size + "\n");
        assertAllClosedOnce();
    }

    private static String sha256(InputStream in) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] piece = new byte[65536];
        for (int got = in.read(piece); got >= 0; got = in.read(piece)) {
            digest.update(piece, 0, got);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Test
    void aBodyMayStayUnread() throws Exception {
        String body = "b".repeat(3 << 20);
        for (int time = 0; time < 3; time++) {
            assertThat(Call.post(port, mount + "/unread", body).body()).isEqualTo("not read\n");
        }
        assertThat(Call.post(port, mount + "/digest", "afterwards").body()).endsWith(" 10\n");
        assertAllClosedOnce();
    }

    /** One that sends all the time and blocks, one that sends now and then and sleeps. */
    @ParameterizedTest
    @ValueSource(strings = {"/endless", "/slowly"})
    void aClientThatLeavesClosesTheIterableAndTheWorkerServesOn(String path) throws Exception {
        int worker = daemon.workers(mount.substring(1)).get(0);
        try (Call call = Call.send(port, "GET", mount + path, "")) {
            call.awaitFirstByte();
        }
        assertAllClosedOnce();
        assertThat(Daemon.isAlive(worker)).isTrue();
    }

    @Test
    void theWatchersHadNothingToComplainOf() throws Exception {
        for (String path : new String[] {"/write", "/empty", "/file", "/length", "/paths"}) {
            Call.Answer answer = get(path);
            assertThat(answer.status()).as(path + answer.body()).isEqualTo(200);
        }
        assertThat(daemon.log()).doesNotContain("AssertionError", "WSGIWarning", "HTTPWarning");
    }
}
