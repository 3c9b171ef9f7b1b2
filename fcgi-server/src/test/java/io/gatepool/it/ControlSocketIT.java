package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The control socket itself: who may use it, who tries to harm it, and its beginning and end. */
class ControlSocketIT {

    private static final String APP = """
            [app.slow]
            kind = "cgi"
            listen = "http:127.0.0.1:0"
            root = "."
            """;

    /** Asks for the status, and prints what comes. */
    private static final String CLIENT = """
            import socket, sys
            s = socket.socket(socket.AF_UNIX)
            try:
                s.connect(sys.argv[1])
            except OSError as e:
                sys.exit(print(e))
            try:
                s.sendall(b'{"command": "status"}\\n')
            except BrokenPipeError:
                pass # answered, and closed, already
            print(s.makefile().readline())
            """;

    private final Path directory;

    ControlSocketIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private Path socket() {
        return directory.resolve("run/control.sock");
    }

    private String exchange(String request) {
        try (RawSocket client = RawSocket.unix(socket())) {
            client.send(request.getBytes(StandardCharsets.UTF_8));
            return rest(client);
        }
    }

    private static String rest(RawSocket client) {
        StringBuilder answer = new StringBuilder();
        for (int next = client.read(); next >= 0; next = client.read()) {
            answer.append((char) next);
        }
        return answer.toString();
    }

