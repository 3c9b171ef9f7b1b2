package io.gatepool.pool;

import static io.gatepool.pool.WorkerEvent.CONNECTION_LOST;
import static io.gatepool.pool.WorkerEvent.DISPATCHED;
import static io.gatepool.pool.WorkerEvent.DONE;
import static io.gatepool.pool.WorkerEvent.EXITED;
import static io.gatepool.pool.WorkerEvent.READY;
import static io.gatepool.pool.WorkerEvent.RECYCLE;
import static io.gatepool.pool.WorkerEvent.SPAWNED;
import static io.gatepool.pool.WorkerEvent.STOP;
import static io.gatepool.pool.WorkerEvent.TIMEOUT;
import static io.gatepool.pool.WorkerState.BACKOFF;
import static io.gatepool.pool.WorkerState.BUSY;
import static io.gatepool.pool.WorkerState.DEAD;
import static io.gatepool.pool.WorkerState.DRAINING;
import static io.gatepool.pool.WorkerState.IDLE;
import static io.gatepool.pool.WorkerState.STARTING;
import static io.gatepool.pool.WorkerState.STOPPING;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * The life of a worker as one table, in the manner of s6: for every state and every event the next state and what is to
 * be done. docs/workers.md prints it; a cell that is not filled below is an event that cannot happen in that state.
 */
final class WorkerTable {

    /** What is to be done. */
    enum Action {
        NOTHING("-"),
        /** Ask it whether it is ready. */
        PROBE("probe"),
        /** Let it take requests. */
        SERVE("serve"),
        /** No more requests for it; let it end those it has. */
        WITHDRAW("withdraw"),
        /** TERM, after a dump if it hangs; its idle connections are closed. */
        TERMINATE("terminate"),
        KILL("kill"),
        /** Learn what it has left, tell why it has ended, think of a successor. */
        MOURN("mourn"),
        /** Its place is free. */
        FORGET("forget"),
        /** A mistake of gatepool's own: tell it, and stay. */
        COMPLAIN("impossible");

        private final String text;

        Action(String text) {
            this.text = text;
        }
    }

    record Cell(WorkerState next, Action action) {}

    private static final Map<WorkerState, Map<WorkerEvent, Cell>> CELLS = new EnumMap<>(WorkerState.class);

    static {
        for (WorkerState state : WorkerState.values()) {
            CELLS.put(state, new EnumMap<>(WorkerEvent.class));
            for (WorkerEvent event : WorkerEvent.values()) {
                cell(state, event, state, Action.COMPLAIN);
            }
        }
        cell(STARTING, SPAWNED, STARTING, Action.PROBE);
        cell(STARTING, READY, IDLE, Action.SERVE);
        cell(STARTING, EXITED, BACKOFF, Action.MOURN);
        cell(STARTING, TIMEOUT, STOPPING, Action.TERMINATE);
        cell(STARTING, RECYCLE, STOPPING, Action.TERMINATE);
        cell(STARTING, STOP, STOPPING, Action.TERMINATE);

        cell(IDLE, DISPATCHED, BUSY, Action.NOTHING);
        cell(IDLE, CONNECTION_LOST, IDLE, Action.NOTHING);
        cell(IDLE, EXITED, DEAD, Action.MOURN);
        cell(IDLE, TIMEOUT, STOPPING, Action.TERMINATE);
        cell(IDLE, RECYCLE, STOPPING, Action.TERMINATE);
        cell(IDLE, STOP, STOPPING, Action.TERMINATE);

        cell(BUSY, DISPATCHED, BUSY, Action.NOTHING);
        cell(BUSY, DONE, IDLE, Action.NOTHING);
        cell(BUSY, CONNECTION_LOST, BUSY, Action.NOTHING);
        cell(BUSY, EXITED, DEAD, Action.MOURN);
        cell(BUSY, TIMEOUT, DRAINING, Action.WITHDRAW);
        cell(BUSY, RECYCLE, DRAINING, Action.WITHDRAW);
        cell(BUSY, STOP, STOPPING, Action.TERMINATE);

        cell(DRAINING, DONE, STOPPING, Action.TERMINATE);
        cell(DRAINING, CONNECTION_LOST, DRAINING, Action.NOTHING);
        cell(DRAINING, EXITED, DEAD, Action.MOURN);
        cell(DRAINING, TIMEOUT, STOPPING, Action.TERMINATE);
        cell(DRAINING, RECYCLE, DRAINING, Action.NOTHING);
        cell(DRAINING, STOP, STOPPING, Action.TERMINATE);

        // Born after it was given up.
        cell(STOPPING, SPAWNED, STOPPING, Action.TERMINATE);
        cell(STOPPING, DONE, STOPPING, Action.NOTHING);
        cell(STOPPING, CONNECTION_LOST, STOPPING, Action.NOTHING);
        cell(STOPPING, EXITED, DEAD, Action.MOURN);
        cell(STOPPING, TIMEOUT, STOPPING, Action.KILL);
        cell(STOPPING, RECYCLE, STOPPING, Action.NOTHING);
        cell(STOPPING, STOP, STOPPING, Action.NOTHING);

        cell(BACKOFF, TIMEOUT, DEAD, Action.FORGET);
        cell(BACKOFF, RECYCLE, DEAD, Action.FORGET);
        cell(BACKOFF, STOP, DEAD, Action.FORGET);

        // The news of its last requests may come after that of its end.
        cell(DEAD, DONE, DEAD, Action.NOTHING);
        cell(DEAD, CONNECTION_LOST, DEAD, Action.NOTHING);
        cell(DEAD, TIMEOUT, DEAD, Action.NOTHING);
        cell(DEAD, RECYCLE, DEAD, Action.NOTHING);
        cell(DEAD, STOP, DEAD, Action.NOTHING);
    }

    private WorkerTable() {}

    private static void cell(WorkerState state, WorkerEvent event, WorkerState next, Action action) {
        row(state).put(event, new Cell(next, action));
    }

    private static Map<WorkerEvent, Cell> row(WorkerState state) {
        return Objects.requireNonNull(CELLS.get(state));
    }

    static Cell at(WorkerState state, WorkerEvent event) {
        return Objects.requireNonNull(row(state).get(event));
    }

    /** The table as docs/workers.md has it: a row for every state, a column for every event. */
    static String markdown() {
        StringBuilder table = new StringBuilder("| |");
        for (WorkerEvent event : WorkerEvent.values()) {
            table.append(' ').append(event).append(" |");
        }
        table.append("\n|---|")
                .append("---|".repeat(WorkerEvent.values().length))
                .append('\n');
        for (WorkerState state : WorkerState.values()) {
            table.append("| **").append(state).append("** |");
            for (WorkerEvent event : WorkerEvent.values()) {
                table.append(' ').append(text(state, at(state, event))).append(" |");
            }
            table.append('\n');
        }
        return table.toString();
    }

    private static String text(WorkerState state, Cell cell) {
        if (cell.action() == Action.COMPLAIN) {
            return "";
        }
        String next = cell.next() == state ? "stay" : cell.next().toString();
        return cell.action() == Action.NOTHING
                ? next
                : next + ", " + cell.action().text.toLowerCase(Locale.ROOT);
    }
}
