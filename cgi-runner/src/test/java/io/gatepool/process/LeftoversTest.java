package io.gatepool.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real processes with marks of their own, so that nothing else is ever found. */
@Timeout(60)
class LeftoversTest {

    private static final List<String> SLEEP = List.of("/bin/sleep", "600");

    private final String mark = "/run/test-" + UUID.randomUUID();
    private final List<Running> running = new ArrayList<>();

    private record Running(Child child, CompletableFuture<ExitStatus> exit) {
        int pid() {
            return child.pid();
        }

        ExitStatus end() throws Exception {
            return exit.get(20, TimeUnit.SECONDS);
        }
    }

    private Running start(List<String> command, String... environment) throws Exception {
        int none = Processes.SPAWNER.devNull();
        CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
        Child child = Processes.spawn(
                new SpawnRequest(
                        Command.plain(
                                Command.bytes(command),
                                Command.bytes(List.of(environment)),
                                "/".getBytes(StandardCharsets.UTF_8),
                                022,
                                false,
                                true),
                        none,
                        none,
                        none),
                exit);
        Running started = new Running(child, exit);
        running.add(started);
        return started;
    }

    @AfterEach
    void nothingStays() {
        for (Running process : running) {
            process.child().signal(Signals.KILL);
        }
    }

    private long sleeping() {
        return Leftovers.find(mark).stream()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .flatMap(process -> process.info().command().stream())
                .filter(command -> command.endsWith("/sleep"))
                .count();
    }

    @Test
    void whatCarriesTheMarkIsFoundWhereverItStands() throws Exception {
        int first = start(SLEEP, "GATEPOOL_CHILD=" + mark + ":php/1", "A=b").pid();
        int middle =
                start(SLEEP, "A=b", "GATEPOOL_CHILD=" + mark + ":php/2", "C=d").pid();
        int last = start(SLEEP, "A=b", "GATEPOOL_CHILD=" + mark + ":php/3").pid();
        assertThat(Leftovers.find(mark)).containsExactlyInAnyOrder(first, middle, last);
    }

    @Test
    void whatExecutesAnotherProgramAgainAndAgainIsFoundAtEveryLook(@TempDir Path directory) throws Exception {
        Path script = Files.writeString(directory.resolve("again"), "exec /bin/sh \"$0\"\n");
        int pid = start(List.of("/bin/sh", script.toString()), "GATEPOOL_CHILD=" + mark + ":php/1")
                .pid();
        for (int look = 0; look < 500; look++) {
            assertThat(Leftovers.find(mark)).as("look %d", look).containsExactly(pid);
        }
    }

    @Test
    void aMarkBehindALargeEnvironmentIsFound() throws Exception {
        for (int size : List.of(16 * 1024 - 3, 16 * 1024 - 2, 100_000)) {
            int pid = start(SLEEP, "A=" + "x".repeat(size - 3), "GATEPOOL_CHILD=" + mark + size + ":php/1")
                    .pid();
            assertThat(Leftovers.find(mark + size)).containsExactly(pid);
        }
    }

    @Test
    void othersAreNotFound() throws Exception {
        start(SLEEP, "A=b");
        start(SLEEP, "GATEPOOL_CHILD=" + mark + "-and-more:php/1");
        start(SLEEP, "GATEPOOL_CHILD=/more" + mark + ":php/1");
        start(SLEEP, "OLD_GATEPOOL_CHILD=" + mark + ":php/1");
        start(SLEEP, "TEXT=GATEPOOL_CHILD=" + mark + ":php/1");
        start(List.of("/bin/sleep", "600", "GATEPOOL_CHILD=" + mark + ":php/1"), "A=b");
        assertThat(Leftovers.find(mark)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "same,    false", // as systemd's PrivateTmp has it
        "other,   true", // a container
        "without, false" // a chroot
    })
    void thoseForWhomThePathMeansAnotherDirectoryAreOthers(String root, boolean elsewhere, @TempDir Path directory)
            throws Exception {
        Path ours = Files.createDirectory(directory.resolve("a:%3A"));
        Path below = Path.of(ours.toString().substring(1));
        Files.createDirectories(directory.resolve("other").resolve(below).getParent());
        Files.createDirectory(directory.resolve("other").resolve(below));
        Files.createDirectory(directory.resolve("without"));
        Path tree = root.equals("same") ? Path.of("/") : directory.resolve(root);
        assertThat(Leftovers.isElsewhere(tree, Leftovers.mark(ours))).isEqualTo(elsewhere);
    }

    @Test
    void whatLivesInAnotherFileTreeIsLeftAlone(@TempDir Path directory) throws Exception {
        assumeTrue(User.current().isRoot(), "only root can change the root directory");
        Path ours = Files.createDirectory(directory.resolve("run"));
        Path theirs = directory.resolve("tree").resolve(ours.toString().substring(1));
        Files.createDirectories(theirs);
        String mark = "GATEPOOL_CHILD=" + Leftovers.mark(ours) + ":app/1";
        // The program has its library open before the new root counts.
        List<String> inside = List.of(
                "/usr/bin/perl",
                "-e",
                "chroot $ARGV[0] or die; chdir '/'; sleep 600",
                directory.resolve("tree").toString());
        int other = start(inside, mark).pid();
        int own = start(SLEEP, mark).pid();
        while (Files.isSameFile(Path.of("/proc/" + other + "/root"), Path.of("/"))) {
            Thread.sleep(1);
        }
        assertThat(Leftovers.find(Leftovers.mark(ours))).containsExactly(own);
    }

    @Test
    void killingEndsWhatIsFoundAndNothingElse() throws Exception {
        Running ours = start(SLEEP, "GATEPOOL_CHILD=" + mark + ":php/1");
        Running others = start(SLEEP, "GATEPOOL_CHILD=" + mark + "-and-more:php/1");
        assertThat(Leftovers.kill(mark)).isEqualTo(1);
        assertThat(ours.end().signal()).isEqualTo(Signals.KILL);
        assertThat(others.exit()).isNotDone();
    }

    @Test
    void whatHasLeftItsGroupIsKilledToo() throws Exception {
        Running parent = start(
                List.of("/bin/sh", "-c", "setsid sleep 600 & exec sleep 600"),
                "PATH=/usr/bin:/bin",
                "GATEPOOL_CHILD=" + mark + ":php/1");
        while (sleeping() < 2) {
            Thread.onSpinWait();
        }
        assertThat(Leftovers.kill(mark)).isEqualTo(2);
        assertThat(parent.end().signal()).isEqualTo(Signals.KILL);
        assertThat(Leftovers.find(mark)).isEmpty();
    }

    @Test
    void withNothingToKillNothingIsKilled() {
        assertThat(Leftovers.kill(mark)).isZero();
    }
}
