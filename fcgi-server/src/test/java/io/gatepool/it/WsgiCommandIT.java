package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gatepool wsgi}, as somebody types it who comes from gunicorn. */
class WsgiCommandIT {

    private final Path directory;

    WsgiCommandIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeEach
    void python() {
        WsgiHouse.needsPython();
    }

    private static String body(Daemon daemon, String app) throws Exception {
        return Call.get(daemon.port(app, "http"), "/").body();
    }

    private static Call.Answer states(Daemon daemon, String path) throws Exception {
        return Call.get(daemon.port("states", "http"), path);
    }

    private Daemon states(String... options) throws Exception {
        String[] words = new String[options.length + 3];
        words[0] = "--chdir";
        words[1] = WsgiHouse.APPS.toString();
        System.arraycopy(options, 0, words, 2, options.length);
        words[words.length - 1] = "states:app";
        return WsgiHouse.command(directory, words);
    }

    @Test
    void aModuleOfThisDirectoryIsServedBySoManyWorkers() throws Exception {
        WsgiHouse.module(directory, "hello", "Hello, world");
        try (Daemon daemon = WsgiHouse.command(directory, "-w", "2", "hello:app")) {
            assertThat(body(daemon, "hello")).isEqualTo("Hello, world");
            assertThat(daemon.workers("hello")).hasSize(2);
            Poll.until("the access log has it", () -> daemon.log().contains("\"GET / HTTP/1.1\" 200 12"));
        }
    }

    @Test
    void aFileOrAFactoryWillDo() throws Exception {
        Files.createDirectory(directory.resolve("src"));
        WsgiHouse.replace(directory.resolve("src/shop.py"), """
                def make(text, times=1):
                    def app(environ, start_response):
                        start_response("200 OK", [("Content-Type", "text/plain")])
                        return [text.encode() * times]
                    return app
                """);
        try (Daemon daemon = WsgiHouse.command(directory, "-w", "1", "src/shop.py:make('ho ', times=3)")) {
            assertThat(body(daemon, "shop")).isEqualTo("ho ho ho ");
        }
    }

    @Test
    void portAndWebConcurrencyAreTakenFromTheEnvironment() throws Exception {
        WsgiHouse.module(directory, "hello", "Hello");
        int port = Ports.free();
        try (Daemon daemon = WsgiHouse.command(
                Map.of("PORT", Integer.toString(port), "WEB_CONCURRENCY", "3"), directory, "hello:app")) {
            assertThat(daemon.port("hello", "http")).isEqualTo(port);
            assertThat(daemon.workers("hello")).hasSize(3);
            assertThat(body(daemon, "hello")).isEqualTo("Hello");
        }
    }

    @Test
    void reloadShowsNewCodeKeepsOldWhileItIsBrokenAndRecovers() throws Exception {
        WsgiHouse.module(directory, "hello", "first");
        try (Daemon daemon = WsgiHouse.command(directory, "-w", "2", "--reload", "hello:app")) {
            assertThat(body(daemon, "hello")).isEqualTo("first");
            daemon.running().await("hello: 1 file below \\S+ watched");
            WsgiHouse.module(directory, "hello", "second, and longer");
            daemon.running().await("hello: generation 2 has taken over");
            assertThat(body(daemon, "hello")).isEqualTo("second, and longer");

            WsgiHouse.replace(directory.resolve("hello.py"), "def app(environ, start_response:\n");
            daemon.running().await("stderr: SyntaxError: ");
            daemon.running().await("hello: generation 3 did not come up, generation 2 stays: .*SyntaxError");
            assertThat(body(daemon, "hello")).isEqualTo("second, and longer");

            WsgiHouse.module(directory, "hello", "mended");
            daemon.running().await("hello: generation 4 has taken over");
            assertThat(body(daemon, "hello")).isEqualTo("mended");
        }
    }

