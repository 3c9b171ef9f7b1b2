package io.gatepool.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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
    void othersAreNotFound() throws Exception {
        start(SLEEP, "A=b");
        start(SLEEP, "GATEPOOL_CHILD=" + mark + "-and-more:php/1");
        start(SLEEP, "GATEPOOL_CHILD=/more" + mark + ":php/1");
        start(SLEEP, "OLD_GATEPOOL_CHILD=" + mark + ":php/1");
        start(SLEEP, "TEXT=GATEPOOL_CHILD=" + mark + ":php/1");
        start(List.of("/bin/sleep", "600", "GATEPOOL_CHILD=" + mark + ":php/1"), "A=b");
        assertThat(Leftovers.find(mark)).isEmpty();
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
