package io.gatepool.pool;

import java.util.HashSet;
import java.util.Set;

/**
 * How many workers all applications together may have (server.max_workers). Whoever finds it used up wishes for one,
 * and as long as he does, those that have idle workers to spare give one back. Event loop only.
 */
public final class WorkerBudget {

    private final int limit;
    /** The pools that have been refused one and still need it. */
    private final Set<Object> wishing = new HashSet<>();

    private int used;
    private int promised;

    /** @param limit {@link Integer#MAX_VALUE} for none */
    public WorkerBudget(int limit) {
        this.limit = limit;
    }

    /** Takes one out, if there is one left; else {@code pool} wishes for one from now on. */
    boolean take(Object pool) {
        if (used >= limit) {
            wishing.add(pool);
            return false;
        }
        wishing.remove(pool);
        used++;
        return true;
    }

    /** {@code pool} can do with what it has. */
    void withdraw(Object pool) {
        wishing.remove(pool);
    }

    /** Whether {@code pool} has been refused one that it still needs. */
    boolean isRefusedTo(Object pool) {
        return wishing.contains(pool);
    }

    /**
     * Whether somebody wishes for one for whom nobody has stopped a worker yet, and {@code pool} is content itself; it
     * stops one now, and calls {@link #giveBack} when it has ended.
     */
    boolean claim(Object pool) {
        // What has been given back may not have been taken yet.
        boolean due = wishing.size() > (long) promised + limit - used && !isRefusedTo(pool);
        if (due) {
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