    private String mode() throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(socket()));
    }

    // ---- its beginning and end ----

    @Test
    void itIsForItsOwnerAndGoesWithTheDaemon() throws Exception {
        try (Daemon daemon = Daemon.serve(directory, APP)) {
            assertThat(mode()).isEqualTo("rw-------");
            assertThat(Files.exists(directory.resolve("run/workers/control.sock")))
                    .isFalse();
            daemon.stop();
            assertThat(Files.exists(socket())).isFalse();
        }
        Gatepool status = Gatepool.ask(directory, "status");
        assertThat(status.output())
                .isEqualTo("gatepool: not running: there is no " + directory.resolve("run/control.sock") + "\n");
        assertThat(status.exit()).isEqualTo(3);
    }

    @Test
    void whatAKilledDaemonHasLeftIsReplaced() throws Exception {
        try (Daemon killed = Daemon.serve(directory, APP)) {
            killed.signal("KILL");
            killed.running().awaitExit();
        }
        assertThat(Files.exists(socket())).isTrue();
        Gatepool status = Gatepool.ask(directory, "status");
        assertThat(status.output()).contains("not running: nobody answers on ");
        assertThat(status.exit()).isEqualTo(3);
        try (Daemon daemon = Daemon.serve(directory, APP)) {
            assertThat(Gatepool.ask(directory, "status").exit()).isZero();
        }
    }

    @Test
    void aFileInItsPlaceIsLeftAlone() throws Exception {
        Files.createDirectory(directory.resolve("run"));
        Files.writeString(socket(), "precious");
        try (Daemon daemon = Daemon.launch(directory, APP)) {
            assertThat(daemon.running().awaitExit()).isEqualTo(1);
            assertThat(daemon.log()).contains("control.sock is there and is no socket");
        }
        assertThat(Files.readString(socket())).isEqualTo("precious");
    }

    @Test
    void aDaemonThatHasLostItsSocketIsToldByItsLock() throws Exception {
        try (Daemon daemon = Daemon.serve(directory, APP)) {
            Files.delete(socket());
            assertThat(Gatepool.ask(directory, "status").output())
                    .contains("though gatepool.lock there is held by pid " + daemon.pid());
        }
    }

    @Test
    void stopReturnsWhenTheDaemonHasEnded() throws Exception {
        try (Daemon daemon = Daemon.serve(directory, APP)) {
            int pid = daemon.pid();
            Gatepool stop = Gatepool.ask(directory, "stop");
            assertThat(stop.output()).isEqualTo("gatepool, pid " + pid + ", is stopping\n");
            assertThat(stop.exit()).isZero();
            assertThat(Daemon.isAlive(pid)).isFalse();
            assertThat(daemon.running().awaitExit()).isZero();
        }
    }

    @Test
    void stopWaitsForRequestsAndStopNowDoesNot() throws Exception {
        Path script = Files.writeString(directory.resolve("wait.sh"), "#!/bin/sh\n: >started\nexec sleep 100\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Daemon daemon = Daemon.serve(directory, APP);
                Call call = Call.send(daemon.port("slow", "http"), "GET", "/wait.sh", "")) {
            Poll.until("it runs", () -> Files.exists(directory.resolve("started")));
            try (Running stop = Daemon.start(directory, "stop", "--runtime-dir", "run")) {
                stop.await("is stopping: 1 request under way");
                assertThat(Gatepool.ask(directory, "status").output()).contains("  stopping\n", "slow  cgi   stopping");
                assertThat(stop.hasEnded()).isFalse();
                assertThat(Gatepool.ask(directory, "stop", "--now").exit()).isZero();
                assertThat(stop.awaitExit()).isZero();
            }
            assertThat(call.answer().cause()).isEqualTo("stopping");
        }
    }

    @Test
    void aShortFormTellsWhereItsSocketIs() throws Exception {
        try (Daemon daemon =
                Daemon.command(directory, "cgi", "-R", "-b", "127.0.0.1:0", "--root", directory.toString())) {
            String place = daemon.running()
                    .await("control: gatepool status --runtime-dir (\\S+)")
                    .group(1);
            assertThat(Gatepool.run(directory, "status", "--runtime-dir", place).output())
                    .contains("cgi");
        }
    }

    @Test
    void aBrokenConfigurationIsNoObstacle() throws Exception {
        try (Daemon daemon = Daemon.serve(directory, APP)) {
            Files.writeString(directory.resolve("broken.toml"), "[server");
            Gatepool status = Gatepool.run(directory, "status", "-c", "broken.toml");
            assertThat(status.output()).contains("broken.toml:1", "--runtime-dir DIR does, too");
            assertThat(status.exit()).isEqualTo(78);
            assertThat(Gatepool.run(directory, "status", "-c", "broken.toml", "--runtime-dir", "run")
                            .exit())
                    .isZero();
        }
    }

    // ---- who may ----

    private String asNobody(String groups) throws Exception {
        try (Running client = Running.start(
                Path.of("/"),
                Map.of(),
                "/usr/bin/setpriv",
                "--reuid=65534",
                "--regid=65534",
                groups,
                "/usr/bin/python3",
                "-c",
                CLIENT,
                socket().toString())) {
            assertThat(client.awaitExit()).isZero();
            return client.output();
        }
    }

    private void letEverybodyIn() throws Exception {
        Needs.root();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void anotherUserIsKeptOutByItsModeAndByItsCredentials() throws Exception {
        letEverybodyIn();
        try (Daemon daemon = Daemon.serve(directory, APP)) {
            assertThat(asNobody("--clear-groups")).contains("Permission denied");
            Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
            assertThat(asNobody("--clear-groups"))
                    .contains("\"code\":\"not-allowed\"", "uid 65534")
                    .doesNotContain("\"ok\"");
            daemon.running().await("WARN +control socket: uid 65534, pid \\d+ refused");
        }
    }

    @Test
    void theCommandLineSaysWhoseTheSocketIs() throws Exception {
        letEverybodyIn();
        try (Daemon daemon = Daemon.serve(directory, APP)) {
            try (Running status = Running.start(
                    Path.of("/"),
                    Map.of(),
                    "/usr/bin/setpriv",
                    "--reuid=65534",
                    "--regid=65534",
                    "--clear-groups",
                    Daemon.LAUNCHER.toString(),
                    "status",
                    "--socket",
                    socket().toString())) {
                int exit = status.awaitExit();
                // Where the repository lies in somebody's private directory, nobody else can run it.
                Assumptions.assumeFalse(exit == 126 || exit == 127, status.output());
                assertThat(status.output())
                        .contains("gatepool: permission denied: " + socket()
                                + " belongs to root:root (rw-------), and you are nobody");
                assertThat(exit).isEqualTo(4);
            }
        }
    }

    @Test
    void membersOfTheControlGroupAreServed() throws Exception {
        letEverybodyIn();
        try (Daemon daemon =
                Daemon.serve(directory, "[server]\nruntime_dir = \"run\"\ncontrol_group = \"adm\"\n" + APP)) {
            assertThat(mode()).isEqualTo("rw-rw----");
            assertThat(Files.getAttribute(socket(), "unix:gid")).isEqualTo(gid("adm"));
            assertThat(asNobody("--groups=" + gid("adm"))).contains("\"ok\"");
            assertThat(asNobody("--groups=" + gid("nogroup"))).contains("Permission denied");
            Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
            assertThat(asNobody("--groups=" + gid("nogroup"))).contains("\"code\":\"not-allowed\"");
        }
    }

    private static int gid(String group) throws Exception {
        return Files.readAllLines(Path.of("/etc/group")).stream()
                .filter(line -> line.startsWith(group + ":"))
                .mapToInt(line -> Integer.parseInt(line.split(":", -1)[2]))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aGroupThatIsNotThereIsAnObstacle() throws Exception {
        try (Daemon daemon =
                Daemon.launch(directory, "[server]\nruntime_dir = \"run\"\ncontrol_group = \"no-such\"\n" + APP)) {
            assertThat(daemon.running().awaitExit()).isNotZero();
            assertThat(daemon.log()).contains("control_group: there is no group 'no-such'");
        }
    }

    // ---- who tries to harm it ----

    @Test
    void oneLineBringsOneLine() throws Exception {
        try (Daemon daemon = Daemon.serve(directory, APP)) {
            assertThat(exchange("{\"command\":\"status\"}\n"))
                    .startsWith("{\"protocol\":1,\"ok\":{\"version\":")
                    .endsWith("}\n");
            assertThat(exchange("{\"command\":\"status\"}\nmore that nobody reads\n"))
                    .startsWith("{\"protocol\":1,\"ok\":");
            try (RawSocket client = RawSocket.unix(socket())) {
                client.send("{\"comm".getBytes(StandardCharsets.UTF_8));
                client.send("and\":\"status\"}".getBytes(StandardCharsets.UTF_8));
                client.shutdownOutput();
                assertThat(rest(client)).contains("\"ok\"");
            }
        }
    }

    @Test
    void garbageIsAnswered() throws Exception {
        try (Daemon daemon = Daemon.serve(directory, APP)) {
            assertThat(exchange("GET / HTTP/1.1\r\n\r\n")).contains("\"code\":\"bad-request\"", "'GET / HTTP/1.1");
            assertThat(exchange("\u0000\u00ff\n")).contains("\"code\":\"bad-request\"");
            assertThat(exchange("{\"command\":\"scale\",\"app\":\"nosuch\",\"workers\":1}\n"))
                    .contains("\"error\"");
            assertThat(exchange("x".repeat(8193))).contains("the request is longer than 8192 bytes");
            assertThat(exchange("{\"command\":\"status\",\"app\":\"" + "x".repeat(8000) + "\"}\n"))
                    .contains("unknown-app");
        }
    }

    /** Each of them is sent away within some seconds, and only then: nobody waits for long. */
    @Test
    void whoSaysNothingOrDoesNotListenIsSentAway() throws Exception {
        try (Daemon daemon = Daemon.serve(directory, APP);
                RawSocket silent = RawSocket.unix(socket());
                RawSocket slow = RawSocket.unix(socket())) {
            slow.send("{\"command\":".getBytes(StandardCharsets.UTF_8));
            assertThat(Gatepool.ask(directory, "status").exit()).isZero();
            assertThat(silent.read()).isEqualTo(-1);
            assertThat(slow.read()).isEqualTo(-1);
        }
    }

    @Test
    void hundredsOfConnectionsHurtNobody() throws Exception {
        try (Daemon daemon = Daemon.serve(directory, APP)) {
            List<RawSocket> crowd = new ArrayList<>();
            for (int client = 0; client < 300; client++) {
                crowd.add(RawSocket.unix(socket()));
            }
            assertThat(rest(crowd.get(299))).contains("\"code\":\"busy\"");
            assertThat(Call.get(daemon.port("slow", "http"), "/nothing").status())
                    .isEqualTo(404);
            crowd.forEach(RawSocket::close);
            Poll.until("there is room again", () -> exchange("{\"command\":\"status\"}\n")
                    .contains("\"ok\""));
        }
    }
}
