package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** gatepool under Type=notify: a datagram socket listens in systemd's place. */
class SystemdIT {

    /** Prints each datagram in one line; the argument is a path, or an abstract name behind an @. */
    private static final String LISTENER = """
            import socket, sys, time
            s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            s.bind(sys.argv[1].replace('@', chr(0)))
            print('listening', flush=True)
            while True:
                print(s.recv(65536).decode().split(chr(10)), flush=True)
            """;

    private final Path directory;

    SystemdIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private Running listen(String name) throws Exception {
        Needs.program("python3", "python3");
        Running listener = Running.start(directory, Map.of(), "/usr/bin/python3", "-c", LISTENER, name);
        listener.await("listening");
        return listener;
    }

    private Running serve(String name, Map<String, String> more) throws Exception {
        Path file = Files.writeString(
                directory.resolve("gatepool.toml"), """
                [server]
                runtime_dir = "run"
                [app.raw]
                kind = "fastcgi"
                command = ["%s/fastcgi/counter.py"]
                workers.max = 1
                listen = "http:127.0.0.1:0"
                """.formatted(Daemon.REPOSITORY.resolve("examples/apps")));
        Map<String, String> variables = new HashMap<>(more);
        variables.put("NOTIFY_SOCKET", name);
        return Running.start(directory, variables, Daemon.LAUNCHER.toString(), "serve", "-R", "-c", file.toString());
    }

    private static int pid(Running daemon, String regex) throws Exception {
        return Integer.parseInt(daemon.await(regex).group(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"path", "abstract"})
    void itIsToldWhenItIsReadyThatItLivesAndThatItStops(String kind) throws Exception {
        String name = (kind.equals("path") ? "" : "@") + directory.resolve("notify");
        try (Running systemd = listen(name);
                Running daemon = serve(name, Map.of("WATCHDOG_USEC", "400000"))) {
            int pid = pid(daemon, "gatepool \\S+, pid (\\d+)");
            systemd.await("\\['READY=1', 'MAINPID=" + pid + "', 'STATUS=1 app, 1 worker'\\]");
            systemd.await("(?s)(\\['WATCHDOG=1'\\].*){3}");
            Daemon.signal(pid, "TERM");
            systemd.await("\\['STOPPING=1', 'STATUS=stopping'\\]");
            assertThat(daemon.awaitExit()).isZero();
        }
    }

    @Test
    void itsWorkersKnowNothingOfIt() throws Exception {
        String name = directory.resolve("notify").toString();
        try (Running systemd = listen(name);
                Running daemon = serve(name, Map.of("WATCHDOG_USEC", "60000000", "WATCHDOG_PID", "1"))) {
            systemd.await("READY=1");
            int worker = pid(daemon, "raw: workers (\\d+)");
            String environment = Files.readString(Path.of("/proc/" + worker + "/environ"), StandardCharsets.ISO_8859_1);
            assertThat(environment).contains("GATEPOOL_CHILD=").doesNotContain("NOTIFY_SOCKET", "WATCHDOG");
            Daemon.signal(pid(daemon, "gatepool \\S+, pid (\\d+)"), "TERM");
            assertThat(daemon.awaitExit()).isZero();
            assertThat(systemd.output()).as("another process is watched").doesNotContain("WATCHDOG");
        }
    }

    @Test
    void whenNobodyListensItServesAllTheSame() throws Exception {
        try (Running daemon = serve(directory.resolve("nobody").toString(), Map.of("WATCHDOG_USEC", "200000"))) {
            daemon.await("ready in ");
            daemon.await("WARN +NOTIFY_SOCKET: sendto\\(.*/nobody\\): ENOENT .*; systemd was not told");
            Daemon.signal(pid(daemon, "gatepool \\S+, pid (\\d+)"), "TERM");
            assertThat(daemon.awaitExit()).isZero();
            assertThat(daemon.output().split("NOTIFY_SOCKET", -1))
                    .as("said once")
                    .hasSize(2);
        }
    }
}
