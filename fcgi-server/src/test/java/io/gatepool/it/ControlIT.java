package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that ask a running daemon, each of them as people type it. */
class ControlIT {

    private static final Pattern ID = Pattern.compile("request (r[0-9a-f]{7})");

    private static Path directory;
    private static Daemon daemon;

    @BeforeAll
    static void start(@TempDir Path place) throws Exception {
        directory = place;
        Path cgi = Files.createDirectory(place.resolve("cgi"));
        script(cgi.resolve("hang.sh"), "echo 'now I hang' >&2", "echo $$ >" + place + "/script.pid", "exec sleep 120");
        script(cgi.resolve("dies.sh"), "echo 'first words' >&2", "echo 'last words' >&2", "kill -SEGV $$");
        daemon = Daemon.serve(place, """
                [server]
                runtime_dir = "run"
                drain_timeout = "1h"
                [app.raw]
                kind = "fastcgi"
                command = ["%1$s"]
                listen = "http:127.0.0.1:0"
                mount = "/raw"
                workers.max = 1
                [app.cgi]
                kind = "cgi"
                listen = "http:127.0.0.1:0"
                mount = "/cgi"
                root = "cgi"
                [app.bad]
                kind = "fastcgi"
                command = ["/bin/sh", "-c", "echo 'no module of that name' >&2; exit 3"]
                listen = "http:127.0.0.1:0"
                workers.max = 1
                """.formatted(Daemon.TEST_APPS.resolve("rawapp.py")));
    }

    private static void script(Path file, String... lines) throws Exception {
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
    }

    private static Gatepool ask(String... arguments) throws Exception {
        return Gatepool.ask(directory, arguments);
    }

    private static int raw() throws InterruptedException {
        return daemon.port("raw", "http");
    }

    /** A request to the only worker of raw, which hangs there until {@code file} exists. */
    private static Call hanging(Path file) throws Exception {
        int seen = daemon.log().length();
        Call call = Call.send(raw(), "GET", "/raw/hang?until=" + file + "&api_key=verysecret", "");
        daemon.await("stderr: raw: hangs \\d+", seen);
        return call;
    }

    private static String id(Call.Answer page) {
        Matcher id = ID.matcher(page.body());
        assertThat(id.find()).as(page.body()).isTrue();
        return id.group(1);
    }

    // ---- looking ----

    @Test
    void statusTellsOfAnAppThatIsWell() throws Exception {
        Gatepool status = ask("status", "raw");
        assertThat(status.output())
                .containsPattern("(?m)^gatepool \\S+  pid " + daemon.pid() + "  up .*  generation 1, loaded \\d\\d:")
                .containsPattern("(?m)^APP  KIND     STATE  WORKERS  BUSY  QUEUE  OLDEST  REQ/S .*5XX/H$")
                .containsPattern("(?m)^raw  fastcgi  ok         1/1 ");
        assertThat(status.exit()).isZero();
    }

    @Test
    void statusTellsOfAnAppThatFailsAndWhy() throws Exception {
        daemon.running().await("bad: worker \\d+ exited with status 3 at start");
        Gatepool status = ask("status");
        assertThat(status.output())
                .containsPattern("(?m)^bad  +fastcgi  failing ")
                .contains("no module of that name");
        assertThat(status.exit()).isEqualTo(1);
    }

    @Test
    void statusSpeaksJson() throws Exception {
        Gatepool status = ask("status", "--json", "raw");
        assertThat(status.output()).startsWith("{").contains("\"name\":\"raw\"", "\"state\":\"ok\"", "\"workers\":1");
    }

    @Test
    void watchPrintsOneTableAfterTheOtherWhereThereIsNoTerminal() throws Exception {
        try (Running watch = Daemon.start(directory, "status", "--watch", "raw", "--runtime-dir", "run")) {
            watch.await("(?s)(^APP.*?^raw.*?){3}".replace("(?s)", "(?ms)"));
            assertThat(watch.hasEnded()).isFalse();
            assertThat(watch.output()).doesNotContain("\033");
        }
    }