    /** Python takes a compiled file for that of a source of the same second and size. */
    @Test
    void reloadShowsAlsoAChangeOfTheSameSecondAndSize() throws Exception {
        Path first = WsgiHouse.module(directory, "hello", "first");
        Path other = WsgiHouse.module(Files.createDirectory(directory.resolve("aside")), "hello", "other");
        Files.setLastModifiedTime(first, FileTime.fromMillis(1_700_000_000_000L));
        Files.setLastModifiedTime(other, FileTime.fromMillis(1_700_000_000_500L));
        // Other tests forbid it, so that they leave nothing behind.
        String compiles = "PYTHONDONTWRITEBYTECODE=";
        try (Daemon daemon = WsgiHouse.command(directory, "-w", "2", "--reload", "-e", compiles, "hello:app")) {
            assertThat(body(daemon, "hello")).isEqualTo("first");
            daemon.running().await("hello: [12] files? below \\S+ watched");
            Files.move(other, first, StandardCopyOption.ATOMIC_MOVE);
            daemon.running().await("hello: generation 2 has taken over");
            assertThat(body(daemon, "hello")).isEqualTo("other");
        }
    }

    @Test
    void pythonpathIsLookedAtBeforeTheDirectory() throws Exception {
        Path library = Files.createDirectory(directory.resolve("library"));
        WsgiHouse.replace(library.resolve("words.py"), "WORD = 'from the library'\n");
        WsgiHouse.replace(directory.resolve("words.py"), "WORD = 'from here'\n");
        WsgiHouse.replace(directory.resolve("hello.py"), """
                import words
                def app(environ, start_response):
                    start_response("200 OK", [("Content-Type", "text/plain")])
                    return [words.WORD.encode()]
                """);
        try (Daemon daemon = WsgiHouse.command(directory, "-w", "1", "--pythonpath", "library", "hello:app")) {
            assertThat(body(daemon, "hello")).isEqualTo("from the library");
        }
    }

    @Test
    void pythonMayBeAVirtualenv() throws Exception {
        Programs.run(directory, WsgiHouse.PYTHON, "-m", "venv", "--system-site-packages", "--without-pip", "venv");
        WsgiHouse.replace(directory.resolve("hello.py"), """
                import sys
                def app(environ, start_response):
                    start_response("200 OK", [("Content-Type", "text/plain")])
                    return [sys.prefix.encode()]
                """);
        String venv = directory.toRealPath().resolve("venv").toString();
        try (Daemon daemon = Daemon.command(
                directory, "wsgi", "-R", "-b", "127.0.0.1:0", "-w", "1", "--python", "venv", "hello:app")) {
            assertThat(body(daemon, "hello")).isEqualTo(venv);
        }
        try (Daemon daemon = Daemon.command(
                Map.of("VIRTUAL_ENV", venv), directory, "wsgi", "-R", "-b", "127.0.0.1:0", "-w", "1", "hello:app")) {
            assertThat(body(daemon, "hello")).isEqualTo(venv);
        }
    }

