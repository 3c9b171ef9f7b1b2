package io.gatepool.pool;

import java.util.concurrent.TimeUnit;

/**
 * Whether an application keeps its connections as it is asked to (FCGI_KEEP_CONN). One that closes them does so a
 * moment after the end of a request; a request that was sent in that moment would be lost, and a POST could not be sent
 * again. So connections rest after a request, and none is used for a second POST, until it is known what becomes of
 * them: one has answered a second request, a few have stayed open, or one was closed. One object for all workers of an
 * application; event loop only.
 */
final class Keeping {

    /** So long after a request an application that means to close has closed, unless the machine is very busy. */
    static final long REST_MILLIS = 20;

    /** So many connections must stay open for that time before it is believed that this is no luck. */
    private static final int ENOUGH = 3;

    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private int stayedOpen;
    private boolean known;
    private boolean keeps;

    /** Whether a connection must rest before it is known to stay open. */
    boolean isUnknown() {
        return !known;
    }

    /** Whether a connection may be used again. */
    boolean keeps() {
        return keeps;
    }

    /** A connection is open after the rest. */
    void stayedOpen() {
        stayedOpen++;
        if (!known && stayedOpen >= ENOUGH) {
            known = true;
            keeps = true;
        }
    }

    /** A connection has answered so many requests. */
    void answered(long requests) {
        if (!known && requests > 1) {
            known = true;
            keeps = true;
        }
    }

    /** The application has closed a connection, {@code nanosAfter} its last of {@code requests} requests. */
    void closed(long requests, long nanosAfter) {
        // Once it was seen to keep one, a single close (a recycled worker) is no reason to reconnect for ever.
        if (!known && requests == 1 && nanosAfter < SOON_NANOS) {
            known = true;
            keeps = false;
        }
    }
}
