package io.gatepool.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReaperTest {

    @Test
    void anExitCodeArrives() throws Exception {
        assertThat(Processes.run("/bin/sh", "-c", "exit 42").status()).isEqualTo(new ExitStatus(42, 0, false));
    }

    @Test
    void aDeadlySignalArrives() throws Exception {
        ExitStatus status = Processes.run("/bin/sh", "-c", "kill -SEGV $$").status();
        assertThat(status.signal()).isEqualTo(11);
        assertThat(status.describe()).startsWith("died of SIGSEGV");
    }

    @Test
    void aSignalReachesAChildUntilItWasReapedAndNeverAfter() throws Exception {
        Pipe out = Pipe.fromChild();
        CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
        Child child = Processes.spawn(Processes.request(out, List.of("/bin/sleep", "600")), exit);
        assertThat(child.signal(Signals.TERM)).isTrue();
        assertThat(exit.get(20, TimeUnit.SECONDS).signal()).isEqualTo(Signals.TERM);
        assertThat(child.signal(Signals.TERM)).isFalse();
        assertThat(child.signalGroup(Signals.KILL)).isFalse();
        out.closeChildEnd();
        out.closeOurEnd();
    }

    @Test
    void whatIsLeftOfTheGroupDiesWithItsLeader() throws Exception {
        Processes.Result result = Processes.run("/bin/sh", "-c", "sleep 600 >/dev/null & echo $!");
        Path grandchild = Path.of("/proc", result.output().trim());
        // It was killed before its parent was reaped; as a subreaper we get to reap it as a stray.
        while (Files.exists(grandchild)) {
            Thread.onSpinWait();
        }
        assertThat(grandchild).doesNotExist();
    }

    /** In a JVM of its own, since a process can have one reaper only. */
    @ParameterizedTest
    @EnumSource(Reaper.Mode.class)
    void everyStatusOfManyChildrenArrivesInBothModes(Reaper.Mode mode) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-Djnr.ffi.asm.enabled=false",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                ManyChildren.class.getName(),
                mode.name()));
        Processes.Result result = Processes.run(Duration.ofMinutes(5), command.toArray(String[]::new));
        assertThat(result.output())
                .isEqualTo("2000 of 2000 statuses right, 0 children left; "
                        + "2000 spawned, 2000 reaped, 0 strays, 0 killed\n");
        assertThat(result.status().isSuccess()).isTrue();
    }
}
