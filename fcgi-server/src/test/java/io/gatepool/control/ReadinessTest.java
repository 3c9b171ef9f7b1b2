package io.gatepool.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.control.AdminSources.Stage;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadinessTest {

    @Test
    void nothingStandsInTheWayWhenEveryAppIsWell() {
        assertThat(Readiness.obstacles(
                        Stage.SERVING, List.of(Snapshots.app("a", "ok", ""), Snapshots.app("b", "ok", ""))))
                .isEmpty();
    }

    @Test
    void everyAppThatIsNotWellIsNamedWithItsReason() {
        assertThat(Readiness.obstacles(
                        Stage.SERVING,
                        List.of(
                                Snapshots.app("a", "starting", ""),
                                Snapshots.app("b", "ok", ""),
                                Snapshots.app("c", "failing", "it ends"))))
                .containsExactly("a is starting", "c is failing: it ends");
    }

    @Test
    void theDaemonItselfMayNotBeReady() {
        assertThat(Readiness.obstacles(Stage.STOPPING, List.of())).containsExactly("gatepool is stopping");
        assertThat(Readiness.obstacles(Stage.STARTING, List.of())).containsExactly("gatepool is starting");
    }
}
