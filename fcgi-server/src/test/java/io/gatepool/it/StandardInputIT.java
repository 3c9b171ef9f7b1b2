package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** gatepool started with a socket as descriptor 0: by spawn-fcgi, by inetd, by any FastCGI manager. */
class StandardInputIT {

    private static final String TESTAPP = Daemon.TEST_APPS.resolve("testapp.py").toString();

    private final Path directory;

    StandardInputIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private Path socket() {
        return directory.resolve("app.sock");
    }

    private static String app(String name, String... more) {
        return "[app." + name + "]\nkind = \"fastcgi\"\ncommand = [\"" + TESTAPP + "\"]\n" + String.join("\n", more)
                + "\n";
    }

    private static void assertAnswers(RawFastCgi connection) {
        try (connection) {
            assertThat(connection.request(1, false, "/pid", "").body()).contains("count ");
        }
    }

    @Test
    void underSpawnFcgiAShortFormServesFastCgi() throws Exception {
        Needs.program("spawn-fcgi", "spawn-fcgi");
        try (Running daemon = Running.start(
                directory,
                Map.of(),
                "/usr/bin/spawn-fcgi",
                "-n",
                "-s",
                socket().toString(),
                "--",
                Daemon.LAUNCHER.toString(),
                "fastcgi",
                "-R",
                "-w",
                "1",
                "--",
                TESTAPP)) {
            daemon.await("no -b: standard input is a socket that listens, so it is FastCGI that is served, and there");
            daemon.await("fastcgi on fd:0 \\(unix:.*app.sock\\)");
            daemon.await("ready in ");
            assertAnswers(RawFastCgi.unix(socket()));
            Daemon.signal(
                    Integer.parseInt(daemon.await("gatepool \\S+, pid (\\d+)").group(1)), "TERM");
            assertThat(daemon.awaitExit()).isZero();
            assertThat(socket()).exists();
        }
    }

