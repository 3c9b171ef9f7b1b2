package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** gatepool as the first process of a container: a namespace of process ids of its own. */
class PidOneIT {

    private static final List<String> CONTAINER = List.of("/usr/bin/unshare", "--pid", "--fork", "--mount-proc");

    private final Path directory;

    PidOneIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeEach
    void needsNamespaces() throws Exception {
        Needs.root();
        List<String> probe = new ArrayList<>(CONTAINER);
        probe.add("/bin/true");
        Needs.success("no namespaces of process ids here", probe);
    }

    private Running serve() throws IOException {
        Path file = Files.writeString(
                directory.resolve("gatepool.toml"), """
                [server]
                runtime_dir = "run"
                [app.raw]
                kind = "fastcgi"
                command = ["%s/fastcgi/counter.py"]
                workers.max = 2
                listen = "http:127.0.0.1:0"
                """.formatted(Daemon.REPOSITORY.resolve("examples/apps")));
        List<String> command = new ArrayList<>(CONTAINER);
        command.addAll(List.of(Daemon.LAUNCHER.toString(), "serve", "-R", "-c", file.toString()));
        return Running.start(directory, Map.of(), command.toArray(String[]::new));
    }

    /** Its process id as we see it. */
    private int outerPid() throws IOException {
        for (int pid : inside()) {
            if (innerPid(pid) == 1) {
                return pid;
            }
        }
        throw new AssertionError("no pid 1 of the container");
    }

    /** All that run in the container, as we see them: those that work on our configuration, and their like. */
    private List<Integer> inside() throws IOException {
        List<Integer> pids = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                int pid = Integer.parseInt(process.getFileName().toString());
                if (innerPid(pid) > 0 && isOurs(process)) {
                    pids.add(pid);
                }
            }
        }
        return pids;
    }

    private boolean isOurs(Path process) {
        try {
            return Files.readString(process.resolve("cmdline")).contains(directory.toString())
                    || Files.readString(process.resolve("environ")).contains(directory.toString());
        } catch (IOException e) {
            return false;
        }
    }

    /** Its id in a namespace below ours; 0 if it is in ours, or gone. */
    private static int innerPid(int pid) {
        try {
            Matcher ids = Pattern.compile("(?m)^NSpid:\\s+\\d+\\s+(\\d+)$")
                    .matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
            return ids.find() ? Integer.parseInt(ids.group(1)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private String enter(int outerPid, String script) throws Exception {
        return Programs.run(
                directory,
                "/usr/bin/nsenter",
                "--target",
                Integer.toString(outerPid),
                "--pid",
                "--mount",
                "/bin/sh",
                "-c",
                script);
    }

    @ParameterizedTest
    @CsvSource({"TERM, outside", "TERM, inside", "INT, inside"})
    void itEndsOnASignalAndLeavesNothing(String signal, String from) throws Exception {
        try (Running daemon = serve()) {
            daemon.await("gatepool \\S+, pid 1,");
            daemon.await("ready in .*2 workers");
            int pid = outerPid();
            assertThat(inside()).hasSize(3);
            if (from.equals("inside")) {
                enter(pid, "kill -" + signal + " 1");
            } else {
                Daemon.signal(pid, signal);
            }
            assertThat(daemon.awaitExit()).isZero();
            assertThat(inside()).isEmpty();
            assertThat(daemon.output()).containsPattern("stopped\\s*$");
        }
    }

    @Test
    void itReapsOrphansThatItNeverKnew() throws Exception {
        try (Running daemon = serve()) {
            daemon.await("ready in ");
            int pid = outerPid();
            enter(pid, "for i in 1 2 3; do sleep 0.01 & done; exec true");
            Poll.until("no zombie is left", () -> children(pid) == 2);
            Daemon.signal(pid, "TERM");
            assertThat(daemon.awaitExit()).isZero();
            daemon.await("children: 2 spawned, 2 reaped, 3 strays, 0 killed");
        }
    }

    /** How many children its threads have, zombies among them. */
    private static int children(int pid) {
        int children = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads) {
                String pids = Files.readString(thread.resolve("children")).strip();
                children += pids.isEmpty() ? 0 : pids.split(" ").length;
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return children;
    }
}
