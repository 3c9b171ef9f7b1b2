package io.gatepool.pool;

/** What happens to a worker. */
enum WorkerEvent {
    /** The process exists. */
    SPAWNED,
    /** It has answered, and can take requests. */
    READY,
    /** It gets a request. */
    DISPATCHED,
    /** Its last request is over. */
    DONE,
    /** It has closed a connection. */
    CONNECTION_LOST,
    /** The process has ended, or could not be started. */
    EXITED,
    /** The time for what it is doing has passed. */
    TIMEOUT,
    /** It is to go when its requests are over. */
    RECYCLE,
    /** It is to go now. */
    STOP
}
