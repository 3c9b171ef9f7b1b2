package io.gatepool.pool;

/** What a worker is doing. {@link WorkerTable} has what leads from one to the next. */
enum WorkerState {
    /** Wanted, being born, or not yet heard of. */
    STARTING,
    /** Ready, with no request. */
    IDLE,
    /** Working on one request or, over several connections, on some. */
    BUSY,
    /** Ends its requests and gets no more. */
    DRAINING,
    /** Told to end. */
    STOPPING,
    /** Has ended before it was ready; its place stays empty for a while. */
    BACKOFF,
    /** Gone. */
    DEAD;

    /** Whether a request may be given to it. */
    boolean isReady() {
        return this == IDLE || this == BUSY;
    }

    /** Whether it counts among the workers that an application has or will have in a moment. */
    boolean isInService() {
        return this == STARTING || isReady();
    }

    /** As status shows it. */
    String text() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
