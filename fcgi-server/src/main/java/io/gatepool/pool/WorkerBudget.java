package io.gatepool.pool;

import java.util.concurrent.TimeUnit;

/**
 * How many workers all applications together may have (server.max_workers). An application that finds it used up makes
 * those that have idle workers to spare give one back. Event loop only.
 */
public final class WorkerBudget {

    private static final long WANTED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final int limit;
    private int used;
    private long refusedNanos;
    private boolean refused;

    /** @param limit {@link Integer#MAX_VALUE} for none */
    public WorkerBudget(int limit) {
        this.limit = limit;
    }

    /** Takes one out, if there is one left. */
    boolean take(long nowNanos) {
        if (used >= limit) {
            refused = true;
            refusedNanos = nowNanos;
            return false;
        }
        used++;
        return true;
    }

    void giveBack() {
        used--;
    }

    /** Whether somebody has been refused one a moment ago. */
    boolean isWanted(long nowNanos) {
        return refused && nowNanos - refusedNanos < WANTED_NANOS;
    }

    int limit() {
        return limit;
    }
}
