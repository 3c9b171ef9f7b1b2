package io.gatepool.pool;

import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Place;
import io.gatepool.process.ExitStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Failed requests whose worker is about to end: how it ends belongs to their story. Event loop only. */
final class Concerns {

    /** A worker that has closed a connection and lives on has not died of the request. */
    private static final long LOST_WITH_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A request that the end of the worker will explain, if it ends until then. */
    private record Concern(Exchange request, long until) {}

    private final List<Concern> concerns = new ArrayList<>();
    private String lostRequest = "";

    /** A request was on the worker when its connection was lost. */
    void lost(Exchange request) {
        lostRequest = request.id();
        endsWith(request, LOST_WITH_NANOS);
    }

    /** How the worker ends, and what it says until then, belongs to this request, if that happens soon enough. */
    void endsWith(Exchange request, long withinNanos) {
        long now = System.nanoTime();
        forget(now);
        concerns.add(new Concern(request, now + withinNanos));
    }

    private void forget(long nowNanos) {
        concerns.removeIf(concern -> concern.until() - nowNanos < 0);
    }

    /** The id of the last request that was lost with it; empty if there was none. */
    String lostRequest() {
        return lostRequest;
    }

    /** It has ended, at that time. */
    void tell(Place place, ExitStatus status, List<String> lastErrors, long endedNanos) {
        forget(endedNanos);
        concerns.forEach(concern -> concern.request().processEnded(place, status, lastErrors));
        concerns.clear();
    }
}
