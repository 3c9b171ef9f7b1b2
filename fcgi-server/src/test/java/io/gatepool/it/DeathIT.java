package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the processes when gatepool itself is killed, at whatever moment. */
class DeathIT {

    private static final String APP = """
            [app.raw]
            kind = "fastcgi"
            command = ["%s/fastcgi/counter.py"]
            listen = "http:127.0.0.1:0"
            workers.max = 3
            """.formatted(Daemon.REPOSITORY.resolve("examples/apps"));

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it.
    Path directory;

    @Test
    void aKilledGatepoolTakesItsWorkersAlong() throws Exception {
        Daemon daemon = Daemon.serve(directory, APP);
        assertThat(children()).isEqualTo(3);
        kill(daemon);
        Poll.until("all workers are gone", () -> children() == 0);
    }

    @Test
    void itTakesWorkersOfAnotherUserAlongToo() throws Exception {
        Needs.root();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.copy(Daemon.REPOSITORY.resolve("examples/apps/fastcgi/fastcgi.py"), directory.resolve("fastcgi.py"));
        Path counter = Files.copy(
                Daemon.REPOSITORY.resolve("examples/apps/fastcgi/counter.py"), directory.resolve("counter.py"));
        Files.setPosixFilePermissions(counter, PosixFilePermissions.fromString("rwxr-xr-x"));
        Daemon daemon = Daemon.serve(directory, """
                [app.raw]
                kind = "fastcgi"
                command = ["%s"]
                user = "nobody"
                listen = "http:127.0.0.1:0"
                workers.max = 3
                """.formatted(counter));
        int worker = daemon.workers("raw").get(0);
        assertThat(Files.readString(Path.of("/proc/" + worker + "/status"))).containsPattern("Uid:\\s+65534\\s+65534");
        kill(daemon);
        Poll.until("all workers are gone", () -> children() == 0);
    }

    /** Killed at twelve moments of its start: before, while and after the workers are born. */
    @Test
    void noWorkerThatIsJustBeingBornIsLeft() throws Exception {
        for (int moment = 0; moment < 12; moment++) {
            Daemon daemon = Daemon.launch(directory, APP);
            daemon.running().await("http on ");
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(moment * 3L));
            kill(daemon);
            Poll.until("no child is left of round " + moment, () -> children() == 0);
        }
    }

    @Test
    void whatEscapedItsGroupIsEndedByTheNextStart() throws Exception {
        Path scripts = Files.createDirectory(directory.resolve("cgi"));
        Path script = Files.writeString(scripts.resolve("escape.sh"), """
                #!/bin/sh
                setsid sleep 600 > /dev/null 2>&1 < /dev/null &
                printf 'Content-Type: text/plain\\n\\nescaped\\n'
                """);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        String toml = """
                [app.cgi]
                kind = "cgi"
                root = "%s"
                listen = "http:127.0.0.1:0"
                stray_children = "leave"
                """.formatted(scripts);
        Daemon first = Daemon.serve(directory, toml);
        assertThat(Call.get(first.port("cgi", "http"), "/escape.sh").body()).isEqualTo("escaped\n");
        Poll.until("the grandchild lives on", () -> children() == 1);
        kill(first);
        assertThat(children()).isOne();
        try (Daemon second = Daemon.serve(directory, toml)) {
            second.running().await("killed 1 processes that an earlier gatepool had left behind");
            Poll.until("it is gone", () -> children() == 0);
        }
    }

    @Test
    void aSecondGatepoolOnTheSameRuntimeDirectoryIsRefused() throws Exception {
        try (Daemon first = Daemon.serve(directory, APP);
                Running second = Daemon.start(
                        directory,
                        "serve",
                        "-R",
                        "-c",
                        directory.resolve("gatepool.toml").toString())) {
            assertThat(second.awaitExit()).isOne();
            assertThat(second.output()).contains("another gatepool is running", "pid " + first.pid());
            assertThat(children()).isEqualTo(3);
        }
    }

    @Test
    void aStoppedGatepoolLeavesNothing() throws Exception {
        Daemon daemon = Daemon.serve(directory, APP);
        daemon.stop();
        assertThat(children()).isZero();
        assertThat(directory.resolve("run/workers")).isEmptyDirectory();
    }

    private static void kill(Daemon daemon) throws Exception {
        daemon.signal("KILL");
        daemon.running().awaitExit();
    }

    /** How many living processes carry the mark. */
    private int children() {
        int found = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                found += carriesMark(process) ? 1 : 0;
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return found;
    }

    private boolean carriesMark(Path process) {
        try {
            String environment =
                    new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.ISO_8859_1);
            return environment.contains("GATEPOOL_CHILD=" + directory.toRealPath() + "/run:");
        } catch (IOException e) {
            return false;
        }
    }
}