    @Test
    void pythonIsTheOneOfThePathUnlessItIsNamed() throws Exception {
        WsgiHouse.replace(directory.resolve("hello.py"), """
                import os
                def app(environ, start_response):
                    start_response("200 OK", [("Content-Type", "text/plain")])
                    return [os.environ["FOUND"].encode()]
                """);
        Path bin = Files.createDirectory(directory.resolve("bin"));
        Path python = Files.writeString(
                bin.resolve("python3"), "#!/bin/sh\nFOUND=in-the-path exec " + WsgiHouse.PYTHON + " \"$@\"\n");
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Daemon daemon = Daemon.command(
                Map.of("PATH", bin + ":" + System.getenv("PATH"), "VIRTUAL_ENV", ""),
                directory,
                "wsgi",
                "-R",
                "-b",
                "127.0.0.1:0",
                "-w",
                "1",
                "hello:app")) {
            assertThat(body(daemon, "hello")).isEqualTo("in-the-path");
        }
    }

    @Test
    void variablesAreThoseOfTheOptionsAndNoOthers() throws Exception {
        try (Daemon daemon = states("-w", "1", "-e", "GREETING=hello=you", "-e", "GATEPOOL_IT_PASSED")) {
            assertThat(states(daemon, "/environ").body())
                    .contains("GREETING=hello=you\n", "GATEPOOL_IT_PASSED=from outside\n")
                    .doesNotContain("GATEPOOL_JAVA_OPTS", "SHELL=");
        }
    }

    @Test
    void aTimeoutIsSilence() throws Exception {
        try (Daemon daemon = states("-w", "1", "-t", "1")) {
            Call.Answer answer = states(daemon, "/hang");
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.cause()).isEqualTo("output-timeout");
            daemon.running().await("in hang_here");
            assertThat(states(daemon, "/").status()).isEqualTo(200);
        }
    }

    @Test
    void maxRequestsReplacesProcesses() throws Exception {
        try (Daemon daemon = states("-w", "1", "--max-requests", "4", "--max-requests-jitter", "2")) {
            Set<Integer> pids = new HashSet<>();
            for (int request = 0; pids.size() < 3; request++) {
                pids.add(states(daemon, "/").number("pid"));
                assertThat(request).as("requests for three processes").isLessThan(5000);
            }
        }
    }

    @Test
    void threadsServeSideBySide() throws Exception {
        try (Daemon daemon = states("-w", "1", "--threads", "4")) {
            int port = daemon.port("states", "http");
            try (Call one = Call.send(port, "GET", "/side", "");
                    Call two = Call.send(port, "GET", "/side", "");
                    Call three = Call.send(port, "GET", "/side", "");
                    Call four = Call.send(port, "GET", "/side", "")) {
                for (Call call : new Call[] {one, two, three, four}) {
                    assertThat(call.answer().status()).isEqualTo(200);
                }
            }
        }
    }

    @Test
    void ttinAndTtouChangeTheNumberOfWorkers() throws Exception {
        try (Daemon daemon = states("-w", "2")) {
            String control = daemon.running()
                    .await("gatepool status --runtime-dir (\\S+)")
                    .group(1);
            daemon.signal("TTIN");
            Poll.until("three", () -> workers(control).contains("3 of 3"));
            daemon.signal("TTOU");
            Poll.until("two", () -> workers(control).contains("2 of 2"));
            daemon.signal("TTOU");
            Poll.until("one", () -> workers(control).contains("1 of 1"));
            assertThat(states(daemon, "/").status()).isEqualTo(200);
        }
    }

    private String workers(String runtimeDir) {
        try {
            return Gatepool.run(directory, "workers", "states", "--runtime-dir", runtimeDir)
                    .output();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void itListensForFastCgiToo() throws Exception {
        WsgiHouse.module(directory, "hello", "Hello");
        try (Daemon daemon = WsgiHouse.command(directory, "-w", "1", "-b", "fastcgi:unix:hello.sock", "hello:app")) {
            assertThat(body(daemon, "hello")).isEqualTo("Hello");
            assertThat(directory.resolve("hello.sock")).exists();
        }
        assertThat(directory.resolve("hello.sock")).doesNotExist();
    }

    @Test
    void logsGoToFilesWhereOptionsSaySo() throws Exception {
        WsgiHouse.module(directory, "hello", "Hello");
        int port = Ports.free();
        try (Running running = Daemon.start(
                directory,
                "wsgi",
                "-R",
                "--python",
                WsgiHouse.PYTHON,
                "-b",
                "127.0.0.1:" + port,
                "-w",
                "1",
                "--error-logfile",
                "log/error.log",
                "--access-logfile",
                "log/access.log",
                "hello:app")) {
            Poll.until("it is ready", () -> text("log/error.log").contains("ready in "));
            assertThat(Call.get(port, "/").body()).isEqualTo("Hello");
            Poll.until("the access log has it", () -> text("log/access.log").contains("\"GET / HTTP/1.1\" 200"));
            assertThat(running.output()).doesNotContain("GET /");
        }
    }

    private String text(String file) {
        try {
            Path path = directory.resolve(file);
            return Files.exists(path) ? Files.readString(path) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
