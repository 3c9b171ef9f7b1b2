package io.gatepool.pool;

import io.gatepool.exchange.Exchange;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a pool that may take more requests besides those they have, and which of them takes the next one.
 *
 * <p>An application that serves them side by side gets them when no worker is free, each of its workers in turn. One that
 * serves them in order gets them as {@link Lookahead} says: as long as a worker comes to it sooner than another one would
 * have woken up, the workers that are awake do all the work, and where that is not so, no worker has more to do than the
 * others.
 *
 * <p>Owned by the event loop.
 */
final class Sharing {

    private final boolean inOrder;
    private final Lookahead lookahead = new Lookahead();
    /** Of those in order the one used last is the first; the others go round. Some cannot take more any more. */
    private final Deque<WorkerConnection> connections = new ArrayDeque<>();

    /** @param inOrder whether its workers serve the requests of a connection one after the other */
    Sharing(boolean inOrder) {
        this.inOrder = inOrder;
    }

    /** It has requests; if it takes more, it may be {@linkplain #choose chosen} from now on. */
    void offer(WorkerConnection connection) {
        if (connection.isListed() || !connection.hasRoom()) {
            return;
        }
        connection.listed(true);
        if (inOrder) {
            connections.addFirst(connection);
        } else {
            connections.addLast(connection);
        }
    }

    /** It gets a request; should it take more behind that, it has to be {@linkplain #offer offered} again. */
    void taken(WorkerConnection connection) {
        connections.remove(connection);
        connection.listed(false);
    }

    void withdraw(Worker worker) {
        connections.removeIf(connection -> connection.worker() == worker);
    }

    void clear() {
        connections.clear();
    }

    /** A request was answered, so long after its worker could begin with it. */
    void answered(long nanos, boolean alone) {
        lookahead.answered(nanos, alone);
    }

    /**
     * A connection that takes this request besides those it has; null when there is none, or a free worker is better.
     *
     * @param anyFree whether there is a worker that has nothing to do
     */
    @Nullable
    WorkerConnection choose(Exchange request, boolean anyFree) {
        if (connections.isEmpty()) {
            return null;
        } else if (inOrder) {
            return lookahead.allows(request) ? shortestWait(anyFree) : null;
        }
        return anyFree ? null : nextInTurn();
    }

    private @Nullable WorkerConnection nextInTurn() {
        for (WorkerConnection next = connections.peek(); next != null; next = connections.peek()) {
            if (next.hasRoom()) {
                return next;
            }
            taken(next);
        }
        return null;
    }

    /** The one used last that comes to it before a worker would have woken up, else the one with the least to do. */
    private @Nullable WorkerConnection shortestWait(boolean anyFree) {
        long now = System.nanoTime();
        WorkerConnection least = null;
        for (Iterator<WorkerConnection> all = connections.iterator(); all.hasNext(); ) {
            WorkerConnection next = all.next();
            if (!next.hasRoom() || !next.isLikelyToEndSoon(Lookahead.FRESH_NANOS, now)) {
                all.remove();
                next.listed(false);
            } else if (lookahead.beatsWakingAnother(next.inFlight())
                    && next.isLikelyToEndSoon(Lookahead.WAKE_UP_NANOS, now)) {
                return next;
            } else if (least == null || next.inFlight() < least.inFlight()) {
                least = next;
            }
        }
        return anyFree ? null : least;
    }
}
