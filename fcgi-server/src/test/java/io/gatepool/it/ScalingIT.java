package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many workers there are, and for how long each lives. */
class ScalingIT {

    private static final String RAW = Daemon.TEST_APPS.resolve("rawapp.py").toString();

    private final Path directory;

    ScalingIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private Daemon serve(String server, String settings) throws Exception {
        return Daemon.serve(directory, "[server]\nruntime_dir = \"run\"\n" + server + app("raw", settings));
    }

    private static String app(String name, String settings) {
        return """
                [app.%s]
                kind = "fastcgi"
                command = ["%s"]
                listen = "http:127.0.0.1:0"
                mount = "/%s"
                %s
                """.formatted(name, RAW, name, settings);
    }

    private static String index(int port) {
        try {
            return Call.get(port, "/").body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitWorkers(int port, int number, int max) throws Exception {
        Poll.until(number + " of " + max, () -> index(port).contains(number + " of " + max + " workers"));
    }

    private List<Call> hangs(int port, int number) throws IOException {
        List<Call> calls = new ArrayList<>();
        for (int call = 0; call < number; call++) {
            calls.add(Call.send(port, "GET", "/raw/hang?until=" + until(), ""));
        }
        return calls;
    }

    private Path until() {
        return directory.resolve("until");
    }

    private static int pid(int port) throws IOException {
        return Call.get(port, "/raw/info").number("pid");
    }

    // ---- how many ----

    @Test
    void dynamicGrowsWithTheRequestsAndShrinksWithoutThem() throws Exception {
        try (Daemon daemon = serve("", "workers.mode = \"dynamic\"\nworkers.max = 4\nworkers.max_spare = 2")) {
            daemon.running().await("raw: workers \\d+ \\d+ \\(dynamic, at most 4\\)");
            int port = daemon.port("raw", "http");
            awaitWorkers(port, 2, 4);
            List<Call> calls = hangs(port, 6);
            awaitWorkers(port, 4, 4);
            Files.writeString(until(), "");
            for (Call call : calls) {
                assertThat(call.answer().status()).isEqualTo(200);
            }
            awaitWorkers(port, 2, 4);
        }
    }

    @Test
    void ondemandHasAWorkerOnlyWhileThereIsSomethingToDo() throws Exception {
        try (Daemon daemon =
                serve("", "workers.mode = \"ondemand\"\nworkers.max = 3\nworkers.idle_timeout = \"300ms\"")) {
            daemon.running().await("raw: no workers until there are requests \\(ondemand, at most 3\\)");
            int port = daemon.port("raw", "http");
            awaitWorkers(port, 0, 3);
            int first = pid(port);
            awaitWorkers(port, 0, 3);
            assertThat(pid(port)).isNotEqualTo(first);
            List<Call> calls = hangs(port, 5);
            awaitWorkers(port, 3, 3);
            Files.writeString(until(), "");
            for (Call call : calls) {
                assertThat(call.answer().status()).isEqualTo(200);
            }
            awaitWorkers(port, 0, 3);
        }
    }

    /** Its trial comes with a request: nobody starts what nobody needs. */
    @Test
    void ondemandRecoversFromAProgramThatDidNotStart() throws Exception {
        Path fixed = directory.resolve("fixed");
        try (Daemon daemon = Daemon.serve(directory, """
                [app.raw]
                kind = "fastcgi"
                command = ["%s", "exits", "%s"]
                listen = "http:127.0.0.1:0"
                mount = "/raw"
                workers.mode = "ondemand"
                """.formatted(RAW, fixed))) {
            int port = daemon.port("raw", "http");
            Call.Answer refused = Call.get(port, "/raw/info");
            assertThat(refused.cause()).isEqualTo("app-failing");
            Files.writeString(fixed, "");
            Poll.until("it answers", () -> {
                try {
                    return Call.get(port, "/raw/info").status() == 200;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    @Test
    void aTotalForAllAppsMakesIdleWorkersMakeRoom() throws Exception {
        try (Daemon daemon = serve(
                "max_workers = 3\n",
                "workers.mode = \"dynamic\"\nworkers.max = 3\nworkers.start = 3\n"
                        + app(
                                "other",
                                "workers.mode = \"ondemand\"\nworkers.max = 3\nworkers.idle_timeout = \"1h\""))) {
            int port = daemon.port("raw", "http");
            awaitWorkers(port, 3, 3);
            assertThat(Call.get(daemon.port("other", "http"), "/other/info").status())
                    .isEqualTo(200);
            daemon.running().await("other: no more workers for now: server.max_workers = 3");
            awaitWorkers(port, 2, 3);
        }
    }

    /** Once it wanted more than there were; that it is content since has to be known. */
    @Test
    void whoWasRefusedAWorkerGivesOneBackWhenItHasTooMany() throws Exception {
        String patient = "workers.mode = \"ondemand\"\nworkers.max = 3\nworkers.idle_timeout = \"1h\"\n";
        try (Daemon daemon = serve("max_workers = 3\n", patient + app("other", patient))) {
            int raw = daemon.port("raw", "http");
            int other = daemon.port("other", "http");
            Call first = Call.send(other, "GET", "/other/hang?until=" + directory.resolve("first"), "");
            awaitWorkers(other, 1, 3);
            List<Call> calls = hangs(raw, 3);
            daemon.running().await("raw: no more workers for now: server.max_workers = 3");
            Files.writeString(until(), "");
            for (Call call : calls) {
                assertThat(call.answer().status()).isEqualTo(200);
            }
            assertThat(Call.get(other, "/other/info").status())
                    .as("its only worker is busy")
                    .isEqualTo(200);
            Files.writeString(directory.resolve("first"), "");
            assertThat(first.answer().status()).isEqualTo(200);
        }
    }

    /** Whoever wanted another one would be told that there is none. */
    @Test
    void ondemandStartsOneWorkerForOneRequest() throws Exception {
        try (Daemon daemon = serve("max_workers = 1\n", "workers.mode = \"ondemand\"\nworkers.max = 3")) {
            pid(daemon.port("raw", "http"));
            assertThat(daemon.log()).doesNotContain("no more workers");
        }
    }

    // ---- for how long ----

    @Test
    void aWorkerIsReplacedAfterItsLastRequestAndItsSuccessorIsReadyBefore() throws Exception {
        try (Daemon daemon = serve(
                "", "workers.mode = \"static\"\nworkers.max = 1\nmax_requests = 3\nmax_requests_jitter = \"0%\"")) {
            int port = daemon.port("raw", "http");
            int first = pid(port);
            pid(port);
            pid(port);
            daemon.running().await("worker " + first + " is recycled: max_requests");
            daemon.running().await("worker \\d+ replaces " + first + ", ready in \\d+ ms");
            assertThat(pid(port)).isNotEqualTo(first);
            assertThat(daemon.log()).doesNotContain("died").doesNotContain("exited");
        }
    }

    @Test
    void noRequestFailsWhileWorkersAreRecycled() throws Exception {
        try (Daemon daemon = serve(
                "", "workers.mode = \"static\"\nworkers.max = 2\nmax_requests = 5\nmax_requests_jitter = \"50%\"")) {
            int port = daemon.port("raw", "http");
            for (int request = 0; request < 300; request++) {
                Call.Answer answer = Call.post(port, "/raw/info", "body");
                assertThat(answer.status())
                        .as("request %d: %s", request, answer)
                        .isEqualTo(200);
            }
            daemon.running().await("(?s)is recycled: max_requests.*is recycled: max_requests");
        }
    }

    @Test
    void anOldWorkerIsReplaced() throws Exception {
        try (Daemon daemon = serve("", "workers.mode = \"static\"\nworkers.max = 1\nmax_age = \"1s\"")) {
            int first = daemon.workers("raw").get(0);
            daemon.running().await("worker " + first + " is recycled: max_age");
            daemon.running().await("worker \\d+ replaces " + first);
            Poll.until("it is gone", () -> !Daemon.isAlive(first));
        }
    }

    @Test
    void oneThatTakesTooMuchMemoryIsReplaced() throws Exception {
        try (Daemon daemon = serve("", "workers.mode = \"static\"\nworkers.max = 1\nmax_rss.soft = \"64MiB\"")) {
            int port = daemon.port("raw", "http");
            int first = Call.get(port, "/raw/grow?mib=80").number("pid");
            daemon.running().await("worker " + first + " is recycled: max_rss");
            daemon.running().await("worker \\d+ replaces " + first);
            assertThat(pid(port)).isNotEqualTo(first);
        }
    }

    @Test
    void oneThatTakesFarTooMuchIsKilled() throws Exception {
        try (Daemon daemon = serve("", "workers.mode = \"static\"\nworkers.max = 1\nmax_rss.hard = \"64MiB\"")) {
            int port = daemon.port("raw", "http");
            int first = Call.get(port, "/raw/grow?mib=80").number("pid");
            daemon.running().await("worker " + first + " was killed: it took \\S+ of memory, max_rss.hard = 64MiB");
            Poll.until("another one answers", () -> index(port).contains("1 of 1 workers"));
            assertThat(pid(port)).isNotEqualTo(first);
        }
    }

    /** They have answered nothing yet, which of an exit of their own accord would be a failed start. */
    @Test
    void workersThatAreKilledFromOutsideAreReplacedAtOnceAsLongAsOthersServe() throws Exception {
        try (Daemon daemon = serve("", "workers.mode = \"static\"\nworkers.max = 2")) {
            int victim = daemon.workers("raw").get(0);
            for (int round = 0; round < 6; round++) {
                Daemon.signal(victim, "KILL");
                victim = Integer.parseInt(daemon.running()
                        .await("worker (\\d+) replaces " + victim + ",")
                        .group(1));
            }
            assertThat(pid(daemon.port("raw", "http"))).isPositive();
            assertThat(daemon.log()).doesNotContain("next try in");
        }
    }

    // ---- when it may begin, and what its time is ----

    @Test
    void aWorkerGetsNoRequestBeforeItHasAnsweredItsReadyPath() throws Exception {
        Path well = directory.resolve("well");
        try (Daemon daemon = Daemon.launch(
                directory,
                app(
                        "raw",
                        "workers.mode = \"static\"\nworkers.max = 1\nready = { path = \"/health?file=" + well
                                + "\" }"))) {
            int port = daemon.port("raw", "http");
            Call early = Call.send(port, "GET", "/raw/info", "");
            Poll.until("it waits", () -> index(port).contains("1 queued"));
            Files.writeString(well, "");
            assertThat(early.answer().status()).isEqualTo(200);
            daemon.running().await("ready in");
        }
    }

    @Test
    void oneThatAnswersItsReadyPathWronglyIsNotReady() throws Exception {
        try (Daemon daemon = serve(
                "",
                "workers.mode = \"static\"\nworkers.max = 1\nstart_timeout = \"500ms\"\n"
                        + "ready = { path = \"/health?file=/nonexistent\", status = 200 }")) {
            daemon.running()
                    .await(
                            "did not answer within start_timeout = 500ms: GET /health\\S+ was answered with 503, not 200");
            Call.Answer refused = Call.get(daemon.port("raw", "http"), "/raw/info");
            assertThat(refused.cause()).isEqualTo("app-failing");
        }
    }

    @Test
    void oneThatHangsIsAskedWhere() throws Exception {
        try (Daemon daemon = serve(
                "",
                "workers.mode = \"static\"\nworkers.max = 1\nrequest_timeout = \"2s\"\ntimeout_signal = \"USR1\"")) {
            int port = daemon.port("raw", "http");
            Call.Answer late = Call.get(port, "/raw/dumps");
            assertThat(late.status()).isEqualTo(504);
            assertThat(late.cause()).isEqualTo("request-timeout");
            daemon.running().await("worker \\d+ hangs: SIGUSR1 to have it tell where");
            daemon.running().await("stderr: .*rawapp.py\", line \\d+ in hang");
            assertThat(pid(port)).isPositive();
        }
    }

    @Test
    void theFirstByteHasATimeOfItsOwn() throws Exception {
        try (Daemon daemon = serve("", "workers.mode = \"static\"\nworkers.max = 2\nfirst_byte_timeout = \"1s\"")) {
            int port = daemon.port("raw", "http");
            Call begun = Call.send(port, "GET", "/raw/hang?head=1&until=" + until(), "");
            Call.Answer late = Call.get(port, "/raw/hang");
            assertThat(late.status()).isEqualTo(504);
            assertThat(late.cause()).isEqualTo("first-byte-timeout");
            Files.writeString(until(), "");
            assertThat(begun.answer().body())
                    .as("what has begun may take its time")
                    .isEqualTo("begun hung\n");
        }
    }

    @Test
    void aRequestWhoseWorkerDiedDoesNotRunAgainWhereThatIsNotWanted() throws Exception {
        Path once = directory.resolve("once");
        try (Daemon daemon = serve("", "workers.mode = \"static\"\nworkers.max = 2\nretry = false")) {
            Call.Answer lost = Call.get(daemon.port("raw", "http"), "/raw/die?once=" + once);
            assertThat(lost.status()).isEqualTo(502);
            assertThat(lost.cause()).isEqualTo("worker-crashed");
        }
    }

    /** What has gone back to the queue has no more time than it had. */
    @Test
    void theTimeOfARequestGoesOnWhileItWaits() throws Exception {
        try (Daemon daemon = serve(
                "", "workers.mode = \"static\"\nworkers.max = 1\nrequest_timeout = \"2s\"\nqueue.timeout = \"off\"")) {
            int port = daemon.port("raw", "http");
            Call running = Call.send(port, "GET", "/raw/stubborn?until=" + until(), "");
            daemon.running().await("raw: hangs");
            Call.Answer waited = Call.get(port, "/raw/info");
            assertThat(waited.status()).isEqualTo(504);
            assertThat(waited.cause()).isEqualTo("request-timeout");
            assertThat(running.answer().status()).isEqualTo(504);
        }
    }
}
