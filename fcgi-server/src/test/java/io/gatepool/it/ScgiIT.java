package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** kind = "scgi": applications that speak SCGI, honest ones and others, behind nginx and behind the HTTP front. */
class ScgiIT {

    private static final String APP = Daemon.TEST_APPS.resolve("rawscgi.py").toString();

    private static Path directory;
    private static Daemon daemon;
    private static Nginx nginx;
    private static String direct;
    private static int http;
    private static int scgi;

    @BeforeAll
    static void start(@TempDir Path temporary) throws Exception {
        directory = temporary;
        Needs.program("nginx", "nginx-light");
        Examples examples = Examples.copyTo(directory);
        scgi = Ports.free();
        http = Ports.free();
        daemon = Daemon.serve(
                directory, """
            [server]
            runtime_dir = "run"
            log_level = "debug"
            admin = "127.0.0.1:0"

            [defaults]
            workers.mode = "static"
            workers.start_grace = "100ms"

            [app.raw]
            kind = "scgi"
            listen = ["http:127.0.0.1:%4$d", "scgi:127.0.0.1:%1$d"]
            command = ["%2$s"]
            mount = "/raw"
            workers.max = 2

            [app.one]
            kind = "scgi"
            listen = ["http:127.0.0.1:%4$d", "scgi:127.0.0.1:%1$d"]
            command = ["%2$s"]
            mount = "/one"
            workers.max = 1

            [app.strict]
            kind = "scgi"
            listen = ["http:127.0.0.1:%4$d", "scgi:127.0.0.1:%1$d"]
            command = ["%2$s"]
            mount = "/strict"
            workers.max = 1
            output_timeout = "300ms"

            [app.counter]
            kind = "scgi"
            listen = ["http:127.0.0.1:%4$d", "scgi:127.0.0.1:%1$d"]
            command = ["%3$s"]
            mount = "/counter"
            workers.max = 1
            """.formatted(scgi, APP, directory.resolve("examples/apps/scgi/counter.py"), http));
        nginx = Nginx.startWith(examples, "gatepool-scgi.conf", "scgi", "127.0.0.1:" + scgi);
        direct = "http://127.0.0.1:" + http;
    }

    @AfterAll
    static void stop() throws Exception {
        nginx.close();
        daemon.close();
    }

    /** Both ways in. */
    private static List<String> ways() {
        return List.of(direct, nginx.address());
    }

    private static String failed(String path, String why) throws Exception {
        return daemon.running()
                .await("\\S+ " + path + " failed: (.*" + why + ".*)")
                .group(1);
    }

    // ---- the honest ----

    @Test
    void theSampleIsOneProcessThatCounts() throws Exception {
        int pid = daemon.workers("counter").get(0);
        int before = Web.get(nginx.address() + "/counter?plain").number("count");
        Web.Answer answer = Web.get(nginx.address() + "/counter?plain");
        assertThat(answer.number("count")).isEqualTo(before + 1);
        assertThat(answer.number("pid")).isEqualTo(pid);
        assertThat(Web.get(nginx.address() + "/counter").text())
                .contains("<td>Python, SCGI\n<tr><th>Script<td>/counter");
    }

    @Test
    void aRequestHasItsLengthFirstThenScgiThenTheRestOfTheVariables() throws Exception {
        for (String way : ways()) {
            List<String> lines =
                    Web.post(way + "/raw/info?a=b", "hello").text().lines().toList();
            assertThat(lines.get(1)).startsWith("body 5 5d41402abc4b2a76b9719d911017c592");
            assertThat(lines.subList(2, 4)).containsExactly("CONTENT_LENGTH=5", "SCGI=1");
            assertThat(lines)
                    .contains("REQUEST_METHOD=POST", "QUERY_STRING=a=b", "SCRIPT_NAME=/raw", "PATH_INFO=/info");
            assertThat(lines.stream().filter(line -> line.matches("(CONTENT_LENGTH|SCGI)=.*")))
                    .hasSize(2);
        }
    }

    @Test
    void aRequestWithoutABodyHasTheLengthNought() throws Exception {
        for (String way : ways()) {
            assertThat(Web.get(way + "/raw/info").text()).contains("\nbody 0 ", "\nCONTENT_LENGTH=0\nSCGI=1\n");
        }
    }

