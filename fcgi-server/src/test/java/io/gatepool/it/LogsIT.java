package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The logs of a daemon: what is in them, their rotation, a disk that is full. */
class LogsIT {

    private final Path directory;
    private final Path log;

    LogsIT(@TempDir Path directory) {
        this.directory = directory;
        this.log = directory.resolve("access.log");
    }

    /** An app with a worker, "work", and one with scripts, "cgi". */
    private Daemon serve(String server, String apps) throws Exception {
        return Daemon.serve(directory, """
                [server]
                runtime_dir = "run"
                %1$s
                [defaults]
                %2$s
                [app.work]
                kind = "fastcgi"
                command = ["%3$s"]
                workers.mode = "static"
                workers.max = 1
                listen = ["http:127.0.0.1:0", "127.0.0.1:0"]
                [app.cgi]
                kind = "cgi"
                root = "cgi"
                listen = ["http:127.0.0.1:0", "127.0.0.1:0"]
                """.formatted(server, apps, Daemon.TEST_APPS.resolve("testapp.py")));
    }

    private void script(String name, String... lines) throws IOException {
        Path file = Files.createDirectories(directory.resolve("cgi")).resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Web.Answer get(Daemon daemon, String app, String path, String... headers) throws Exception {
        var request = Web.request("http://127.0.0.1:" + daemon.port(app, "http") + path);
        return Web.send(headers.length == 0 ? request : request.headers(headers));
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "";
        }
    }

    /** Waits for a line, and returns it. */
    private static String line(Path file, String part) {
        Poll.until(file + " has " + part, () -> read(file).contains(part));
        return read(file).lines().filter(line -> line.contains(part)).reduce("", (before, line) -> line);
    }

    // ---- the access log ----

    @Test
    void theDefaultIsCombinedAndMore() throws Exception {
        script("three", "echo $$ > " + directory + "/pid", "exit 3");
        try (Daemon daemon = serve("access_log = \"access.log\"", "")) {
            get(daemon, "work", "/pid?it", "User-Agent", "a \"b\"");
            assertThat(line(log, "/pid?it"))
                    .matches("127\\.0\\.0\\.1 - - \\[\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d [-+]\\d{4}\\]"
                            + " \"GET /pid\\?it HTTP/1\\.1\" 200 \\d+ \"-\" \"a \\\\x22b\\\\x22\" r[0-9a-f]{7} app=work pid="
                            + daemon.workers("work").get(0) + " queue=0\\.\\d{3} total=\\d+\\.\\d{3}");
            get(daemon, "cgi", "/three");
            assertThat(line(log, "/three"))
                    .matches(".*\" 502 \\d+ \"-\" \"[^\"]+\" r\\w{7} app=cgi pid="
                            + read(directory.resolve("pid")).strip()
                            + " queue=0\\.\\d{3} total=\\d+\\.\\d{3} exit=3 cause=head-malformed");
        }
    }

    @Test
    void jsonIsAnObjectToALine() throws Exception {
        try (Daemon daemon = serve("access_log = \"access.log\"\naccess_log_format = \"json\"", "")) {
            get(daemon, "work", "/pid?it");
            assertThat(line(log, "/pid?it"))
                    .startsWith("{\"time\":\"20")
                    .contains(
                            "\"app\":\"work\",\"pid\":" + daemon.workers("work").get(0) + ",\"client\":\"127.0.0.1\"")
                    .containsPattern(
                            "\"uri\":\"/pid\\?it\".*\"status\":200,\"response_bytes\":\\d+,\"queue_seconds\":0\\.")
                    .endsWith("}");
        }
    }

    @Test
    void aFormatMayHaveTheFieldsOfGunicornAndOfPhpFpm() throws Exception {
        script("typed", "echo 'Content-Type: text/x-odd'", "echo");
        String format = "%(s)s|%{Content-Type}o|%({x-colour}i)s|%m %r%Q%q|%f|%n|%P";
        try (Daemon daemon = serve("access_log = \"access.log\"\naccess_log_format = '" + format + "'", "")) {
            get(daemon, "cgi", "/typed/more?a=1", "X-Colour", "green");
            assertThat(line(log, "/typed"))
                    .isEqualTo("200|text/x-odd|green|GET /typed/more?a=1|" + directory.resolve("cgi/typed") + "|cgi|"
                            + daemon.pid());
        }
    }

    @Test
    void theShortFormsHaveItOnTheCommandLine() throws Exception {
        String form = "/pid|%(s)s|%n";
        try (Daemon daemon = Daemon.command(
                directory,
                "fastcgi",
                "-R",
                "-w",
                "1",
                "-b",
                "127.0.0.1:0",
                "--access-logformat",
                form,
                "--",
                Daemon.TEST_APPS.resolve("testapp.py").toString())) {
            Web.get("http://127.0.0.1:"
                    + daemon.running().await("http on \\S+:(\\d+)").group(1) + "/pid");
            daemon.running().await("(?m)^/pid\\|200\\|[a-z.-]+$");
        }
    }

