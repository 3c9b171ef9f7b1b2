package io.gatepool.pool;

/**
 * How many workers all applications together may have (server.max_workers). An application that finds it used up makes
 * those that have idle workers to spare give one back. Event loop only.
 */
public final class WorkerBudget {

    private final int limit;
    private int used;
    private boolean wanted;
    private int promised;

    /** @param limit {@link Integer#MAX_VALUE} for none */
    public WorkerBudget(int limit) {
        this.limit = limit;
    }

    /** Takes one out, if there is one left. */
    boolean take() {
        if (used >= limit) {
            wanted = promised == 0;
            return false;
        }
        used++;
        return true;
    }

    /**
     * Whether somebody has been refused one for whom nobody has stopped a worker yet; the caller does so now, and calls
     * {@link #giveBack} when it has ended.
     */
    boolean claim() {
        boolean due = wanted;
        if (due) {
            wanted = false;
            promised++;
        }
        return due;
    }

    void giveBack() {
        used--;
        promised = Math.max(0, promised - 1);
    }

    int limit() {
        return limit;
    }
}