    @Test
    void bytesOfAPathArriveDecoded() throws Exception {
        String bytes = new String("/café".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        for (String way : ways()) {
            assertThat(Web.get(way + "/raw/caf%C3%A9/info").text()).contains("PATH_INFO=" + bytes + "/info\n");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 65_536, 1 << 20, 5_000_000})
    void bodiesOfAllSizesComeBack(int size) throws Exception {
        byte[] body = new byte[size];
        for (int at = 0; at < size; at++) {
            body[at] = (byte) (at * 31 + at / 251);
        }
        for (String way : ways()) {
            Web.Answer answer =
                    Web.send(Web.request(way + "/raw/echo").POST(HttpRequest.BodyPublishers.ofByteArray(body)));
            assertThat(Arrays.equals(answer.text().getBytes(StandardCharsets.ISO_8859_1), body))
                    .isTrue();
        }
    }

    @Test
    void aStatusAndARedirectAreThoseOfTheApplication() throws Exception {
        for (String way : ways()) {
            Web.Answer gone = Web.get(way + "/raw/status?is=404+Gone+Fishing");
            assertThat(gone.status()).isEqualTo(404);
            assertThat(gone.text()).isEqualTo("that is it\n");
            Web.Answer elsewhere = Web.get(way + "/raw/redirect");
            assertThat(elsewhere.status()).isEqualTo(302);
            assertThat(elsewhere.header("Location")).isEqualTo("http://example.org/there");
        }
    }

    @Test
    void theLengthOfAHeadPromisesNoBody() throws Exception {
        for (String way : ways()) {
            Web.Answer answer = Web.head(way + "/raw/length?says=100&are=0");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Length")).isEqualTo("100");
        }
    }

    @Test
    void oneWorkerAnswersAHundredRequestsOneAfterTheOther() throws Exception {
        for (int number = 0; number < 100; number++) {
            assertThat(Web.get(direct + "/one/info").text())
                    .startsWith("pid " + daemon.workers("one").get(0) + "\n");
        }
    }

    // ---- the others ----

    @Test
    void aGetWithoutAnAnswerRunsAgain(@TempDir Path scratch) throws Exception {
        Web.Answer answer = Web.get(direct + "/raw/nothing?once=" + scratch.resolve("once"));
        assertThat(answer.text()).startsWith("pid ");
        daemon.running().await("raw: worker \\d+ closed the connection in \\S+ without an answer");
    }

    @Test
    void aPostWithoutAnAnswerIsNotRepeated() throws Exception {
        assertThat(Web.post(direct + "/raw/nothing?post", "x").status()).isEqualTo(502);
        assertThat(failed("/raw/nothing\\?post", "worker-crashed"))
                .contains("closed the connection before it had answered; not sent again");
    }

    @Test
    void aWorkerThatDiesIsReplacedAndItsGetRunsAgain(@TempDir Path scratch) throws Exception {
        Web.Answer answer = Web.get(direct + "/raw/die?once=" + scratch.resolve("once"));
        assertThat(answer.text()).startsWith("pid ");
        daemon.running().await("raw: worker \\d+ died of SIGKILL in r\\w+");
    }

    @Test
    void whatIsNoHeadIsABadGateway() throws Exception {
        for (String way : ways()) {
            Web.Answer answer = Web.get(way + "/raw/garbage");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.text()).contains("head-malformed");
        }
    }

    @Test
    void anAnswerThatEndsInItsHeadIsABadGateway() throws Exception {
        assertThat(Web.get(direct + "/raw/inhead").text()).contains("head-malformed");
        assertThat(failed("/raw/inhead", "head-malformed")).contains("the output ended before the blank line");
    }

    @Test
    void anAnswerShorterThanItsContentLengthIsSeenAsCut() throws Exception {
        assertThatThrownBy(() -> Web.get(direct + "/raw/length?says=100&are=10"))
                .isInstanceOf(IOException.class);
        assertThat(failed("/raw/length\\S*", "truncated"))
                .contains("closed the connection in mid-answer, 90 bytes short of its Content-Length");
    }

    @Test
    void anAnswerAsLongAsItsContentLengthIsWholeThoughItsWorkerDies() throws Exception {
        assertThat(Web.get(direct + "/raw/length?says=10&are=10").text()).isEqualTo("x".repeat(10));
    }

