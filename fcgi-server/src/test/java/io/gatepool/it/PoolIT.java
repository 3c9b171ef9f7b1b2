package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pool: a queue in front, workers that are lost and replaced, limits of time and number. */
class PoolIT {

    private static final String RAW = Daemon.TEST_APPS.resolve("rawapp.py").toString();

    private final Path directory;

    PoolIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private Daemon pool(String settings) throws Exception {
        return Daemon.serve(directory, """
                [app.raw]
                kind = "fastcgi"
                command = ["%s"]
                listen = "http:127.0.0.1:0"
                mount = "/raw"
                %s
                """.formatted(RAW, settings));
    }

    private static Call get(int port, String path) throws Exception {
        return Call.send(port, "GET", "/raw/" + path, "");
    }

    /** A file that ends a "hang", and the path with it. */
    private Path until() {
        return directory.resolve("until");
    }

    private String hang() {
        return "hang?until=" + until();
    }

    /** The pid of the worker that has said since {@code from} that it hangs. */
    private static int hanging(Daemon daemon, int from) throws Exception {
        return Integer.parseInt(daemon.await("WARN +raw: worker \\d+ (?:r\\w+ )?stderr: raw: hangs (\\d+)", from)
                .group(1));
    }

    // ---- how many ----

    @Test
    void requestsAreSharedByAFixedNumberOfWorkers() throws Exception {
        try (Daemon daemon = pool("workers.max = 3")) {
            int port = daemon.port("raw", "http");
            List<Call> calls = new ArrayList<>();
            for (int call = 0; call < 3; call++) {
                calls.add(get(port, hang()));
            }
            Poll.until("three at once", () -> daemon.log().split("raw: hangs", -1).length == 4);
            Files.writeString(until(), "");
            for (Call call : calls) {
                assertThat(call.answer().body()).isEqualTo("hung\n");
            }
            Set<Integer> pids = new HashSet<>();
            for (int call = 0; call < 20; call++) {
                pids.add(get(port, "info").answer().number("pid"));
            }
            assertThat(daemon.workers("raw")).hasSize(3).containsAll(pids);
        }
    }

