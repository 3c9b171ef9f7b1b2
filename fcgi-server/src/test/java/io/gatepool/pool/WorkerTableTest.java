package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every cell of the table, by hand; and what must hold for all of them. */
class WorkerTableTest {

    @ParameterizedTest
    @CsvSource({
        "STARTING, SPAWNED, STARTING, PROBE",
        "STARTING, READY, IDLE, SERVE",
        "STARTING, DISPATCHED, STARTING, COMPLAIN",
        "STARTING, DONE, STARTING, COMPLAIN",
        "STARTING, CONNECTION_LOST, STARTING, COMPLAIN",
        "STARTING, EXITED, BACKOFF, MOURN",
        "STARTING, TIMEOUT, STOPPING, TERMINATE",
        "STARTING, RECYCLE, STOPPING, TERMINATE",
        "STARTING, STOP, STOPPING, TERMINATE",
        "IDLE, SPAWNED, IDLE, COMPLAIN",
        "IDLE, READY, IDLE, COMPLAIN",
        "IDLE, DISPATCHED, BUSY, NOTHING",
        "IDLE, DONE, IDLE, COMPLAIN",
        "IDLE, CONNECTION_LOST, IDLE, NOTHING",
        "IDLE, EXITED, DEAD, MOURN",
        "IDLE, TIMEOUT, STOPPING, TERMINATE",
        "IDLE, RECYCLE, STOPPING, TERMINATE",
        "IDLE, STOP, STOPPING, TERMINATE",
        "BUSY, SPAWNED, BUSY, COMPLAIN",
        "BUSY, READY, BUSY, COMPLAIN",
        "BUSY, DISPATCHED, BUSY, NOTHING",
        "BUSY, DONE, IDLE, NOTHING",
        "BUSY, CONNECTION_LOST, BUSY, NOTHING",
        "BUSY, EXITED, DEAD, MOURN",
        "BUSY, TIMEOUT, DRAINING, WITHDRAW",
        "BUSY, RECYCLE, DRAINING, WITHDRAW",
        "BUSY, STOP, STOPPING, TERMINATE",
        "DRAINING, SPAWNED, DRAINING, COMPLAIN",
        "DRAINING, READY, DRAINING, COMPLAIN",
        "DRAINING, DISPATCHED, DRAINING, COMPLAIN",
        "DRAINING, DONE, STOPPING, TERMINATE",
        "DRAINING, CONNECTION_LOST, DRAINING, NOTHING",
        "DRAINING, EXITED, DEAD, MOURN",
        "DRAINING, TIMEOUT, STOPPING, TERMINATE",
        "DRAINING, RECYCLE, DRAINING, NOTHING",
        "DRAINING, STOP, STOPPING, TERMINATE",
        "STOPPING, SPAWNED, STOPPING, TERMINATE",
        "STOPPING, READY, STOPPING, COMPLAIN",
        "STOPPING, DISPATCHED, STOPPING, COMPLAIN",
        "STOPPING, DONE, STOPPING, NOTHING",
        "STOPPING, CONNECTION_LOST, STOPPING, NOTHING",
        "STOPPING, EXITED, DEAD, MOURN",
        "STOPPING, TIMEOUT, STOPPING, KILL",
        "STOPPING, RECYCLE, STOPPING, NOTHING",
        "STOPPING, STOP, STOPPING, NOTHING",
        "BACKOFF, SPAWNED, BACKOFF, COMPLAIN",
        "BACKOFF, READY, BACKOFF, COMPLAIN",
        "BACKOFF, DISPATCHED, BACKOFF, COMPLAIN",
        "BACKOFF, DONE, BACKOFF, COMPLAIN",
        "BACKOFF, CONNECTION_LOST, BACKOFF, COMPLAIN",
        "BACKOFF, EXITED, BACKOFF, COMPLAIN",
        "BACKOFF, TIMEOUT, DEAD, FORGET",
        "BACKOFF, RECYCLE, DEAD, FORGET",
        "BACKOFF, STOP, DEAD, FORGET",
        "DEAD, SPAWNED, DEAD, COMPLAIN",
        "DEAD, READY, DEAD, COMPLAIN",
        "DEAD, DISPATCHED, DEAD, COMPLAIN",
        "DEAD, DONE, DEAD, NOTHING",
        "DEAD, CONNECTION_LOST, DEAD, NOTHING",
        "DEAD, EXITED, DEAD, COMPLAIN",
        "DEAD, TIMEOUT, DEAD, NOTHING",
        "DEAD, RECYCLE, DEAD, NOTHING",
        "DEAD, STOP, DEAD, NOTHING"
    })
    void everyCell(WorkerState state, WorkerEvent event, WorkerState next, WorkerTable.Action action) {
        assertThat(WorkerTable.at(state, event)).isEqualTo(new WorkerTable.Cell(next, action));
    }

    @ParameterizedTest
    @EnumSource
    void aProcessThatHasEndedIsNeverInServiceAgain(WorkerState state) {
        WorkerTable.Cell end = WorkerTable.at(state, WorkerEvent.EXITED);
        assertThat(end.next()).isIn(WorkerState.BACKOFF, WorkerState.DEAD);
        assertThat(end.action()).isIn(WorkerTable.Action.MOURN, WorkerTable.Action.COMPLAIN);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsStoppedNeverComesBack(WorkerState state) {
        assertThat(WorkerTable.at(state, WorkerEvent.STOP).next()).isIn(WorkerState.STOPPING, WorkerState.DEAD);
        for (WorkerEvent event : WorkerEvent.values()) {
            assertThat(WorkerTable.at(WorkerState.STOPPING, event).next())
                    .as("%s", event)
                    .isIn(WorkerState.STOPPING, WorkerState.DEAD);
            assertThat(WorkerTable.at(WorkerState.DEAD, event).next())
                    .as("%s", event)
                    .isEqualTo(WorkerState.DEAD);
        }
    }

    @ParameterizedTest
    @EnumSource
    void noRequestGoesToOneThatIsNotReady(WorkerState state) {
        boolean possible = WorkerTable.at(state, WorkerEvent.DISPATCHED).action() != WorkerTable.Action.COMPLAIN;
        assertThat(possible).isEqualTo(state.isReady());
    }

    @Test
    void theDocumentShowsTheTable() throws IOException {
        assertThat(Files.readString(Path.of("../docs/workers.md"))).contains(WorkerTable.markdown());
    }
}
