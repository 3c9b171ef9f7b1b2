package io.gatepool.control;

import java.time.Instant;
import java.util.List;

/** The last requests that gatepool itself has failed, for people who look into it. Event loop only. */
public interface RecentFailures {

    /**
     * A request that failed.
     *
     * @param id as in the log and on the error page
     * @param time when it was over
     * @param app whose request it was
     * @param title method and address, fit for one line
     * @param cause the name of a {@link io.gatepool.exchange.Cause}
     * @param detail what the log says about it
     */
    record Failure(String id, Instant time, String app, String title, String cause, String detail) {}

    /** The newest first, so many at the most. */
    List<Failure> latest(int most);
}