    @Test
    void whatDoesNotFitTheQueueIsToldToComeAgain() throws Exception {
        try (Daemon daemon = pool("workers.max = 1\nqueue.size = 2")) {
            int port = daemon.port("raw", "http");
            Call running = get(port, hang());
            hanging(daemon, 0);
            List<Call> queued = List.of(get(port, "info"), get(port, "info"));
            Poll.until("two wait", () -> index(port).contains("2 queued"));
            Call.Answer refused = Call.get(port, "/raw/info");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.cause()).isEqualTo("queue-full");
            assertThat(refused.header("Retry-After")).isNotEmpty();
            Files.writeString(until(), "");
            assertThat(running.answer().status()).isEqualTo(200);
            for (Call call : queued) {
                assertThat(call.answer().status()).isEqualTo(200);
            }
        }
    }

    /** They come on one connection: as many a second as it takes to reach the limit of the log. */
    @Test
    void aFloodOfFailuresIsCountedInsteadOfTold() throws Exception {
        try (Daemon daemon = pool("workers.max = 1\nqueue.size = 0")) {
            int port = daemon.port("raw", "http");
            Call running = get(port, hang());
            hanging(daemon, 0);
            try (RawHttp flood = RawHttp.connect(port)) {
                flood.send("GET /raw/info HTTP/1.1\r\nHost: test\r\n\r\n".repeat(300));
                for (int request = 0; request < 300; request++) {
                    assertThat(flood.response().status()).isEqualTo(503);
                }
            }
            daemon.running().await("ERROR raw: \\d+ more requests failed, the log takes 100 a second");
            assertThat(daemon.log().split("\\(queue-full\\)", -1).length - 1).isLessThan(300);
            Files.writeString(until(), "");
            assertThat(running.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void whoWaitsTooLongInTheQueueIsToldToComeAgain() throws Exception {
        try (Daemon daemon = pool("workers.max = 1\nqueue.timeout = \"300ms\"")) {
            int port = daemon.port("raw", "http");
            Call running = get(port, hang());
            hanging(daemon, 0);
            Call.Answer refused = Call.get(port, "/raw/info");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.cause()).isEqualTo("queue-timeout");
            assertThat(refused.header("Retry-After")).isNotEmpty();
            Files.writeString(until(), "");
            assertThat(running.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void whoLeavesTheQueueIsNeverSentToAWorker() throws Exception {
        try (Daemon daemon = pool("workers.max = 1")) {
            int port = daemon.port("raw", "http");
            int before = get(port, "info").answer().number("requests");
            Call running = get(port, hang());
            hanging(daemon, 0);
            Call leaving = get(port, "info");
            Poll.until("it waits", () -> index(port).contains("1 queued"));
            leaving.close();
            Poll.until("it has left", () -> index(port).contains("0 queued"));
            Files.writeString(until(), "");
            assertThat(running.answer().status()).isEqualTo(200);
            assertThat(get(port, "info").answer().number("requests")).isEqualTo(before + 2);
        }
    }

    private static String index(int port) {
        try {
            return Call.get(port, "/").body();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    // ---- how long ----
    // Two seconds: on a busy machine the next worker needs one to start, and the next request waits for it.

    @ParameterizedTest
    @CsvSource({"request_timeout,request-timeout", "output_timeout,output-timeout"})
    void aWorkerOverItsTimeIsReplaced(String key, String cause) throws Exception {
        try (Daemon daemon = pool("workers.max = 1\n" + key + " = \"2s\"")) {
            int port = daemon.port("raw", "http");
            int pid = daemon.workers("raw").get(0);
            Call.Answer late = get(port, "hang").answer();
            assertThat(late.status()).isEqualTo(504);
            assertThat(late.cause()).isEqualTo(cause);
            assertThat(get(port, "info").answer().number("pid")).isNotEqualTo(pid);
            Poll.until("the old one ends", () -> !Daemon.isAlive(pid));
        }
    }

    @Test
    void aWorkerThatIgnoresTermIsKilled() throws Exception {
        try (Daemon daemon = pool("workers.max = 1\nrequest_timeout = \"2s\"\nstop_timeout = \"300ms\"")) {
            int port = daemon.port("raw", "http");
            int pid = daemon.workers("raw").get(0);
            assertThat(get(port, "stubborn").answer().status()).isEqualTo(504);
            Poll.until("it is killed", () -> !Daemon.isAlive(pid));
            assertThat(get(port, "info").answer().number("pid")).isNotEqualTo(pid);
        }
    }

    @Test
    void outputAfterTheHeadThatStopsIsCutVisibly() throws Exception {
        try (Daemon daemon = pool("workers.max = 1\noutput_timeout = \"300ms\"")) {
            Call.Answer answer = get(daemon.port("raw", "http"), "hang?head").answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.complete()).isFalse();
        }
    }

    @Test
    void anUploadThatTakesLongerThanTheRequestMayIsNoFaultOfTheWorker() throws Exception {
        try (Daemon daemon = pool("workers.max = 1\nrequest_timeout = \"2s\"")) {
            int port = daemon.port("raw", "http");
            int pid = daemon.workers("raw").get(0);
            String head = "POST /raw/info HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\n";
            try (Call slow = Call.raw(port, head + "b")) {
                // What takes as long goes on meanwhile: another request that hangs until it is over its time.
                assertThat(get(port, "hang").answer().status()).isEqualTo(504);
                Poll.until("the worker is replaced", () -> !Daemon.isAlive(pid));
                slow.more("ody!");
                Call.Answer served = slow.answer();
                assertThat(served.number("body")).isEqualTo(5);
                assertThat(served.number("pid")).isNotEqualTo(pid);
            }
        }
    }

    // ---- lost workers ----

    @Test
    void aGetWhoseWorkerWasKilledRunsAgainElsewhere() throws Exception {
        try (Daemon daemon = pool("workers.max = 2")) {
            int port = daemon.port("raw", "http");
            try (Call call = get(port, "hang?until=" + until())) {
                int pid = hanging(daemon, 0);
                int from = daemon.log().length();
                Daemon.signal(pid, "KILL");
                int other = hanging(daemon, from);
                assertThat(other).isNotEqualTo(pid);
                Files.writeString(until(), "");
                assertThat(call.answer().body()).isEqualTo("hung\n");
                daemon.running().await("worker " + pid + " died of SIGKILL in r\\w+");
            }
        }
    }

    @Test
    void theLogTellsWhatBecameOfAKilledWorkerAndOfItsRequest() throws Exception {
        try (Daemon daemon = pool("workers.max = 1")) {
            int port = daemon.port("raw", "http");
            int pid = get(port, "info").answer().number("pid");
            try (Call call = get(port, "hang?until=" + until())) {
                hanging(daemon, 0);
                int from = daemon.log().length();
                Daemon.signal(pid, "KILL");
                int successor = hanging(daemon, from);
                Files.writeString(until(), "");
                assertThat(call.answer().body()).isEqualTo("hung\n");
                Running log = daemon.running();
                log.await("ERROR raw: worker " + pid + " died of SIGKILL in r\\w+\n");
                log.await("ERROR raw: worker " + pid + " stderr: raw: hangs " + pid + "\n");
                log.await("INFO +raw: worker " + successor + " replaces " + pid + ", ready in \\d+ ms\n");
                log.await("WARN +raw: r\\w+ GET /raw/hang\\S* runs again on " + successor + "\n");
            }
        }
    }

    @Test
    void aPostWhoseWorkerWasKilledIsNotExecutedTwice() throws Exception {
        try (Daemon daemon = pool("workers.max = 2")) {
            int port = daemon.port("raw", "http");
            Path count = directory.resolve("count");
            Call.Answer answer = Call.post(port, "/raw/die?count=" + count, "body");
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.cause()).isEqualTo("worker-crashed");
            assertThat(get(port, "info").answer().status()).isEqualTo(200);
            assertThat(Files.readString(count)).isEqualTo("x");
        }
    }

    @Test
    void aRequestThatKillsEveryWorkerMeetsThreeAtMost() throws Exception {
        try (Daemon daemon = pool("workers.max = 5")) {
            Path count = directory.resolve("count");
            Call.Answer answer =
                    get(daemon.port("raw", "http"), "die?count=" + count).answer();
            assertThat(answer.status()).isEqualTo(502);
            assertThat(Files.readString(count)).isEqualTo("xxx");
        }
    }

    @Test
    void aWorkerKilledBetweenTwoRequestsIsNoticedByNobody() throws Exception {
        try (Daemon daemon = pool("workers.max = 1")) {
            int port = daemon.port("raw", "http");
            for (int round = 0; round < 5; round++) {
                int pid = get(port, "info").answer().number("pid");
                Daemon.signal(pid, "KILL");
                // Until then it might still take the request, and a POST that it took is not sent again.
                Poll.until("it is dead", () -> !Daemon.isAlive(pid));
                Call.Answer next = Call.post(port, "/raw/info", "body");
                assertThat(next.status()).as(daemon.log()).isEqualTo(200);
                assertThat(next.number("pid")).isNotEqualTo(pid);
            }
        }
    }

    @Test
    void whenAllWorkersAreKilledAtOnceNothingIsLost() throws Exception {
        try (Daemon daemon = pool("workers.max = 4")) {
            int port = daemon.port("raw", "http");
            List<Integer> pids = daemon.workers("raw");
            List<Call> calls = new ArrayList<>();
            for (int call = 0; call < 12; call++) {
                calls.add(get(port, hang()));
            }
            Poll.until("all are busy", () -> daemon.log().split("raw: hangs", -1).length == 5);
            try (Running kill = Running.start(
                    directory,
                    Map.of(),
                    "/bin/sh",
                    "-c",
                    "kill -9 "
                            + String.join(
                                    " ", pids.stream().map(String::valueOf).toList()))) {
                kill.awaitExit();
            }
            Poll.until("they are gone", () -> pids.stream().noneMatch(Daemon::isAlive));
            Files.writeString(until(), "");
            for (Call call : calls) {
                assertThat(call.answer().body()).as(daemon.log()).isEqualTo("hung\n");
            }
            Poll.until("nothing is counted as running", () -> index(port).contains("4 of 4 workers, 0 busy, 0 queued"));
        }
    }

    @Test
    void aFailingStartOfOneLeavesTheOthersAtFullNumber() throws Exception {
        Path gate = directory.resolve("gate");
        Path program = directory.resolve("app.sh");
        // The first to come exits at once, all others are fine.
        Files.writeString(program, "#!/bin/sh\nmkdir '" + gate + "' 2>/dev/null && exit 1\nexec '" + RAW + "'\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        try (Daemon daemon = Daemon.launch(directory, """
                [app.raw]
                kind = "fastcgi"
                command = ["%s"]
                listen = "http:127.0.0.1:0"
                workers.max = 4
                """.formatted(program))) {
            assertThat(daemon.workers("raw")).hasSize(4).allMatch(Daemon::isAlive);
        }
    }

    // ---- clients that leave ----

    @Test
    void theWorkerOfAClientThatLeftIsToldAndServesOn() throws Exception {
        try (Daemon daemon = pool("workers.max = 1")) {
            int port = daemon.port("raw", "http");
            int pid = daemon.workers("raw").get(0);
            Call leaving = get(port, hang());
            hanging(daemon, 0);
            leaving.close();
            Files.writeString(until(), "");
            Call.Answer next = Call.post(port, "/raw/info", "body");
            assertThat(next.number("pid")).isEqualTo(pid);
            // The ABORT_REQUEST of the first is nothing that the second request's connection ever sees.
            assertThat(next.line("noise")).isEqualTo("[]");
            Poll.until("the connection is free", () -> index(port).contains("1 of 1 workers, 0 busy"));
        }
    }

    @Test
    void aBodyIsGatheredBeforeAWorkerIsBothered() throws Exception {
        try (Daemon daemon = pool("workers.max = 1")) {
            int port = daemon.port("raw", "http");
            String head = "POST /raw/info HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 10\r\n\r\n";
            try (Call slow = Call.raw(port, head + "01234")) {
                assertThat(get(port, "info").answer().number("requests")).isOne();
                slow.more("56789");
                assertThat(slow.answer().number("body")).isEqualTo(10);
            }
        }
    }

    // ---- several connections to one worker ----

    @Test
    void aThreadedWorkerGetsSeveralRequestsAtOnce() throws Exception {
        Path program = Daemon.TEST_APPS.resolve("threaded.py");
        try (Daemon daemon = Daemon.serve(directory, """
                [app.threads]
                kind = "fastcgi"
                command = ["%s"]
                listen = "http:127.0.0.1:0"
                workers.max = 1
                workers.connections = 4
                """.formatted(program))) {
            int port = daemon.port("threads", "http");
            List<Call> calls = new ArrayList<>();
            for (int call = 0; call < 4; call++) {
                calls.add(Call.send(port, "GET", "/meet?4", ""));
            }
            for (Call call : calls) {
                assertThat(call.answer().line("pid"))
                        .isEqualTo(daemon.workers("threads").get(0).toString());
            }
        }
    }

    @Test
    void phpServesSeveralConnectionsWithItsChildren() throws Exception {
        Needs.program("php-cgi", "php-cgi");
        Path root = Files.createDirectory(directory.resolve("www"));
        Files.writeString(root.resolve("pid.php"), """
                <?php
                // Meets the others: everybody leaves a file and waits until there are three.
                touch(__DIR__ . '/here-' . getmypid());
                while (count(glob(__DIR__ . '/here-*')) < 3) { usleep(5000); }
                echo "pid ", getmypid(), "\\nppid ", posix_getppid(), "\\n";
                """);
        try (Daemon daemon = Daemon.serve(directory, """
                [app.php]
                kind = "fastcgi"
                command = ["php-cgi"]
                listen = "http:127.0.0.1:0"
                root = "%s"
                workers.max = 1
                workers.connections = 3
                """.formatted(root))) {
            int port = daemon.port("php", "http");
            List<Call> calls = new ArrayList<>();
            for (int call = 0; call < 3; call++) {
                calls.add(Call.send(port, "GET", "/pid.php", ""));
            }
            Set<String> pids = new HashSet<>();
            for (Call call : calls) {
                Call.Answer answer = call.answer();
                pids.add(answer.line("pid"));
                assertThat(answer.line("ppid"))
                        .isEqualTo(daemon.workers("php").get(0).toString());
            }
            assertThat(pids).hasSize(3);
        }
    }

    // ---- what a worker is ----

    @Test
    void aWorkerInheritsNothingThatItWasNotGiven() throws Exception {
        Files.writeString(directory.resolve("gatepool.toml"), """
                [server]
                runtime_dir = "run"
                [app.raw]
                kind = "fastcgi"
                command = ["%s"]
                listen = "http:127.0.0.1:0"
                workers.max = 1
                env = { OWN = "given" }
                umask = "027"
                chdir = "/tmp"
                """.formatted(RAW));
        try (Running running = Running.start(
                directory,
                Map.of("SECRET_TOKEN", "hunter2", "LD_PRELOAD_X", "no"),
                Daemon.LAUNCHER.toString(),
                "serve",
                "-R",
                "-c",
                "gatepool.toml")) {
            running.await("ready in ");
            int port = Integer.parseInt(running.await("http on \\S+:(\\d+)").group(1));
            Call.Answer answer = Call.send(port, "GET", "/process", "").answer();
            assertThat(answer.body()).doesNotContain("hunter2", "LD_PRELOAD_X", "JAVA");
            assertThat(answer.body()
                            .lines()
                            .filter(line -> line.startsWith("env "))
                            .map(line -> line.split("[ =]")[1]))
                    .containsOnly("PATH", "OWN", "GATEPOOL_CHILD", "PWD", "LC_CTYPE");
            assertThat(answer.line("umask")).isEqualTo("027");
            assertThat(answer.line("cwd")).isEqualTo("/tmp");
            assertThat(answer.line("sid")).isEqualTo("True");
            // 1001000 is Python's own doing (PIPE, XFSZ); 180000000 are glibc's 32 and 33, left by its posix_spawn.
            assertThat(answer.body()).containsPattern("SigBlk:\\s+0+\n").containsPattern("SigIgn:\\s+0+(18)?1001000\n");
            Daemon.signal(Integer.parseInt(running.await("pid (\\d+)").group(1)), "TERM");
            assertThat(running.awaitExit()).isZero();
        }
    }

    @Test
    void aWorkerTakesItsUserAndTheGroupsOfThatUser() throws Exception {
        Needs.root();
        Path home = Files.createTempDirectory("gatepool-it");
        try {
            home.toFile().setExecutable(true, false);
            home.toFile().setReadable(true, false);
            Path program = Files.copy(Path.of(RAW), home.resolve("rawapp.py"));
            try (Daemon daemon = Daemon.serve(directory, """
                    [app.raw]
                    kind = "fastcgi"
                    command = ["%s"]
                    user = "www-data"
                    listen = "http:127.0.0.1:0"
                    workers.max = 1
                    """.formatted(program))) {
                Call.Answer answer = Call.get(daemon.port("raw", "http"), "/process");
                assertThat(answer.line("uid")).isEqualTo("33 33");
                assertThat(answer.line("gid")).isEqualTo("33 33");
                assertThat(answer.line("groups")).isEqualTo("[33]");
                assertThat(answer.body()).contains("env USER=www-data\n", "env HOME=/var/www\n");
            }
        } finally {
            Files.deleteIfExists(home.resolve("rawapp.py"));
            Files.deleteIfExists(home);
        }
    }

    @Test
    void libfcgisTwoSecondsDisturbNobody() throws Exception {
        Needs.program("cc", "gcc");
        Needs.file("/usr/include/fcgiapp.h", "libfcgi-dev");
        Path program = directory.resolve("testapp");
        String source = Daemon.TEST_APPS.resolve("testapp.c").toString();
        try (Running compiler =
                Running.start(directory, Map.of(), "/usr/bin/cc", "-o", program.toString(), source, "-lfcgi")) {
            assertThat(compiler.awaitExit()).as(compiler.output()).isZero();
        }
        try (Daemon daemon = Daemon.serve(directory, """
                [app.c]
                kind = "fastcgi"
                command = ["%s"]
                listen = "http:127.0.0.1:0"
                workers.max = 2
                """.formatted(program))) {
            int port = daemon.port("c", "http");
            List<Integer> workers = daemon.workers("c");
            for (int round = 0; round < 3; round++) {
                String body = "0123456789".repeat(20_000);
                assertThat(Call.post(port, "/echo", body).body()).isEqualTo(body);
                // libfcgi closes a connection on which nothing has come for two seconds: wait until it had the time.
                long since = System.nanoTime();
                Poll.until("2.5 s are over", () -> System.nanoTime() - since > 2_500_000_000L);
            }
            assertThat(workers).allMatch(Daemon::isAlive);
            assertThat(daemon.log()).doesNotContain("WARN", "ERROR");
        }
    }
}
