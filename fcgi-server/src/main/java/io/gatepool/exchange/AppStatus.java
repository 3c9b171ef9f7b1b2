package io.gatepool.exchange;

import java.util.List;

/**
 * What an application is doing at one moment, for people to look at.
 *
 * @param name its name in the configuration
 * @param kind {@code fastcgi} or {@code cgi}
 * @param mount where it lives
 * @param health {@code ok}, {@code starting}, {@code failing} or {@code stopping}
 * @param reason why it fails; empty when it does not
 * @param processes how many workers (or running scripts) there are
 * @param limit how many there may be
 * @param busy requests being worked on
 * @param queued requests waiting
 * @param queueLimit how many may wait
 * @param oldestNanos how long the first of them has waited; 0 when none does
 * @param traffic what has become of its requests; it goes on counting
 * @param events what has become of its processes; it goes on counting
 * @param workers one line each; for {@code cgi} the scripts that run
 */
public record AppStatus(
        String name,
        String kind,
        String mount,
        String health,
        String reason,
        int processes,
        int limit,
        int busy,
        int queued,
        int queueLimit,
        long oldestNanos,
        Traffic traffic,
        WorkerEvents events,
        List<WorkerStatus> workers) {

    /**
     * One process.
     *
     * @param pid its process id
     * @param state as {@code WorkerState} has it: {@code starting}, {@code idle}, {@code busy}, {@code draining} and so on
     * @param requests how many it has answered
     * @param ageSeconds how long it has lived
     * @param now the requests that it is working on and somebody waits for
     */
    public record WorkerStatus(int pid, String state, long requests, long ageSeconds, List<Current> now) {
        public WorkerStatus {
            now = List.copyOf(now);
        }
    }

    /**
     * A request that a worker is working on.
     *
     * @param id as in the log
     * @param title method and address, fit for one line
     * @param nanos how long the worker has had it
     */
    public record Current(String id, String title, long nanos) {

        /** @param exchange dispatched, and not over */
        public static Current of(Exchange exchange, long nowNanos) {
            return new Current(exchange.id(), exchange.title(), nowNanos - exchange.dispatchedNanos());
        }
    }

    public AppStatus {
        workers = List.copyOf(workers);
    }
}
