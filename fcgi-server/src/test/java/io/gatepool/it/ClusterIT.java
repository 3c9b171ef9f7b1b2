package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * examples/cluster as it is: three gatepools behind HAProxy, and behind nginx, each in a network of its own. Its load
 * goes on for as long as something happens to them, counts every answer, and fails when one was not 200.
 */
@ParameterizedClass
@ValueSource(strings = {"haproxy", "nginx"})
class ClusterIT {

    private static final Pattern COUNTED = Pattern.compile("(\\w+): (\\d+) answered \\((.*)\\), (\\d+) failed");
    private static final List<String> MEMBERS = List.of("1", "2", "3");

    /** Of namespaces, which belong to the whole machine. */
    private static final String NAME = "gpit" + ProcessHandle.current().pid();

    private static Path directory;

    @Parameter
    private String front = "";

    @BeforeAll
    static void copy(@TempDir Path temporary) throws Exception {
        directory = temporary;
        Needs.root();
        Needs.program("haproxy", "haproxy");
        Needs.program("nginx", "nginx-light");
        Needs.program("ip", "iproute2");
        Needs.program("curl", "curl");
        Needs.program("python3", "python3");
        Needs.success("no network of its own can be made here", List.of("/usr/bin/unshare", "--net", "/bin/true"));
        Examples.copyTo(directory);
    }

    @BeforeParameterizedClassInvocation
    static void up(String front) throws Exception {
        succeed(front, "up");
    }

    @AfterParameterizedClassInvocation
    static void down(String front) throws Exception {
        succeed(front, "down");
    }

    private static Running start(String front, String... arguments) throws IOException {
        Map<String, String> variables = Map.of("CLUSTER", NAME, "FRONT", front, "GATEPOOL", Daemon.LAUNCHER.toString());
        String[] command = new String[arguments.length + 1];
        command[0] = script();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return Running.start(directory, variables, command);
    }

    private static String script() {
        return directory.resolve("examples/cluster/cluster").toString();
    }

    /** Runs the sample's script, and returns what it printed. */
    private static String succeed(String front, String... arguments) throws Exception {
        try (Running running = start(front, arguments)) {
            assertThat(running.awaitExit()).as(() -> running.output() + logs()).isZero();
            return running.output();
        }
    }

    private static String logs() {
        StringBuilder text = new StringBuilder();
        for (String who : List.of("front", "gatepool-1", "gatepool-2", "gatepool-3")) {
            try {
                text.append("\n--- ").append(who).append('\n').append(log(who));
            } catch (IOException e) {
                text.append(e);
            }
        }
        return text.toString();
    }

    private static String log(String who) throws IOException {
        Path log = directory.resolve("target/cluster/" + who + ".log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    private static String pid(String member) throws IOException {
        return Files.readString(directory.resolve("target/cluster/" + member + ".pid"))
                .strip();
    }

    private static Matcher counted(String output) {
        Matcher counted = COUNTED.matcher(output);
        assertThat(counted.find()).as(output).isTrue();
        return counted;
    }

    @Test
    void aRollingRestartLosesNoGet() throws Exception {
        List<String> before = List.of(pid("1"), pid("2"), pid("3"));
        Matcher counted = counted(succeed(front, "load", script(), "roll"));
        assertThat(counted.group(1)).isEqualTo("GET");
        assertThat(counted.group(4)).isEqualTo("0");
        assertThat(counted.group(3).split(", ")).as("who has answered").hasSize(MEMBERS.size());
        for (String member : MEMBERS) {
            assertThat(before).doesNotContain(pid(member));
            assertThat(log("gatepool-" + member))
                    .contains("drained: ", "stopping: ", "stopped")
                    .doesNotContain("requests are cut off");
        }
    }

    @Test
    void killingOneAndStartingItAgainLosesNoGet() throws Exception {
        int killed = Integer.parseInt(pid("2"));
        assertThat(Daemon.isAlive(killed)).isTrue();
        String both = "'%1$s' kill 2 && '%1$s' start 2".formatted(script());
        assertThat(counted(succeed(front, "load", "sh", "-c", both)).group(4)).isEqualTo("0");
        assertThat(Daemon.isAlive(killed)).isFalse();
    }

    @Test
    void oneKilledWhileAnotherIsDrainedLosesNoGet() throws Exception {
        String both = "'%1$s' restart 3 & '%1$s' kill 1 && wait $! && '%1$s' start 1".formatted(script());
        assertThat(counted(succeed(front, "load", "sh", "-c", both)).group(4)).isEqualTo("0");
    }

    @Test
    void theLoadNoticesWhatIsLost() throws Exception {
        // The measure itself: when all three are drained, there must be failures.
        String all = "for n in 1 2 3; do '%s' tell $n drain shop; done".formatted(script())
                + "; for n in 1 2 3; do '%s' tell $n resume shop; done".formatted(script());
        try (Running load = start(front, "load", "sh", "-c", all)) {
            assertThat(load.awaitExit()).isEqualTo(1);
            assertThat(Integer.parseInt(counted(load.output()).group(4))).isPositive();
        }
        for (String member : MEMBERS) {
            succeed(front, "start", member);
        }
    }
}
