package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One worker and the conversation with it: FastCGI applications that behave in every way there is. */
class WorkerIT {

    private static final String RAW = Daemon.TEST_APPS.resolve("rawapp.py").toString();

    private static Daemon daemon;
    private static int port;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        daemon = Daemon.serve(directory, """
                [app.raw]
                kind = "fastcgi"
                command = ["%s"]
                listen = "http:127.0.0.1:0"
                mount = "/raw"
                workers.max = 1
                """.formatted(RAW));
        port = daemon.port("raw", "http");
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
    }

    private static Call.Answer get(String path) throws Exception {
        return Call.get(port, "/raw/" + path);
    }

    private static Call.Answer post(String path, String body) throws Exception {
        return Call.post(port, "/raw/" + path, body);
    }

    /** The worker is as good as new: the next request is answered by the process {@code pid}. */
    private static void assertServes(int pid) throws Exception {
        assertThat(get("info").number("pid")).isEqualTo(pid);
    }

    // ---- what it is sent ----

    @Test
    void aPairIsNeverSplitAcrossParamsRecords() throws Exception {
        // A head has 64 KiB at most; the query stands in two variables.
        List<String> headers = new ArrayList<>();
        for (int header = 0; header < 9; header++) {
            headers.add("X-Header-" + header + ": " + "v".repeat(7000));
        }
        try (Call call =
                Call.send(port, "GET", "/raw/params?" + "q".repeat(6000), "", headers.toArray(String[]::new))) {
            Call.Answer answer = call.answer();
            assertThat(answer.line("split")).isEqualTo("False");
            assertThat(answer.line("records").split(",", -1)).hasSizeGreaterThan(1);
            assertThat(answer.number("longest")).isEqualTo(7000);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 5 << 20})
    void theBodyArrivesWholeAndIsEndedByAnEmptyRecord(int size) throws Exception {
        assertThat(post("info", "b".repeat(size)).number("body")).isEqualTo(size);
    }

    @Test
    void theConnectionIsKeptFromRequestToRequest(@TempDir Path directory) throws Exception {
        // In a daemon of its own: what the first request's connection does decides how the others are treated.
        try (Daemon daemon = other(directory, "\"honest\"", "")) {
            daemon.running().await("ready in ");
            int own = daemon.port("raw", "http");
            Call.Answer first = Call.get(own, "/raw/info");
            Call.Answer second = Call.get(own, "/raw/info");
            assertThat(second.number("served")).isEqualTo(first.number("served") + 1);
            assertThat(second.number("connections")).isEqualTo(first.number("connections"));
            assertThat(second.number("keep")).isOne();
            assertThat(second.line("noise")).isEqualTo("[]");
        }
    }

    // ---- what it answers ----

    @Test
    void theAnswerMayComeBeforeTheBodyWasRead() throws Exception {
        assertThat(post("early", "b".repeat(5 << 20)).body()).isEqualTo("early and read " + (5 << 20) + "\n");
    }

    @Test
    void theBodyMayComeBackWhileItIsStillBeingSent() throws Exception {
        String body = "0123456789abcdef".repeat(5 << 16);
        assertThat(post("echo", body).body()).isEqualTo(body);
    }

    @Test
    void aRequestMayEndWithItsBodyUnread() throws Exception {
        int pid = get("info").number("pid");
        assertThat(post("unread", "b".repeat(5 << 20)).body()).isEqualTo("unread\n");
        assertServes(pid);
        assertThat(get("info").line("noise")).isEqualTo("[]");
    }

    @Test
    void stdoutNeedNotBeClosedBeforeTheEnd() throws Exception {
        for (int time = 0; time < 2; time++) {
            assertThat(get("bare"))
                    .matches(answer -> answer.complete() && answer.body().equals("bare\n"));
        }
    }

    @ParameterizedTest
    @CsvSource({"1000,1,0", "1000,1,255", "1000,7,1", "300000,65535,255", "300000,65535,0", "65536,4096,8"})
    void recordsMayHaveAnySizeAndPadding(int n, int chunk, int padding) throws Exception {
        String query = "shape?n=" + n + "&chunk=" + chunk + "&padding=" + padding;
        for (int time = 0; time < 2; time++) {
            assertThat(get(query).body()).isEqualTo("x".repeat(n));
        }
    }

    @Test
    void recordsAndHeadersMayBeCutAnywhere() throws Exception {
        assertThat(get("drip").body()).isEqualTo("drip\n");
        assertThat(get("drip").header("Content-Type")).isEqualTo("text/plain");
    }

    @Test
    void stderrGoesToTheLogWhereverItStandsInTheHead() throws Exception {
        int from = daemon.log().length();
        Call.Answer answer = get("lines");
        assertThat(answer.body()).isEqualTo("lines\n");
        assertThat(answer.header("Content-Type")).isEqualTo("text/plain");
        daemon.await("raw: worker \\d+ r\\w+ stderr: before\n", from);
        daemon.await("raw: worker \\d+ r\\w+ stderr: between\n", from);
        daemon.await("raw: worker \\d+ r\\w+ stderr: inside\n", from);
        daemon.await("raw: worker \\d+ r\\w+ stderr: after\n", from);
    }

    // ---- where it ends ----

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "stderr", "inhead"})
    void anEndOfFileBeforeTheHeadIsA502(String at) throws Exception {
        int pid = get("info").number("pid");
        Call.Answer answer = post("eof?at=" + at, "body");
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.cause()).isEqualTo("worker-crashed");
        assertServes(pid);
    }

    @ParameterizedTest
    @ValueSource(strings = {"head", "body"})
    void anEndOfFileBehindTheHeadIsNeverTakenForTheEndOfTheAnswer(String at) throws Exception {
        int from = daemon.log().length();
        Call.Answer answer = get("eof?at=" + at);
        assertThat(answer.status() == 502 || !answer.complete())
                .as(answer.toString())
                .isTrue();
        daemon.await("\\(truncated\\)", from);
    }

    @Test
    void aGetThatWasLostAgainAndAgainIsGivenUp() throws Exception {
        int from = daemon.log().length();
        Call.Answer answer = get("eof?at=nothing");
        assertThat(answer.status()).isEqualTo(502);
        // The log is written in order, but a little later.
        daemon.await("failed: it met 3 workers", from);
        assertThat(daemon.log().substring(from).split("runs again", -1)).hasSize(3);
    }

    @Test
    void anIdleConnectionMayBeClosedAtAnyTime() throws Exception {
        int from = daemon.log().length();
        Call.Answer first = post("idle", "body");
        daemon.await("closed when idle", from);
        Call.Answer second = post("info", "body");
        assertThat(second.number("pid")).isEqualTo(first.number("pid"));
        assertThat(second.number("connections")).isEqualTo(first.number("connections") + 1);
        assertThat(daemon.log().substring(from)).doesNotContain("runs again", "ERROR");
    }

    @Test
    void anApplicationMayIgnoreKeepConn(@TempDir Path directory) throws Exception {
        // In a daemon of its own, which has not seen it keep any.
        try (Daemon daemon = other(directory, "\"honest\"", "")) {
            daemon.running().await("ready in ");
            int own = daemon.port("raw", "http");
            int pid = Call.post(own, "/raw/bye", "body").number("pid");
            for (int time = 0; time < 10; time++) {
                Call.Answer answer = Call.post(own, "/raw/bye", "body");
                assertThat(answer.number("pid")).isEqualTo(pid);
                assertThat(answer.number("served")).isOne();
            }
            assertThat(daemon.log()).doesNotContain("ERROR");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1,502,protocol-error,FCGI_CANT_MPX_CONN",
        "2,503,app-overloaded,FCGI_OVERLOADED",
        "3,502,role-refused,FCGI_UNKNOWN_ROLE",
        "9,502,protocol-error,protocol status 9"
    })
    void aRefusalIsToldByItsName(int protocolStatus, int status, String cause, String inLog) throws Exception {
        int from = daemon.log().length();
        int pid = get("info").number("pid");
        Call.Answer answer = get("refuse?status=" + protocolStatus);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.cause()).isEqualTo(cause);
        assertThat(answer.header("Retry-After").isEmpty()).isEqualTo(status != 503);
        daemon.await(inLog, from);
        assertServes(pid);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "version"})
    void whatIsNoFastCgiIsA502(String kind) throws Exception {
        int pid = get("info").number("pid");
        Call.Answer answer = get("garbage?kind=" + kind);
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.cause()).isEqualTo("protocol-error");
        assertServes(pid);
    }

    @ParameterizedTest
    @CsvSource({"type,skipped", "id,own", "management,managed"})
    void recordsThatNobodyAskedForAreIgnored(String kind, String text) throws Exception {
        assertThat(get("garbage?kind=" + kind).body()).isEqualTo(text + "\n");
    }

    @Test
    void aHeadUpToTheLimitIsPassedOn() throws Exception {
        Call.Answer answer = get("head?n=60000");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("X-Long")).hasSize(60_000);
    }

    @Test
    void aHeadOverTheLimitIsA502() throws Exception {
        int pid = get("info").number("pid");
        Call.Answer answer = get("head?n=66000");
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.cause()).isEqualTo("head-malformed");
        assertServes(pid);
    }

    @Test
    void aWorkerThatWaitsForABodyNobodySendsIsFreedAtOnce() throws Exception {
        int from = daemon.log().length();
        int pid = get("info").number("pid");
        Call.Answer answer = post("nohead", "b".repeat(5 << 20));
        assertThat(answer.cause()).isEqualTo("head-malformed");
        daemon.await("<html>", from);
        // It is deaf to ABORT_REQUEST and would wait until output_timeout.
        assertServes(pid);
    }

    @Test
    void whatStandsBehindTheEndIsNeverTheNextAnswer() throws Exception {
        try (Call first = Call.send(port, "GET", "/raw/surplus", "");
                Call second = Call.send(port, "GET", "/raw/info", "")) {
            assertThat(first.answer().body()).isEqualTo("first\n");
            assertThat(second.answer().body()).startsWith("pid ");
        }
    }

    @Test
    void whatAnIdleConnectionSaysIsNeverTheNextAnswer() throws Exception {
        int from = daemon.log().length();
        assertThat(get("late").body()).isEqualTo("first\n");
        daemon.await("raw: late", from);
        assertThat(get("info").body()).startsWith("pid ");
    }

    @Test
    void whatAWorkerWroteBeforeItExitedIsDelivered() throws Exception {
        for (int time = 0; time < 5; time++) {
            int n = time % 2 == 0 ? 10 : 150_000;
            assertThat(get("leave?n=" + n).body()).isEqualTo("y".repeat(n));
        }
    }

    // ---- how it starts ----

    private static Daemon other(Path directory, String how, String more) throws Exception {
        return Daemon.launch(directory, """
                [app.raw]
                kind = "fastcgi"
                command = ["%s", %s]
                listen = "http:127.0.0.1:0"
                mount = "/raw"
                workers.max = 1
                %s
                """.formatted(RAW, how, more));
    }

    @Test
    void oneThatAnswersNoProbeButLivesIsReady(@TempDir Path directory) throws Exception {
        try (Daemon daemon = other(directory, "\"mute\"", "workers.start_grace = \"300ms\"")) {
            assertThat(Call.get(daemon.port("raw", "http"), "/raw/info").number("pid"))
                    .isEqualTo(daemon.workers("raw").get(0));
        }
    }

    @Test
    void oneThatNeverAcceptsIsNotReadyAndTheReasonIsTold(@TempDir Path directory) throws Exception {
        String settings = "workers.start_grace = \"100ms\"\nstart_timeout = \"1s\"\nstop_timeout = \"100ms\"";
        try (Daemon daemon = other(directory, "\"never\"", settings)) {
            daemon.running().await("never accepts");
            int port = daemon.port("raw", "http");
            assertThat(Call.get(port, "/").body()).contains("starting");
            daemon.running().await("did not answer within start_timeout = 1s");
            daemon.running().await("ready in ");
            Poll.until("503", () -> cause(port).equals("app-failing"));
            assertThat(daemon.log()).doesNotContain("(static)");
        }
    }

    private static String cause(int port) {
        try {
            return Call.get(port, "/raw/info").cause();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void oneThatExitsAtStartMakesTheAppFailUntilItIsRepaired(@TempDir Path directory) throws Exception {
        Path repaired = directory.resolve("repaired");
        try (Daemon daemon = other(directory, "\"exits\", \"" + repaired + "\"", "")) {
            daemon.running().await("ready in ");
            int port = daemon.port("raw", "http");
            Call.Answer answer = Call.get(port, "/raw/info");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.cause()).isEqualTo("app-failing");
            assertThat(answer.header("Retry-After")).isNotEmpty();
            daemon.running()
                    .await(
                            "exited with status 3 at start: ImportError: no module named shop; next try in (?:9\\d|10\\d|110) ms");
            daemon.running().await("next try in (?:1[89]|2[0-2])\\d ms");
            daemon.running().await("next try in (?:3[6-9]|4[0-4])\\d ms");
            assertThat(Call.get(port, "/").body())
                    .contains("failing", "exited with status 3", "ImportError: no module named shop");
            Files.writeString(repaired, "");
            daemon.running().await("workers \\d+ \\(static\\)");
            assertThat(Call.get(port, "/raw/info").status()).isEqualTo(200);
            assertThat(Call.get(port, "/").body()).contains("ok").doesNotContain("ImportError");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[\"no-such-program\"] | | command no-such-program is not in /usr/local/bin:/usr/bin:/bin",
                "[\"./plain.txt\"] | | plain.txt is not an executable file",
                "[\"./missing\"] | | missing does not exist",
                "[\"python3\"] | chdir = \"/no/such/directory\" | chdir /no/such/directory is not a directory"
            })
    void aCommandThatCannotBeStartedIsNamedInTheLogAndOnTheIndexPage(
            String command, String chdir, String reason, @TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("plain.txt"), "no program");
        try (Daemon daemon = Daemon.serve(directory, """
                [app.wrong]
                kind = "fastcgi"
                command = %s
                %s
                listen = "http:127.0.0.1:0"
                mount = "/wrong"
                """.formatted(command, chdir == null ? "" : chdir))) {
            int port = daemon.port("wrong", "http");
            assertThat(Call.get(port, "/wrong/").cause()).isEqualTo("app-failing");
            assertThat(Call.get(port, "/").body()).contains(reason);
            daemon.running().await(Pattern.quote(reason));
        }
    }

    @Test
    void oneThatListensNoMoreIsReplaced(@TempDir Path directory) throws Exception {
        try (Daemon daemon = other(directory, "\"honest\"", "stop_timeout = \"500ms\"")) {
            daemon.running().await("ready in ");
            int port = daemon.port("raw", "http");
            int pid = Call.get(port, "/raw/deaf").number("pid");
            daemon.running().await("raw: deaf");
            // Its connection is still good; the next must be a new one.
            Call.get(port, "/raw/eof?at=inhead");
            Poll.until("a new worker", () -> status(port) == 200);
            assertThat(Call.get(port, "/raw/info").number("pid")).isNotEqualTo(pid);
        }
    }

    private static int status(int port) {
        try {
            return Call.get(port, "/raw/info").status();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void aFullBacklogIsNoDeath(@TempDir Path directory) throws Exception {
        Path until = directory.resolve("until");
        try (Daemon daemon = other(directory, "\"honest\"", "workers.connections = 600")) {
            daemon.running().await("ready in ");
            int port = daemon.port("raw", "http");
            // From now on it is known that this application closes its connections: none is used for a second request.
            assertThat(Call.post(port, "/raw/bye", "body").status()).isEqualTo(200);
            List<Call> calls = new ArrayList<>();
            for (int call = 0; call < 560; call++) {
                calls.add(Call.send(
                        port,
                        call == 0 ? "GET" : "POST",
                        call == 0 ? "/raw/hang?until=" + until : "/raw/bye",
                        call == 0 ? "" : "body"));
            }
            daemon.running().await("raw: hangs");
            Poll.until(
                    "the backlog is full",
                    () -> index(port).contains("queued") && !index(port).contains(", 0 queued"));
            Files.writeString(until, "");
            for (Call call : calls) {
                assertThat(call.answer().status()).as(daemon.log()).isEqualTo(200);
                call.close();
            }
            assertThat(daemon.log()).doesNotContain("takes no connections", "ERROR");
        }
    }

    private static String index(int port) {
        try {
            return Call.get(port, "/").body();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