    @Test
    void underSpawnFcgiADaemonWithAConfigurationServesDescriptor0() throws Exception {
        Needs.program("spawn-fcgi", "spawn-fcgi");
        Path log = directory.resolve("log");
        Path file = Files.writeString(
                directory.resolve("gatepool.toml"),
                "[server]\nruntime_dir = \"run\"\nlog = \"" + log + "\"\n" + app("one", "listen = \"fd:0\""));
        int port = Ports.free();
        // In the background, as it is by default: its outputs are /dev/null then.
        try (Running spawner = Running.start(
                directory,
                Map.of(),
                "/usr/bin/spawn-fcgi",
                "-a",
                "127.0.0.1",
                "-p",
                Integer.toString(port),
                "-P",
                directory.resolve("pid").toString(),
                "--",
                Daemon.LAUNCHER.toString(),
                "serve",
                "-R",
                "-c",
                file.toString())) {
            assertThat(spawner.awaitExit()).as(spawner.output()).isZero();
            int pid =
                    Integer.parseInt(Files.readString(directory.resolve("pid")).trim());
            try {
                // The socket listens already: the answer comes when gatepool is ready.
                assertAnswers(RawFastCgi.tcp(port));
                assertThat(Files.readString(log)).contains("one: fastcgi on fd:0 (127.0.0.1:" + port + ")");
            } finally {
                Daemon.signal(pid, "TERM");
                Poll.until("it has ended", () -> !Daemon.isAlive(pid));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"/dev/null", "/etc/hostname"})
    void aFileForStandardInputIsNoSocket(String input) throws Exception {
        int port = Ports.free();
        try (Running daemon = Running.start(
                directory,
                Map.of("PORT", Integer.toString(port)),
                "/bin/sh",
                "-c",
                "exec \"$0\" fastcgi -R -w 1 -- \"$1\" < " + input,
                Daemon.LAUNCHER.toString(),
                TESTAPP)) {
            daemon.await("http on 0.0.0.0:" + port);
            daemon.await("ready in ");
            try (RawHttp http = RawHttp.connect(port)) {
                assertThat(http.get("/pid").response().body()).contains("count ");
            }
            assertThat(daemon.output()).doesNotContain("no -b");
            Daemon.signal(
                    Integer.parseInt(daemon.await("gatepool \\S+, pid (\\d+)").group(1)), "TERM");
            assertThat(daemon.awaitExit()).isZero();
        }
    }

    @Test
    void withAnAddressStandardInputIsLeftAloneButToldOf() throws Exception {
        try (HandOver parent = HandOver.launch(
                directory,
                List.of("--zero", "a=unix:" + socket()),
                "fastcgi",
                "-R",
                "-w",
                "1",
                "-b",
                "127.0.0.1:0",
                "--",
                TESTAPP)) {
            parent.running().await("ready in ");
            assertThat(parent.log())
                    .contains("standard input is a socket that listens, unix:" + socket()
                            + ", and no app has it: listen = \"fd:0\"")
                    .doesNotContain("no -b");
        }
    }

    /** spawn-fcgi in the foreground: it becomes gatepool, and nobody else has the socket. */
    private Running spawnFcgi(String... command) throws Exception {
        Needs.program("spawn-fcgi", "spawn-fcgi");
        List<String> line =
                new ArrayList<>(List.of("/usr/bin/spawn-fcgi", "-n", "-s", socket().toString(), "-M", "0666", "--"));
        line.add(Daemon.LAUNCHER.toString());
        line.addAll(List.of(command));
        return Running.start(directory, Map.of(), line.toArray(String[]::new));
    }

    private static int pid(Running daemon) throws Exception {
        return Integer.parseInt(daemon.await("gatepool \\S+, pid (\\d+)").group(1));
    }

    private static void stop(Running daemon) throws Exception {
        Daemon.signal(pid(daemon), "TERM");
        assertThat(daemon.awaitExit()).as(daemon.output()).isZero();
    }

    // ---- an app without a listen ----

    @Test
    void theOnlyAppNeedsNoListenBehindNginx() throws Exception {
        Examples examples = Examples.copyTo(directory);
        Path file = HandOver.configure(directory, app("one"));
        try (Running daemon = spawnFcgi("serve", "-R", "-c", file.toString())) {
            daemon.await("one has no listen, and standard input is a socket that listens: so it is served in FastCGI");
            daemon.await("one: fastcgi on fd:0 \\(unix:.*app.sock\\)");
            daemon.await("ready in ");
            try (Nginx nginx = Nginx.start(examples, "nginx-spawn", "unix:" + socket(), false);
                    RawHttp http = RawHttp.connect(nginx.port())) {
                assertThat(http.get("/pid").response().body()).contains("count ");
                Daemon.signal(pid(daemon), "HUP");
                daemon.await("reloaded in ");
                assertThat(http.get("/pid").response().body()).contains("count ");
            }
            stop(daemon);
        }
    }

    @Test
    void oneOfSeveralAppsNeedsAListen() throws Exception {
        Path file = HandOver.configure(directory, app("one", "listen = \"127.0.0.1:0\"") + app("two"));
        try (Running daemon = spawnFcgi("serve", "-R", "-c", file.toString())) {
            assertThat(daemon.awaitExit()).isEqualTo(78);
            assertThat(daemon.output()).contains("[app.two] has no 'listen'").contains("\"fd:0\"");
        }
    }

    @Test
    void aListenThatIsWrittenCountsAndStandardInputIsToldOf() throws Exception {
        Path file = HandOver.configure(directory, app("one", "listen = \"127.0.0.1:0\""));
        try (Running daemon = spawnFcgi("serve", "-R", "-c", file.toString())) {
            daemon.await("standard input is a socket that listens, unix:.*, and no app has it");
            daemon.await("ready in ");
            assertThat(daemon.output()).doesNotContain("has no listen");
            stop(daemon);
        }
    }

    @Test
    void aSecondAppWithoutAListenIsRefusedByAReload() throws Exception {
        Path file = HandOver.configure(directory, app("one"));
        try (Running daemon = spawnFcgi("serve", "-R", "-c", file.toString())) {
            daemon.await("ready in ");
            HandOver.configure(directory, app("one") + app("two"));
            Daemon.signal(pid(daemon), "HUP");
            daemon.await("2 errors in 1 file");
            assertAnswers(RawFastCgi.unix(socket()));
            stop(daemon);
        }
    }

    // ---- how a socket may come ----

    @Test
    void itIsServedWhenOutputsAreTheSocketTooAsInetdHandsItOver() throws Exception {
        Path log = directory.resolve("log");
        Path file = Files.writeString(
                directory.resolve("gatepool.toml"),
                "[server]\nruntime_dir = \"run\"\nlog = \"" + log + "\"\n" + app("one"));
        try (HandOver parent = HandOver.launch(
                directory, List.of("--inetd", "a=unix:" + socket()), "serve", "-R", "-c", file.toString())) {
            parent.running().await("handover: pid");
            for (int request = 0; request < 20; request++) {
                assertAnswers(RawFastCgi.unix(socket()));
            }
            assertThat(Files.readString(log)).contains("one has no listen");
        }
    }

    @Test
    void systemdsStandardInputIsTheSameSocketAsTheOneByName() throws Exception {
        List<String> options = List.of("--input", "a=unix:" + socket());
        try (HandOver parent = HandOver.serve(directory, options, app("one", "listen = \"systemd:a\""))) {
            assertAnswers(RawFastCgi.unix(socket()));
            assertThat(parent.log()).doesNotContain("no app has it");
        }
        Files.delete(socket());
        Path file = HandOver.configure(directory, app("one", "listen = [\"systemd:a\", \"http:fd:0\"]"));
        try (HandOver parent = HandOver.launch(directory, options, "serve", "-R", "-c", file.toString())) {
            assertThat(parent.running().awaitExit()).isEqualTo(1);
            assertThat(parent.log())
                    .contains("cannot listen on fd:0: descriptor 0 (unix:" + socket() + ") is systemd:a as well");
        }
    }

    @Test
    void anEmptyEnvironmentIsEnough() throws Exception {
        Needs.program("spawn-fcgi", "spawn-fcgi");
        try (Running daemon = Running.start(
                directory,
                Map.of(),
                "/usr/bin/env",
                "-i",
                "/usr/bin/spawn-fcgi",
                "-n",
                "-s",
                socket().toString(),
                "--",
                Daemon.LAUNCHER.toString(),
                "fastcgi",
                "-R",
                "-w",
                "1",
                "--",
                TESTAPP)) {
            daemon.await("ready in ");
            assertAnswers(RawFastCgi.unix(socket()));
            stop(daemon);
        }
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1, false", "'10.0.0.1, 127.0.0.1', true"})
    void theManagersListOfWebServersCounts(String addresses, boolean in) throws Exception {
        try (HandOver parent = HandOver.launch(
                directory,
                Map.of("FCGI_WEB_SERVER_ADDRS", addresses),
                List.of("--zero", "a=tcp:127.0.0.1"),
                "fastcgi",
                "-R",
                "-w",
                "1",
                "--",
                TESTAPP)) {
            parent.running().await("ready in ");
            try (RawFastCgi connection = RawFastCgi.tcp(parent.port("a"))) {
                if (in) {
                    assertAnswers(connection);
                } else {
                    assertThat(connection.ends()).isTrue();
                }
            }
        }
    }

    @Test
    void aListOfWebServersThatIsNoneIsRefused() throws Exception {
        Path file = HandOver.configure(directory, app("one"));
        for (List<String> command :
                List.of(List.of("fastcgi", "-R", "--", TESTAPP), List.of("serve", "-R", "-c", file.toString()))) {
            try (HandOver parent = HandOver.launch(
                    directory,
                    Map.of("FCGI_WEB_SERVER_ADDRS", "127.0.0.1,www.example.org"),
                    List.of("--zero", "a=tcp:127.0.0.1"),
                    command.toArray(String[]::new))) {
                assertThat(parent.running().awaitExit()).isNotZero();
                assertThat(parent.log()).contains("FCGI_WEB_SERVER_ADDRS: \"www.example.org\" is no IP address");
            }
        }
    }

    // ---- what is no listening socket ----

    @Test
    void oneConnectionIsRefusedWithAReason() throws Exception {
        Path file = HandOver.configure(directory, app("one"));
        for (List<String> command :
                List.of(List.of("fastcgi", "-R", "--", TESTAPP), List.of("serve", "-R", "-c", file.toString()))) {
            try (HandOver parent =
                    HandOver.launch(directory, List.of("--zero", "a=accepted"), command.toArray(String[]::new))) {
                assertThat(parent.running().awaitExit()).isNotZero();
                assertThat(parent.log())
                        .containsPattern("standard input is one connection, come in at 127.0.0.1:\\d+, as of inetd's"
                                + " nowait or Accept=yes")
                        .contains("write wait, or Accept=no");
            }
        }
    }

    @Test
    void aSocketpairIsNoConnection() throws Exception {
        int port = Ports.free();
        try (HandOver parent = HandOver.launch(
                directory,
                Map.of("PORT", Integer.toString(port)),
                List.of("--zero", "a=connected"),
                "fastcgi",
                "-R",
                "-w",
                "1",
                "--",
                TESTAPP)) {
            parent.running().await("http on 0.0.0.0:" + port);
            parent.running().await("ready in ");
        }
    }

    // ---- the end ----

    @Test
    void whoComesWhenItIsStoppedIsRefusedAtOnceIfNobodyElseHasTheSocket() throws Exception {
        Path held = directory.resolve("held");
        try (Running daemon = spawnFcgi("fastcgi", "-R", "-w", "1", "--", TESTAPP)) {
            daemon.await("ready in ");
            RawFastCgi last = RawFastCgi.unix(socket());
            last.begin(1)
                    .params(1, RawFastCgi.get("/hold", "f=" + held))
                    .endStdin(1)
                    .send();
            Poll.until("it is being answered", () -> Files.exists(held));
            Daemon.signal(pid(daemon), "TERM");
            daemon.await("stopping: no new requests");
            Poll.until("connections are refused", this::isRefused);
            Files.delete(held);
            assertThat(last.answer(1).body()).contains("let go");
            last.close();
            assertThat(daemon.awaitExit()).isZero();
        }
    }

    private boolean isRefused() {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
            return !channel.isConnected();
        } catch (IOException e) {
            return true;
        }
    }
}