    @Test
    void aMistakeInItIsToldAndNothingStarts() throws Exception {
        try (Running running =
                Daemon.start(directory, "fastcgi", "-R", "--access-logformat", "%(h)s %(x)s", "--", "/bin/true")) {
            running.await("--access-logformat: at character 7: %\\(x\\)s is no field; there are ");
            assertThat(running.awaitExit()).isEqualTo(2);
        }
    }

    // ---- rotation ----

    @Test
    void rotationLosesNoLine() throws Exception {
        try (Daemon daemon = serve("access_log = \"access.log\"", "")) {
            AtomicBoolean enough = new AtomicBoolean();
            List<CompletableFuture<Integer>> clients = Stream.of(1, 2)
                    .map(client -> CompletableFuture.supplyAsync(() -> send(daemon, client, enough)))
                    .toList();
            for (int round = 1; round <= 5; round++) {
                Poll.until("lines", () -> read(log).contains("client-"));
                int from = daemon.log().length();
                Files.move(log, directory.resolve("access.log." + round));
                daemon.signal("USR1");
                daemon.await("INFO  logs reopened", from);
                get(daemon, "work", "/pid?round-" + round);
                assertThat(line(log, "?round-" + round)).isNotEmpty();
            }
            enough.set(true);
            int sent = clients.get(0).get(Poll.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    + clients.get(1).get(Poll.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            daemon.stop();
            Map<String, Integer> lines = new HashMap<>();
            for (Path file : logs()) {
                Matcher matcher = Pattern.compile("\\?(client-\\d+-\\d+) HTTP").matcher(read(file));
                while (matcher.find()) {
                    lines.merge(matcher.group(1), 1, Integer::sum);
                }
            }
            assertThat(lines.values()).containsOnly(1);
            assertThat(lines).hasSize(sent);
        }
    }

    private List<Path> logs() throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith("access.log"))
                    .toList();
        }
    }

    private static int send(Daemon daemon, int client, AtomicBoolean enough) {
        int request = 0;
        try {
            while (!enough.get()) {
                assertThat(get(daemon, "work", "/pid?client-" + client + "-" + request++)
                                .status())
                        .isEqualTo(200);
            }
            return request;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    // ---- a full disk ----

    @Test
    void aFullDiskHoldsNobodyIsToldAndForgottenWhenThereIsRoom() throws Exception {
        Files.createSymbolicLink(log, Path.of("/dev/full"));
        try (Daemon daemon = serve("access_log = \"access.log\"", "")) {
            for (int request = 0; request < 20; request++) {
                assertThat(get(daemon, "work", "/pid?lost").status()).isEqualTo(200);
            }
            daemon.running()
                    .await("ERROR " + log + " cannot be written, its lines are dropped: No space left on device");
            Path roomy = directory.resolve("roomy");
            Files.move(
                    Files.createSymbolicLink(directory.resolve("link"), roomy),
                    log,
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
            int from = daemon.log().length();
            daemon.signal("USR1");
            daemon.await("logs reopened", from);
            get(daemon, "work", "/pid?kept");
            assertThat(line(roomy, "?kept")).isNotEmpty();
            int dropped = Integer.parseInt(daemon.running()
                    .await("WARN  (\\d+) log lines were dropped: " + log + " could not be written")
                    .group(1));
            // The last ones may have found the new file.
            long late =
                    read(roomy).lines().filter(line -> line.contains("?lost ")).count();
            assertThat(dropped + late).isEqualTo(20);
        }
    }

    @Test
    void aFullDiskUnderTheLogItselfIsToldOnStderr() throws Exception {
        Path socket = directory.resolve("work.sock");
        Files.writeString(
                directory.resolve("gatepool.toml"), """
                [server]
                runtime_dir = "run"
                log = "/dev/full"
                [app.work]
                kind = "fastcgi"
                command = ["%s"]
                listen = "unix:%s"
                """.formatted(Daemon.TEST_APPS.resolve("testapp.py"), socket));
        try (Running running = Daemon.start(
                directory,
                "serve",
                "-R",
                "-c",
                directory.resolve("gatepool.toml").toString())) {
            running.await("gatepool: /dev/full cannot be written, its lines are dropped: No space left on device");
            Poll.until("it listens", () -> Files.exists(socket));
            try (RawFastCgi client = RawFastCgi.unix(socket)) {
                client.begin(1)
                        .params(1, RawFastCgi.get("/pid", ""))
                        .endStdin(1)
                        .send();
                assertThat(client.answer(1).text()).contains("count 1");
            }
            int pid = Integer.parseInt(
                    Files.readString(directory.resolve("run/gatepool.lock")).strip());
            Daemon.signal(pid, "TERM");
            assertThat(running.awaitExit()).isZero();
        }
    }

    @Test
    void aLogThatCannotBeOpenedIsAReasonNotToStart() throws Exception {
        Files.writeString(directory.resolve("gatepool.toml"), "[server]\nlog = \"/proc/no/such/log\"\n");
        try (Running running = Daemon.start(
                directory,
                "serve",
                "-R",
                "-c",
                directory.resolve("gatepool.toml").toString())) {
            running.await("gatepool: the log /proc/no/such/log cannot be opened: .*; make it writable, or set another"
                    + " log in \\[server\\]");
            assertThat(running.awaitExit()).isEqualTo(1);
        }
    }

    // ---- request ids ----

    @ParameterizedTest
    @CsvSource({"work, /env", "cgi, /env"})
    void theIdOfATrustedProxyIsTheIdEverywhere(String app, String path) throws Exception {
        script("env", "echo 'Content-Type: text/plain'", "echo", "env");
        try (Daemon daemon = serve("access_log = \"access.log\"", "")) {
            assertThat(get(daemon, app, path, "X-Request-Id", "proxy-17").text())
                    .contains("REQUEST_ID=proxy-17\n");
            assertThat(line(log, "app=" + app)).contains(" proxy-17 app=" + app);
            Web.Answer missing = get(daemon, "cgi", "/missing", "X-Request-Id", "proxy-18");
            assertThat(missing.text()).contains("request proxy-18 ");
            daemon.running().await("cgi: proxy-18 GET /missing failed");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'[\"unix\"]', proxy-17", // The peer is not trusted.
        "'[\"127.0.0.1\"]', proxy 17"
    })
    void anyOtherIdIsMade(String trusted, String given) throws Exception {
        try (Daemon daemon = serve("access_log = \"access.log\"\ntrusted_proxies = " + trusted, "")) {
            String made = get(daemon, "work", "/env", "X-Request-Id", given).text();
            Matcher id = Pattern.compile("\nREQUEST_ID=(r[0-9a-f]{7})\n").matcher(made);
            assertThat(id.find()).as(made).isTrue();
            assertThat(line(log, "/env")).contains(" " + id.group(1) + " app=work");
        }
    }

    /** REQUEST_ID is a parameter that only a web server's configuration can set. */
    @ParameterizedTest
    @CsvSource({"'[\"127.0.0.1\"]', nginx-1", "'[]', 'r[0-9a-f]{7}'"})
    void overFastCgiTheParameterCountsWhenThePeerIsTrusted(String trusted, String expected) throws Exception {
        try (Daemon daemon = serve("trusted_proxies = " + trusted, "");
                RawFastCgi client = RawFastCgi.tcp(daemon.port("work", "fastcgi"))) {
            Map<String, String> params = new HashMap<>(RawFastCgi.get("/env", ""));
            params.put("REQUEST_ID", "nginx-1");
            params.put("HTTP_X_REQUEST_ID", "browser-1");
            client.begin(1).params(1, params).endStdin(1).send();
            assertThat(client.answer(1).text()).containsPattern("\nREQUEST_ID=" + expected + "\n");
        }
    }

    // ---- the slow log ----

    @Test
    void aSlowRequestIsToldOnceWithWhatItsProcessDoes() throws Exception {
        script("spin", "while [ ! -e " + directory + "/go ]; do :; done", "echo 'Content-Type: text/plain'", "echo");
        try (Daemon daemon = serve("slow_log = \"slow.log\"", "slow_after = \"1s\"")) {
            Path slow = directory.resolve("slow.log");
            String hold = directory.resolve("held").toString();
            try (Call held = Call.send(daemon.port("work", "http"), "GET", "/hold?f=" + hold, "");
                    Call spinning = Call.send(daemon.port("cgi", "http"), "GET", "/spin", "")) {
                assertThat(line(slow, "work: "))
                        .matches("[-0-9]{10} [:0-9]{8} WARN  work: r\\w{7} GET /hold\\S+ takes long: 1\\.\\d s so far, "
                                + daemon.workers("work").get(0)
                                + " is (sleeping|running).*, cpu \\d+\\.\\d\\d s of the last \\d\\.\\d s");
                assertThat(line(slow, "cgi: "))
                        .matches(".* cgi: r\\w{7} GET /spin takes long: 1\\.\\d s so far, \\d+ is running"
                                + ".*, cpu (0\\.[1-9]|1\\.)\\d* s of the last \\d\\.\\d s");
                Files.delete(Path.of(hold));
                assertThat(held.answer().status()).isEqualTo(200);
                Files.createFile(directory.resolve("go"));
                assertThat(spinning.answer().status()).isEqualTo(200);
            }
            get(daemon, "work", "/pid");
            daemon.stop();
            assertThat(read(slow).lines()).hasSize(2);
            assertThat(daemon.log()).doesNotContain("takes long");
        }
    }

    @Test
    void withoutAFileOfItsOwnItIsPartOfTheLog() throws Exception {
        try (Daemon daemon = serve("", "slow_after = \"10ms\"")) {
            get(daemon, "work", "/sleep?s=0.5");
            daemon.running().await("WARN  work: r\\w{7} GET /sleep\\?s=0.5 takes long: 0\\.\\d s so far, \\d+ is ");
        }
    }
}