    @ParameterizedTest
    @CsvSource({"KILL, died of SIGKILL", "1, exited with status 1"})
    void anAnswerWithoutALengthWhoseWorkerDiesIsSeenAsCut(String how, String end) throws Exception {
        assertThatThrownBy(() -> Web.get(direct + "/one/ends?how=" + how)).isInstanceOf(IOException.class);
        failed("/one/ends\\?how=" + how, "closed the connection in mid-answer \\(truncated");
        daemon.running().await("one: worker \\d+ " + end + " in r\\w+");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "close"})
    void anAnswerWithoutALengthEndsWithItsConnection(String how) throws Exception {
        for (String way : ways()) {
            Web.Answer answer = Web.get(way + "/raw/ends?how=" + how);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("some of it\n");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 3_000_000})
    void anAnswerBeforeTheBodyWasReadIsWhole(int size) throws Exception {
        String body = "x".repeat(size);
        assertThat(Web.post(direct + "/raw/early", body).text()).startsWith("pid ");
        assertThat(Web.post(direct + "/raw/late", body).text()).startsWith("pid ");
        daemon.running().await("raw: read " + size);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3_000_000})
    void whoNeverReadsNorAnswersIsReplacedAfterItsTime(int size) throws Exception {
        int before = daemon.log().length();
        Web.Answer answer = Web.post(direct + "/strict/hang?" + size, "x".repeat(size));
        assertThat(answer.status()).isEqualTo(504);
        assertThat(failed("/strict/hang\\?" + size, "output-timeout")).contains("went over output_timeout = 300ms");
        daemon.await("strict: worker \\d+ replaces \\d+", before);
        assertThat(Web.get(direct + "/strict/info").status()).isEqualTo(200);
    }

    // ---- clients that leave ----

    @Test
    void anApplicationNoticesThatItsClientHasLeft() throws Exception {
        int before = daemon.log().length();
        try (Call call = Call.send(http, "GET", "/one/stream", "")) {
            call.awaitFirstByte();
        }
        daemon.await("raw: nobody reads", before);
        assertThat(Web.get(direct + "/one/info").status()).isEqualTo(200);
    }

    @Test
    void aClientThatLeavesWithAllThatItWasPromisedMissesNothing(@TempDir Path scratch) throws Exception {
        Path open = Files.createFile(scratch.resolve("open"));
        try (RawSocket client = RawSocket.tcp(scgi)) {
            client.send(SoloHouse.get(SoloHouse.Door.SCGI_TCP, "/one/keeps", "f=" + open));
            StringBuilder answer = new StringBuilder();
            while (answer.indexOf("whole") < 0) {
                answer.append((char) client.read());
            }
        }
        Poll.until("gatepool has noticed", ScgiIT::nobodyIsConnected);
        Files.delete(open);
        // The log is written in order: what the client's leave would have said stands before this.
        Web.get(direct + "/one/garbage");
        daemon.running().await("GET /one/garbage failed");
        assertThat(daemon.log()).doesNotContainPattern("GET /one/keeps\\S* failed");
    }

    private static boolean nobodyIsConnected() {
        try {
            String admin = daemon.running().await("admin: (http://\\S+:\\d+/)").group(1);
            return Web.get(admin + "metrics").text().contains("gatepool_front_connections{protocol=\"scgi\"} 0");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aWorkerIsBusyUntilItHasFinishedAlsoWhenItsClientHasLeft(@TempDir Path scratch) throws Exception {
        Path held = scratch.resolve("held");
        try (Call call = Call.send(http, "GET", "/one/hold?f=" + held, "")) {
            Poll.until("it is held", () -> Files.exists(held));
        }
        daemon.running().await("GET /one/hold\\S* failed: the client closed the connection");
        try (Call next = Call.send(http, "GET", "/one/info?next", "")) {
            Poll.until("the next one waits in the queue", () -> status("one")
                    .matches("(?s).*one\\s+scgi\\s+ok\\s+1/1\\s+1\\s+1 .*"));
            Files.delete(held);
            assertThat(next.answer().body()).contains("QUERY_STRING=next");
        }
    }

    private static String status(String app) {
        try {
            return Gatepool.run(directory, "status", "-c", "gatepool.toml", app).output();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    // ---- starts ----

    @Test
    void aWorkerIsReadyWhenItHasAnsweredTheRequestThatItMust(@TempDir Path own) throws Exception {
        try (Daemon other = serve(own, "ready.path = \"/info?ready\"\nworkers.start_grace = \"1h\"")) {
            String uri = "http://127.0.0.1:" + other.port("raw", "http");
            assertThat(Web.get(uri + "/info").status()).isEqualTo(200);
        }
    }

    @Test
    void oneThatAnswersAnotherStatusIsNotReady(@TempDir Path own) throws Exception {
        try (Daemon other = Daemon.launch(own, toml("ready.path = \"/status?is=503+No\"\nstart_timeout = \"1s\""))) {
            other.running()
                    .await(
                            "did not answer within start_timeout = 1s: GET /status\\?is=503\\+No was answered with 503, not 200");
            other.signal("TERM");
            other.running().awaitExit();
        }
    }

    @Test
    void oneThatExitsAtStartIsToldWithItsReason(@TempDir Path own) throws Exception {
        try (Daemon other = Daemon.launch(
                own, toml("").replace("rawscgi.py\"", "rawscgi.py\", \"" + own.resolve("missing") + "\""))) {
            other.running().await("raw: worker \\d+ exited with status 3 at start");
            other.running().await("ImportError: no module named shop");
            other.signal("TERM");
            other.running().awaitExit();
        }
    }

    private static Daemon serve(Path own, String more) throws Exception {
        return Daemon.serve(own, toml(more));
    }

    private static String toml(String more) {
        return """
            [server]
            runtime_dir = "run"

            [app.raw]
            kind = "scgi"
            command = ["%s"]
            listen = "http:127.0.0.1:0"
            workers.mode = "static"
            workers.max = 1
            %s
            """.formatted(APP, more);
    }

    @Test
    void aReloadLosesNoRequest(@TempDir Path own) throws Exception {
        try (Daemon other = serve(own, "workers.start_grace = \"50ms\"")) {
            String uri = "http://127.0.0.1:" + other.port("raw", "http");
            int before = Web.get(uri + "/info").number("pid");
            other.signal("HUP");
            Poll.until("another process answers", () -> pid(uri) != before);
        }
    }

    private static int pid(String uri) {
        try {
            Web.Answer answer = Web.get(uri + "/info");
            assertThat(answer.status()).as(answer.text()).isEqualTo(200);
            return answer.number("pid");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
