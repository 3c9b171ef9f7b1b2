package io.gatepool.control;

import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Failure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The last failures, in memory, for {@code gatepool explain}. Those that are the server's or the application's (from
 * 500) and those that are the client's (404, and the like) are kept apart: else a search for holes would push out what
 * somebody wants to have explained. Event loop only.
 */
public final class FailureBook {

    /** So many of each. */
    static final int KEPT = 1000;

    private final Map<String, FailedRequest> ours = new Pages();
    private final Map<String, FailedRequest> theirs = new Pages();

    /** Is to be told of every request of the app that is over. */
    public Consumer<Exchange> of(String app) {
        return exchange -> {
            Failure failure = exchange.failure();
            if (failure != null) {
                enter(FailedRequest.of(app, exchange, failure));
            }
        };
    }

    private void enter(FailedRequest failed) {
        Cause cause = failed.failure().cause();
        (cause.status() >= 500 ? ours : theirs).put(failed.id(), failed);
    }

    Optional<FailedRequest> find(String id) {
        return Optional.ofNullable(ours.get(id)).or(() -> Optional.ofNullable(theirs.get(id)));
    }

    private static final class Pages extends LinkedHashMap<String, FailedRequest> {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, FailedRequest> eldest) {
            return size() > KEPT;
        }
    }
}
