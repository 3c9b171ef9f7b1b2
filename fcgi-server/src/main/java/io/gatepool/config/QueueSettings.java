package io.gatepool.config;

import java.time.Duration;

/**
 * The queue of an app.
 *
 * @param size requests that may wait
 * @param timeout how long one waits; {@link Durations#OFF} for as long as it takes
 * @param whenFull what a web server is told of a request for which there is no room
 * @param retries whether a request whose worker was lost runs again, where that is harmless
 */
public record QueueSettings(int size, Duration timeout, WhenFull whenFull, boolean retries) {

    /** Two ways to say no over FastCGI; over HTTP it is a 503 in any case. */
    public enum WhenFull {
        /** A 503 page with Retry-After: what nginx and Apache pass on. */
        PAGE,
        /** END_REQUEST with FCGI_OVERLOADED, on which HAProxy tries another server. */
        OVERLOADED
    }
}
