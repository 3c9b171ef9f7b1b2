package io.gatepool.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a process has closed something, or ends: see {@link Child#isExiting}. */
class ChildEndTest {

    /** Waits for the end of what the child writes, and asks at once. Returns whether it was exiting then. */
    private static boolean isExitingAtTheEndOfItsOutput(String script) throws Exception {
        Pipe out = Pipe.fromChild();
        Pipe never = Pipe.fromChild();
        CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
        Child child;
        try {
            child = Processes.spawn(Processes.request(out, List.of("/bin/sh", "-c", script)), exit);
        } finally {
            out.closeChildEnd();
        }
        Descriptors.awaitReadable(out.ourEnd(), never.ourEnd());
        boolean exiting = child.isExiting();
        child.signal(Signals.KILL);
        exit.get(20, TimeUnit.SECONDS);
        assertThat(child.isExiting()).as("when it was reaped").isTrue();
        out.closeOurEnd();
        never.closeChildEnd();
        never.closeOurEnd();
        return exiting;
    }

    @ParameterizedTest
    @ValueSource(strings = {"kill -KILL $$", "exit 1", "exit 0"})
    void aProcessWhoseDescriptorsWereClosedByItsEndIsExiting(String script) throws Exception {
        for (int round = 0; round < 50; round++) {
            assertThat(isExitingAtTheEndOfItsOutput(script)).isTrue();
        }
    }

    @Test
    void aProcessThatHasClosedThemItselfIsNot() throws Exception {
        assertThat(isExitingAtTheEndOfItsOutput("exec >&- 2>&-; exec sleep 60")).isFalse();
    }
}
