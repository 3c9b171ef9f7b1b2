package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The system gives no more processes (EAGAIN): requests wait, or are told why, and all goes on when there are some. */
class SpawnFaultsIT {

    private static final String EAGAIN = "EAGAIN (no more processes allowed, see ulimit -u and TasksMax)";

    private final Path directory;
    private Daemon daemon;

    SpawnFaultsIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(directory.resolve("cgi"));
        script("hello.sh", "echo 'Content-Type: text/plain'; echo; echo hello");
        String toml = """
                [server]
                runtime_dir = "run"
                [app.cgi]
                kind = "cgi"
                root = "cgi"
                listen = "http:127.0.0.1:0"
                queue.timeout = "20s"
                [app.hasty]
                kind = "cgi"
                root = "cgi"
                listen = "http:127.0.0.1:0"
                queue.timeout = "500ms"
                [app.work]
                kind = "fastcgi"
                command = ["%s/testapp.py"]
                workers.mode = "static"
                workers.max = 1
                listen = "http:127.0.0.1:0"
                """.formatted(Daemon.TEST_APPS);
        daemon = Daemon.serveBy(Shortage.asOrdinaryUser(directory), directory, toml);
    }

    @AfterEach
    void stop() throws Exception {
        if (!daemon.running().hasEnded()) {
            Shortage.lift(daemon.pid(), "nproc");
        }
        daemon.close();
    }

    private void script(String name, String line) throws Exception {
        Path file = Files.writeString(directory.resolve("cgi").resolve(name), "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Call.Answer get(String app, String path) throws Exception {
        return Call.get(daemon.port(app, "http"), path);
    }

    @Test
    void aScriptWaitsUntilThereAreProcesses() throws Exception {
        Shortage.limit(daemon.pid(), "nproc", 1);
        try (Call waiting = Call.send(daemon.port("cgi", "http"), "GET", "/hello.sh", "")) {
            daemon.running().await("WARN  cgi: no script can be started: \\QEAGAIN (no more processes allowed");
            Shortage.lift(daemon.pid(), "nproc");
            assertThat(waiting.answer().body()).isEqualTo("hello\n");
        }
    }

    @Test
    void anUploadThatWaitedForAProcessArrivesWhole() throws Exception {
        script("count.sh", "echo 'Content-Type: text/plain'; echo; exec wc -c");
        Shortage.limit(daemon.pid(), "nproc", 1);
        String body = "x".repeat(300_000);
        try (Call waiting = Call.send(daemon.port("cgi", "http"), "POST", "/count.sh", body)) {
            daemon.running().await("WARN  cgi: no script can be started: ");
            Shortage.lift(daemon.pid(), "nproc");
            assertThat(waiting.answer().body().strip()).isEqualTo("300000");
        }
    }

    @Test
    void whoHasWaitedTooLongForAProcessIsToldAndTheLogSaysWhatFor() throws Exception {
        Shortage.limit(daemon.pid(), "nproc", 1);
        Call.Answer answer = get("hasty", "/hello.sh");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.cause()).isEqualTo("queue-timeout");
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        daemon.running()
                .await("GET /hello.sh failed: no worker was free for 500ms \\(queue.timeout\\): \\Q" + EAGAIN + "\\E"
                        + " \\(queue-timeout\\)");
        Shortage.lift(daemon.pid(), "nproc");
        assertThat(get("hasty", "/hello.sh").status()).isEqualTo(200);
    }

    @Test
    void theShortageIsToldOnceAndNotAtEveryTry() throws Exception {
        Shortage.limit(daemon.pid(), "nproc", 1);
        get("hasty", "/hello.sh");
        assertThat(daemon.log().lines().filter(line -> line.contains("no script can be started")))
                .hasSize(1);
    }

    @Test
    void aWorkerThatCannotBeReplacedIsSeenInTheStatusAndReplacedWhenItCan() throws Exception {
        int worker = daemon.workers("work").get(0);
        Shortage.limit(daemon.pid(), "nproc", 1);
        Daemon.signal(worker, "KILL");
        daemon.running().await("ERROR work: worker not started: \\Q" + EAGAIN + "\\E; next try in \\d+ ms");
        Gatepool status = Gatepool.ask(directory, "status", "work");
        assertThat(status.exit()).isEqualTo(1);
        assertThat(status.output().replaceAll("\\s+", " ")).contains("failing").contains("worker not started: EAGAIN");
        Call.Answer refused = get("work", "/pid");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.cause()).isEqualTo("app-failing");
        Shortage.lift(daemon.pid(), "nproc");
        Poll.until("a worker answers again", () -> answersOn("work"));
        assertThat(Gatepool.ask(directory, "status", "work").exit()).isZero();
    }

    private boolean answersOn(String app) {
        try {
            return get(app, "/pid").status() == 200;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    // ---- the daemon itself, which can have no new threads either ----

    @Test
    void bodiesAndTheControlSocketNeedNoNewThread() throws Exception {
        Shortage.limit(daemon.pid(), "nproc", 1);
        try (Call upload = Call.send(daemon.port("work", "http"), "POST", "/sha", "x".repeat(300_000))) {
            assertThat(upload.answer().body()).contains(" 300000 ");
        }
        assertThat(Gatepool.ask(directory, "status").exit()).isZero();
    }

    @Test
    void itCanBeStoppedOverTheControlSocket() throws Exception {
        Shortage.limit(daemon.pid(), "nproc", 1);
        assertThat(Gatepool.ask(directory, "stop").exit()).isZero();
        assertThat(daemon.running().awaitExit()).as(daemon.log()).isZero();
    }
}
