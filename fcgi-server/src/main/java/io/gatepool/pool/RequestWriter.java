package io.gatepool.pool;

/**
 * Writes one request to a worker, in the worker's protocol. A body in memory goes out with the rest in one write; a
 * body in a file follows piece by piece as the worker reads, while its answer may already come. Event loop only.
 */
interface RequestWriter {

    /** Adds its beginning to the connection, for the caller to flush. */
    void start();

    /** The connection takes more. */
    void more();

    /** Whether the worker may have begun: something has gone out. */
    boolean isBegun();

    /** Whether all of it has been given to the connection, aborted or not. */
    boolean isComplete();

    /**
     * Whether the connection is clean behind this request, and there may be another: the worker's end of it holds the
     * last byte of it and nothing else.
     */
    boolean isReusable();

    /** Nothing more goes out, also not the piece of the body that is being read just now. */
    void stop();

    /**
     * The answer is not wanted any more, and the worker is told so if the protocol has a word for it. Returns whether
     * the worker may be waiting for more of the request.
     */
    boolean abort();
}
