package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that are run at moments of an app's life. They note themselves in a file. */
class HooksIT {

    private static final String NOTE = "echo \"$GATEPOOL_HOOK $GATEPOOL_APP\" >> notes";

    private final Path directory;
    private final Path notes;

    HooksIT(@TempDir Path directory) throws IOException {
        this.directory = directory;
        this.notes = directory.resolve("notes");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.copy(Daemon.REPOSITORY.resolve("examples/apps/fastcgi/fastcgi.py"), directory.resolve("fastcgi.py"));
        Files.copy(Daemon.REPOSITORY.resolve("examples/apps/fastcgi/counter.py"), directory.resolve("counter.py"));
        program("worker", "echo worker >> notes", "exec ./counter.py");
    }

    /** An executable script of sh in the directory. */
    private void program(String name, String... lines) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String fastcgi(String lines) {
        return """
                [app.shop]
                kind = "fastcgi"
                command = ["./worker"]
                workers.max = 1
                listen = "http:127.0.0.1:0"
                """ + lines;
    }

    private Call.Answer get(Daemon daemon) throws Exception {
        return Call.get(daemon.port("shop", "http"), "/");
    }

    private List<String> notes() {
        try {
            return Files.exists(notes) ? Files.readAllLines(notes) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theyRunAtTheirMoments() throws Exception {
        program("note", NOTE);
        try (Daemon daemon = Daemon.serve(
                directory,
                fastcgi("hooks = { before_start = [\"./note\"], ready = [\"./note\"], stopped = [\"./note\"], "
                        + "failing = [\"./note\"] }\n"))) {
            Poll.until("ready has run", () -> notes().contains("ready shop"));
            assertThat(notes()).containsExactly("before_start shop", "worker", "ready shop");
            daemon.stop();
            assertThat(notes()).containsExactly("before_start shop", "worker", "ready shop", "stopped shop");
            assertThat(daemon.log())
                    .containsPattern("INFO +shop: hook before_start done in \\d+ ms")
                    .containsPattern("shop: hook stopped done in \\d+ ms");
        }
    }

    @Test
    void theyRunAsAWorkerWould() throws Exception {
        Needs.root();
        Path home = Files.createDirectory(directory.resolve("home"));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
        program("tell", "id -un; umask; pwd; nice; ulimit -n; wc -c; echo $SHOP ${GATEPOOL_IT_PASSED-clean}");
        try (Daemon daemon = Daemon.serve(
                directory,
                fastcgi("hooks.before_start = [\"" + directory + "/tell\"]\nuser = \"nobody\"\nchdir = \"home\"\n"
                        + "umask = \"027\"\nlimits.files = 99\nenv = { SHOP = \"books\" }\n"))) {
            daemon.running().await("hook before_start done");
            List<String> told = daemon.log()
                    .lines()
                    .filter(line -> line.contains("shop: hook before_start: "))
                    .map(line -> line.substring(line.indexOf("start: ") + 7))
                    .toList();
            assertThat(told).contains("nobody", "0027", home.toRealPath().toString(), "99", "books clean");
        }
    }

    @Test
    void oneThatFailsIsReportedAndNothingMore() throws Exception {
        program("fail", "echo one; echo 'no database' >&2; exit 3");
        try (Daemon daemon = Daemon.serve(
                directory, fastcgi("hooks.before_start = [\"./fail\"]\nhooks.ready = [\"no-such-program\"]\n"))) {
            daemon.running().await("WARN +shop: hook before_start: no database");
            daemon.running().await("ERROR +shop: hook before_start exited with status 3");
            daemon.running()
                    .await("ERROR +shop: hook ready was not started: no-such-program is not in /usr/local/bin:");
            assertThat(get(daemon).status()).isEqualTo(200);
        }
    }

    @Test
    void withoutARequiredOneNothingStartsUntilItSucceeds() throws Exception {
        program("migrate", "echo migrate >> notes", "[ -e repaired ] || { echo 'no database' >&2; exit 3; }");
        try (Daemon daemon = Daemon.serve(
                directory, fastcgi("hooks.before_start = [\"./migrate\"]\nhooks.required = [\"before_start\"]\n"))) {
            daemon.running()
                    .await(
                            "ERROR +shop: nothing is started without it \\(hooks.required\\); next try in (?:9\\d|10\\d|110) ms");
            Call.Answer answer = get(daemon);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.cause()).isEqualTo("app-failing");
            daemon.running().await("hook before_start exited with status 3: no database \\(app-failing\\)");
            Poll.until("it was tried again", () -> notes().size() >= 3);
            assertThat(notes()).doesNotContain("worker");
            Files.writeString(directory.resolve("repaired"), "");
            daemon.running().await("shop: workers \\d+ \\(static\\)");
            assertThat(notes()).endsWith("migrate", "worker");
            assertThat(get(daemon).status()).isEqualTo(200);
        }
    }

    @Test
    void itIsToldOnceThatAnAppFailsAndWhyAndThatItHasRecovered() throws Exception {
        program("worker", "[ -e repaired ] && exec ./counter.py; echo tried >> tries; echo 'no shop' >&2; exit 3");
        program("note", "echo \"$GATEPOOL_HOOK: $GATEPOOL_REASON\" >> notes");
        try (Daemon daemon =
                Daemon.serve(directory, fastcgi("hooks = { failing = [\"./note\"], ready = [\"./note\"] }\n"))) {
            Poll.until("it was tried a few times", () -> tries() >= 4);
            Poll.until("failing has run", () -> !notes().isEmpty());
            assertThat(notes())
                    .singleElement()
                    .asString()
                    .matches("failing: worker \\d+ exited with status 3 at start: no shop");
            Files.writeString(directory.resolve("repaired"), "");
            Poll.until("ready has run", () -> notes().size() == 2);
            assertThat(notes().get(1)).isEqualTo("ready: ");
            assertThat(get(daemon).status()).isEqualTo(200);
        }
    }

    private int tries() {
        try {
            Path tries = directory.resolve("tries");
            return Files.exists(tries) ? Files.readAllLines(tries).size() : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void oneThatTakesTooLongIsKilledWithItsGroup() throws Exception {
        program("hang", "sleep 600 & echo $! > pid; echo still here; wait");
        try (Daemon daemon =
                Daemon.serve(directory, fastcgi("hooks.ready = [\"./hang\"]\nhooks.timeout = \"300ms\"\n"))) {
            daemon.running().await("shop: hook ready was killed, it took longer than hooks.timeout = 300ms");
            daemon.running().await("shop: hook ready: still here");
            int pid =
                    Integer.parseInt(Files.readString(directory.resolve("pid")).strip());
            Poll.until("its child is gone", () -> !Daemon.isAlive(pid));
        }
    }

    @Test
    void aRequestWaitsForTheHookBeforeTheFirstScript() throws Exception {
        Path cgi = Files.createDirectory(directory.resolve("cgi"));
        program("cgi/hello", "echo script >> ../notes; printf 'Content-Type: text/plain\\n\\nhello\\n'");
        program("wait", "echo begun >> notes; while [ ! -e go ]; do sleep 0.01; done; echo ended >> notes");
        try (Daemon daemon = Daemon.launch(directory, """
                [app.shop]
                kind = "cgi"
                root = "%s"
                listen = "http:127.0.0.1:0"
                hooks.before_start = ["./wait"]
                """.formatted(cgi))) {
            Poll.until("the hook has begun", () -> notes().contains("begun"));
            try (Call call = Call.send(daemon.port("shop", "http"), "GET", "/hello", "")) {
                try (Call index = Call.send(daemon.port("shop", "http"), "GET", "/nothing/here", "")) {
                    Files.writeString(directory.resolve("go"), "");
                    assertThat(call.answer().body()).isEqualTo("hello\n");
                    assertThat(index.answer().status()).isEqualTo(404);
                }
            }
            assertThat(notes()).containsExactly("begun", "ended", "script");
        }
    }

    @Test
    void aSecondSignalWaitsForNoHook() throws Exception {
        program("hang", "echo stopping >> notes; exec sleep 600");
        Daemon daemon = Daemon.serve(directory, fastcgi("hooks.stopped = [\"./hang\"]\nhooks.timeout = \"10m\"\n"));
        daemon.signal("INT");
        Poll.until("the hook runs", () -> notes().contains("stopping"));
        assertThat(daemon.running().hasEnded()).isFalse();
        daemon.signal("INT");
        assertThat(daemon.running().awaitExit()).isZero();
        daemon.assertNoLeak();
        assertThat(daemon.log()).contains("1 stray processes killed");
    }

    @Test
    void oneOfAnAppThatNeverStartedEndsInTime() throws Exception {
        program("hang", "echo begun >> notes; exec sleep 600");
        Daemon daemon = Daemon.launch(
                directory,
                fastcgi(
                        "hooks.before_start = [\"./hang\"]\nhooks.stopped = [\"./hang\"]\nhooks.timeout = \"500ms\"\n"));
        Poll.until("the hook runs", () -> notes().contains("begun"));
        daemon.stop();
        assertThat(notes()).containsExactly("begun", "begun");
    }
}
