package io.gatepool.pool;

import java.util.concurrent.TimeUnit;

/**
 * Whether an application keeps its connections as it is asked to (FCGI_KEEP_CONN). One that closes them does so a moment
 * after the end of a request; a request that was sent in that moment would be lost, and a POST could not be sent again.
 * So the first connection rests after its first request, until it is known what becomes of it. One object for all workers
 * of an application; event loop only.
 */
final class Keeping {

    /** So long after a request an application that means to close has closed. */
    static final long REST_MILLIS = 5;

    private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

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
        if (!known) {
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