    @Test
    void theSocketIsFoundThroughTheConfiguration() throws Exception {
        assertThat(Gatepool.run(directory, "status", "-c", "gatepool.toml", "raw")
                        .exit())
                .isZero();
        assertThat(Gatepool.run(directory, "status", "--socket", "run/control.sock", "raw")
                        .exit())
                .isZero();
    }

    @Test
    void workersShowsTheirProcesses() throws Exception {
        Call.get(raw(), "/raw/info");
        Gatepool workers = ask("workers", "raw");
        assertThat(workers.exit()).isZero();
        assertThat(workers.output())
                .contains("raw  fastcgi  static, 1 of 1  generation 1\n")
                .containsPattern("(?m)^ *\\d+  idle     \\d+ s +[1-9]\\d*  +[\\d.]+ MiB +\\d+\\.\\d  -$");
    }

    @Test
    void dumpShowsWhatIsGoingOnAndMasksSecrets() throws Exception {
        Path file = directory.resolve("dump");
        try (Call held = hanging(file);
                Call queued = Call.send(raw(), "POST", "/raw/info", "12345")) {
            Poll.until("the second request waits", () -> dump().contains("POST /raw/info"));
            String dump = dump();
            assertThat(dump)
                    .containsPattern(
                            "(?m)^r[0-9a-f]{7} +\\d+\\.\\d s  worker \\d+ +0 B .*GET /raw/hang\\?until=\\S+&api_key=\\*{8}$")
                    .containsPattern("(?m)^r[0-9a-f]{7} +\\d+\\.\\d s  queue +5 B +0 B  POST /raw/info$")
                    .containsPattern("(?m)^ *\\d+  busy .* s  r[0-9a-f]{7}  GET /raw/hang")
                    .doesNotContain("verysecret");
            Files.createFile(file);
            assertThat(held.answer().body()).isEqualTo("hung\n");
            assertThat(queued.answer().status()).isEqualTo(200);
        }
    }

