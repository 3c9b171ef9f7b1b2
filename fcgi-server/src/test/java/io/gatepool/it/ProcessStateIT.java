package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The state in which workers and scripts run, as they themselves see it, and what gatepool refuses to run. */
class ProcessStateIT {

    /** What a process tells of itself; the first line by a child that it forks at once. */
    private static final String TELL = """
            (echo "child $(cat /proc/self/oom_score_adj)")
            echo "oom $(cat /proc/self/oom_score_adj)"
            echo "uid $(id -u)"
            echo "gid $(id -g)"
            echo "groups $(id -G)"
            echo "umask $(umask)"
            echo "directory $(pwd)"
            echo "files $(ulimit -n)"
            echo "cpu-time $(ulimit -t)"
            echo "env $SHOP ${GATEPOOL_IT_PASSED-clean}"
            grep NoNewPrivs /proc/self/status
            """;

    private static final String STATE = """
            user = "www-data"
            group = "daemon"
            supplementary_groups = ["bin", "sys"]
            no_new_privileges = true
            umask = "027"
            chdir = "home"
            nice = 7
            oom_score_adj = 321
            limits = { files = 99, cpu = "1h" }
            env = { SHOP = "books" }
            """;

    private final Path directory;

    ProcessStateIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeEach
    void makeAHome() throws IOException {
        Needs.root();
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path home = Files.createDirectory(directory.resolve("home"));
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.createDirectory(directory.resolve("cgi"));
        Files.copy(Daemon.REPOSITORY.resolve("examples/apps/fastcgi/fastcgi.py"), directory.resolve("fastcgi.py"));
        program("counter.py", Files.readString(Daemon.REPOSITORY.resolve("examples/apps/fastcgi/counter.py")));
    }

    private Path program(String name, String text) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void assertState(String told) throws IOException {
        assertThat(told.lines().toList())
                .contains(
                        "child 321",
                        "oom 321",
                        "uid 33",
                        "gid 1",
                        "umask 0027",
                        "directory " + directory.toRealPath().resolve("home"),
                        "files 99",
                        "cpu-time 3600",
                        "env books clean",
                        "NoNewPrivs:\t1");
        String groups = told.lines()
                .filter(line -> line.startsWith("groups "))
                .findFirst()
                .orElseThrow();
        assertThat(List.of(groups.split(" "))).containsExactlyInAnyOrder("groups", "1", "2", "3");
    }

    @Test
    void aWorkerHasTheStateOfItsApp() throws Exception {
        Path worker = program("worker", "#!/bin/sh\n{ " + TELL + "} > told\nexec ../counter.py\n");
        try (Daemon daemon = Daemon.serve(directory, """
                [app.shop]
                kind = "fastcgi"
                command = ["%s"]
                workers.max = 1
                listen = "http:127.0.0.1:0"
                """.formatted(worker) + STATE)) {
            assertState(Files.readString(directory.resolve("home/told")));
            int pid = daemon.workers("shop").get(0);
            assertThat(niceOf(pid)).isEqualTo(niceOf(daemon.pid()) + 7);
            assertThat(Call.get(daemon.port("shop", "http"), "/").status()).isEqualTo(200);
        }
    }

    /** Field 19 of proc(5), where the name in parentheses is the second. */
    private static int niceOf(int pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Integer.toString(pid), "stat"));
        return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[16]);
    }

    @Test
    void aScriptHasTheStateOfItsApp() throws Exception {
        program("cgi/tell", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\n" + TELL + "nice\n");
        try (Daemon daemon = Daemon.serve(directory, """
                [app.shop]
                kind = "cgi"
                root = "%s"
                listen = "http:127.0.0.1:0"
                """.formatted(directory.resolve("cgi")) + STATE)) {
            Call.Answer answer = Call.get(daemon.port("shop", "http"), "/tell");
            assertState(answer.body());
            assertThat(answer.body()).endsWith("\n" + (niceOf(daemon.pid()) + 7) + "\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "user = \"www-data\""})
    void withAScoreTheReasonWhyAScriptIsNotExecutedIsTheSame(String user) throws Exception {
        program("cgi/broken", "#!/no/such/interpreter\n");
        program("cgi/text", "echo no program\n");
        try (Daemon daemon = Daemon.serve(directory, """
                [app.shop]
                kind = "cgi"
                root = "%s"
                listen = "http:127.0.0.1:0"
                oom_score_adj = 321
                """.formatted(directory.resolve("cgi")) + user)) {
            int port = daemon.port("shop", "http");
            assertThat(Call.get(port, "/broken").cause()).isEqualTo("interpreter-missing");
            assertThat(Call.get(port, "/text").cause()).isEqualTo("exec-format");
        }
    }

    private Running refused(String lines, String... before) throws IOException {
        Path file = Files.writeString(directory.resolve("gatepool.toml"), """
                [server]
                runtime_dir = "run"
                [app.shop]
                kind = "fastcgi"
                command = ["./worker"]
                listen = "http:127.0.0.1:0"
                """ + lines);
        List<String> command = new ArrayList<>(List.of(before));
        command.addAll(List.of(Daemon.LAUNCHER.toString(), "serve", "-c", file.toString()));
        return Running.start(directory, Map.of(), command.toArray(String[]::new));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nice = 1 | needs a user, since gatepool runs as root.*-R",
                "user = \"root\" | user: root is refused; start with -R",
                "user = \"no-such-user\" | user: there is no user 'no-such-user'",
                "user = \"nobody\"\\ngroup = \"no-such-group\" | group: there is no group 'no-such-group'"
            })
    void asRootNoAppStaysRootUnlessItIsAllowed(String lines, String complaint) throws Exception {
        try (Running daemon = refused(lines.replace("\\n", "\n"))) {
            assertThat(daemon.awaitExit()).isEqualTo(78);
            assertThat(daemon.output()).containsPattern("\\[app.shop\\] " + complaint);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nice = -1 | nice: a priority above gatepool's own needs CAP_SYS_NICE, .* write 0 to 19, or give it",
                "oom_score_adj = -1000 | oom_score_adj: a score below gatepool's own, -?\\d+, needs CAP_SYS_RESOURCE, "
            })
    void whatTheSystemWillNotPermitIsRefusedAtTheStart(String line, String complaint) throws Exception {
        try (Running daemon =
                refused("user = \"nobody\"\n" + line, "/usr/bin/setpriv", "--bounding-set=-sys_nice,-sys_resource")) {
            assertThat(daemon.awaitExit()).isEqualTo(78);
            assertThat(daemon.output()).containsPattern("\\[app.shop\\] " + complaint);
        }
    }
}
