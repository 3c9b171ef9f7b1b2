package io.gatepool.control;

import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The last failures, in memory, for {@code gatepool explain}. Those that are the server's or the application's (from
 * 500) and those that are the client's (404, and the like) are kept apart: else a search for holes would push out what
 * somebody wants to have explained. Event loop only.
 */
public final class FailureBook implements RecentFailures {

    /** So many of each. */
    static final int KEPT = 1000;

    private final Map<String, FailedRequest> ours = new Pages();
    private final Map<String, FailedRequest> theirs = new Pages();

    /** Is to be told of every request of the app that is over. */
    public Consumer<Exchange> of(String app) {
        return exchange -> {
            io.gatepool.exchange.Failure failure = exchange.failure();
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

    /** Of the failures that are ours, not those of clients. */
    @Override
    public List<Failure> latest(int most) {
        List<FailedRequest> all = new ArrayList<>(ours.values());
        List<FailedRequest> last = all.subList(Math.max(0, all.size() - most), all.size());
        Collections.reverse(last);
        return last.stream().map(FailedRequest::brief).toList();
    }

    private static final class Pages extends LinkedHashMap<String, FailedRequest> {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, FailedRequest> eldest) {
            return size() > KEPT;
        }
    }
}