    private static String dump() {
        try {
            return ask("dump", "raw").output();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    // ---- doing ----

    /** At once: drain_timeout, an hour here, is for requests that somebody waits for. */
    @Test
    void aKilledRequestIsAnsweredAndItsWorkerReplaced() throws Exception {
        try (Call call = hanging(directory.resolve("never"))) {
            Matcher row = Pattern.compile("(?m)^(r[0-9a-f]{7}) .*worker (\\d+)").matcher(dump());
            assertThat(row.find()).isTrue();
            int worker = Integer.parseInt(row.group(2));
            Gatepool kill = ask("kill-request", row.group(1));
            assertThat(kill.output())
                    .containsPattern("raw: " + row.group(1) + " GET /raw/hang.* killed, after .* s, worker " + worker);
            assertThat(kill.exit()).isZero();
            Call.Answer answer = call.answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.cause()).isEqualTo("killed");
            Poll.until("the worker has ended", () -> !Daemon.isAlive(worker));
            assertThat(Call.get(raw(), "/raw/info").number("pid")).isNotEqualTo(worker);
            Poll.until("its end is known", () -> explain(row.group(1))
                    .contains("where   worker " + worker + ", which died of SIGTERM"));
            assertThat(explain(row.group(1))).contains("503 killed", "hangs " + worker);
        }
    }

    @Test
    void aKilledScriptEnds() throws Exception {
        Files.deleteIfExists(directory.resolve("script.pid"));
        try (Call call = Call.send(daemon.port("cgi", "http"), "GET", "/cgi/hang.sh", "")) {
            Poll.until("it runs", () -> Files.exists(directory.resolve("script.pid")));
            Matcher row = Pattern.compile("(?m)^(r[0-9a-f]{7}) .*script (\\d+)")
                    .matcher(ask("dump", "cgi").output());
            assertThat(row.find()).isTrue();
            assertThat(ask("workers", "cgi").output())
                    .containsPattern("(?m)^ *" + row.group(2) + "  busy .*" + row.group(1) + "  GET /cgi/hang.sh$");
            assertThat(ask("kill-request", row.group(1)).exit()).isZero();
            assertThat(call.answer().cause()).isEqualTo("killed");
            ScriptHouse.awaitEnd(Integer.parseInt(row.group(2)));
            Poll.until("its end is known", () -> explain(row.group(1)).contains("which died of SIGTERM"));
            assertThat(explain(row.group(1))).contains("stderr  now I hang\n");
        }
    }

    private static String explain(String id) {
        try {
            return ask("explain", id).output();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aDrainedAppFinishesWhatItHasAndRefusesWhatComes() throws Exception {
        Path file = directory.resolve("drain");
        try (Call held = hanging(file);
                Call queued = Call.send(raw(), "GET", "/raw/info", "")) {
            Poll.until("the second request waits", () -> dump().contains("GET /raw/info"));
            Gatepool drain = ask("drain", "raw");
            assertThat(drain.output()).isEqualTo("raw: drained, 2 requests under way\n");
            Call.Answer refused = Call.get(raw(), "/raw/info");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.cause()).isEqualTo("draining");
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(ask("status", "raw").output()).containsPattern("raw  fastcgi  draining ");
            Files.createFile(file);
            assertThat(held.answer().body()).isEqualTo("hung\n");
            assertThat(queued.answer().status()).isEqualTo(200);
        } finally {
            assertThat(ask("resume", "raw").output()).isEqualTo("raw: takes requests\n");
        }
        assertThat(Call.get(raw(), "/raw/info").status()).isEqualTo(200);
    }

    // ---- failures explained ----

    @Test
    void aWorkerThatDiedIsExplainedWithItsEndAndItsLastWords() throws Exception {
        int worker = Call.get(raw(), "/raw/info").number("pid");
        Call.Answer page = Call.post(raw(), "/raw/die?password=xyzzy", "body");
        assertThat(page.cause()).isEqualTo("worker-crashed");
        String id = id(page);
        Poll.until("its end is known", () -> explain(id).contains("which died of SIGKILL"));
        assertThat(explain(id))
                .startsWith(id + "  raw  POST /raw/die?password=********\n502 worker-crashed\n\n")
                .contains("what    The application process ended before it had answered.\n")
                .containsPattern(
                        "when    \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d, for 127.0.0.1\n        .*handed out after .* ms, failed after .*ms")
                .contains("where   worker " + worker + ", which died of SIGKILL\n")
                .containsPattern("(?m)^remedy  Its stderr");
        assertThat(ask("explain", "--json", id).output())
                .contains("\"cause\":\"worker-crashed\"", "\"exit\":\"died of SIGKILL\"", "\"pid\":" + worker);
    }

    @Test
    void aScriptThatDiedIsExplained() throws Exception {
        String id = id(Call.get(daemon.port("cgi", "http"), "/cgi/dies.sh"));
        assertThat(explain(id))
                .containsPattern("where   script \\d+, which died of SIGSEGV")
                .contains("stderr  first words\n        last words\n");
    }

    @Test
    void whatIsTheClientsIsExplainedToo() throws Exception {
        String id = id(Call.get(daemon.port("cgi", "http"), "/cgi/missing.sh"));
        assertThat(explain(id)).contains("404 not-found", "remedy  See `mount` and `root`");
    }

    // ---- what is not there ----

    @Test
    void anUnknownAppIsAnsweredWithTheListOfThem() throws Exception {
        for (String command : new String[] {"status", "workers", "dump", "drain", "resume"}) {
            Gatepool answer = ask(command, "nope");
            assertThat(answer.output()).isEqualTo("gatepool: there is no app 'nope'; it has raw, cgi, bad\n");
            assertThat(answer.exit()).isEqualTo(1);
        }
    }

    @Test
    void anUnknownRequestIsNotExplainedNorKilled() throws Exception {
        Gatepool explain = ask("explain", "r0000000");
        assertThat(explain.output())
                .contains("'r0000000' is not among the last 1000 failures", "look for it in the log");
        assertThat(explain.exit()).isEqualTo(1);
        Gatepool kill = ask("kill-request", "r0000000");
        assertThat(kill.output()).contains("no request 'r0000000' is under way");
        assertThat(kill.exit()).isEqualTo(1);
    }
}
