package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A runtime directory that cannot be used at the start, or is taken away from a daemon that runs. */
class RuntimeDirectoryFaultsIT {

    private final Path directory;
    private String toml = "";

    RuntimeDirectoryFaultsIT(@TempDir Path directory) throws Exception {
        this.directory = directory.toRealPath();
    }

    @BeforeEach
    void configure() {
        toml = """
                [server]
                runtime_dir = "run"
                [app.work]
                kind = "fastcgi"
                command = ["%s/testapp.py"]
                workers.mode = "static"
                workers.max = 1
                listen = "http:127.0.0.1:0"
                """.formatted(Daemon.TEST_APPS);
    }

    // ---- at the start ----

    private Running tryToStart(List<String> wrapper) throws Exception {
        Path file = Files.writeString(directory.resolve("gatepool.toml"), toml);
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of(Daemon.LAUNCHER.toString(), "serve", "-R", "-c", file.toString()));
        return Running.start(directory, Map.of(), command.toArray(String[]::new));
    }

    @Test
    void whatIsNoDirectoryIsAReasonNotToStart() throws Exception {
        Files.writeString(directory.resolve("run"), "");
        try (Running running = tryToStart(List.of())) {
            assertThat(running.awaitExit()).isEqualTo(1);
            assertThat(running.output())
                    .contains("gatepool: runtime_dir " + directory.resolve("run") + " cannot be used: ")
                    .contains("set another one in [server]");
        }
    }

    @Test
    void aDirectoryThatMayNotBeUsedIsAReasonNotToStart() throws Exception {
        Path run = Files.createDirectory(directory.resolve("run"));
        List<String> ordinary = Shortage.asOrdinaryUser(directory);
        Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("---------"));
        try (Running running = tryToStart(ordinary)) {
            assertThat(running.awaitExit()).isEqualTo(1);
            assertThat(running.output())
                    .contains("gatepool: runtime_dir " + run + " cannot be used: ")
                    .contains("AccessDenied")
                    .contains("make it writable for this user, or set another one in [server]");
        } finally {
            Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx------"));
        }
    }

    // ---- while it runs ----

    private static void awaitAnswer(Daemon daemon) {
        Poll.until("a worker answers", () -> {
            try {
                return Call.get(daemon.port("work", "http"), "/pid").status() == 200;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void aRemovedDirectoryOfSocketsIsMadeAgain() throws Exception {
        try (Daemon daemon = Daemon.serve(directory, toml)) {
            int worker = daemon.workers("work").get(0);
            Programs.run(directory, "/bin/rm", "-r", "run/workers");
            Daemon.signal(worker, "KILL");
            awaitAnswer(daemon);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("run/workers"))))
                    .isEqualTo("rwx------");
        }
    }

    @Test
    void aWorkerWhoseSocketFileIsRemovedIsReplaced() throws Exception {
        try (Daemon daemon = Daemon.serve(directory, toml)) {
            Programs.run(directory, "/bin/rm", "-r", "run/workers");
            awaitAnswer(daemon);
            assertThat(daemon.log()).contains("is replaced: it takes no connections: ");
        }
    }

    @Test
    void aDirectoryThatIsGoneIsSaidAndAllGoesOnWhenItIsBack() throws Exception {
        try (Daemon daemon = Daemon.serve(directory, toml)) {
            Path away = Files.move(directory.resolve("run"), directory.resolve("away"));
            Daemon.signal(daemon.workers("work").get(0), "KILL");
            String reason = "worker not started: runtime_dir " + directory.resolve("run") + " is gone; make it again";
            daemon.running().await("ERROR work: " + reason);
            Call.Answer refused = Call.get(daemon.port("work", "http"), "/pid");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.cause()).isEqualTo("app-failing");
            Gatepool status = Gatepool.run(directory, "status", "--runtime-dir", "away");
            assertThat(status.exit()).isEqualTo(1);
            assertThat(status.output().replaceAll("\\s+", " ")).contains("is gone; make it again");
            Files.move(away, directory.resolve("run"));
            awaitAnswer(daemon);
        }
    }

    @Test
    void aDirectoryThatMayNotBeWrittenToIsSaidAndAllGoesOnWhenItMay() throws Exception {
        Files.createDirectory(directory.resolve("run"));
        try (Daemon daemon = Daemon.serveBy(Shortage.asOrdinaryUser(directory), directory, toml)) {
            Path workers = directory.resolve("run/workers");
            int worker = daemon.workers("work").get(0);
            Files.setPosixFilePermissions(workers, PosixFilePermissions.fromString("---------"));
            Daemon.signal(worker, "KILL");
            daemon.running()
                    .await("ERROR work: worker not started: no socket can be made in " + workers
                            + ": permission denied; make it writable for this user");
            Files.setPosixFilePermissions(workers, PosixFilePermissions.fromString("rwx------"));
            awaitAnswer(daemon);
        }
    }
}
