package io.gatepool.control;

import io.gatepool.exchange.Exchange;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The last hundred failures with a status from 500: what is wrong with a request (404, 413) or with its client is no
 * news about the applications. Event loop only.
 */
public final class FailureRing implements RecentFailures {

    private static final int SIZE = 100;

    private final Deque<Failure> newestFirst = new ArrayDeque<>();

    /** A request of the application is over; it is kept if it failed. */
    public void over(String app, Exchange exchange) {
        io.gatepool.exchange.Failure failure = exchange.failure();
        if (failure == null || failure.cause().status() < 500) {
            return;
        }
        if (newestFirst.size() == SIZE) {
            newestFirst.removeLast();
        }
        newestFirst.addFirst(new Failure(
                exchange.id(),
                Instant.now(),
                app,
                exchange.title(),
                failure.cause().text(),
                failure.detail()));
    }

    @Override
    public List<Failure> latest(int most) {
        return newestFirst.stream().limit(most).toList();
    }
}
