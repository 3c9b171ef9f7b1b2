package io.gatepool.exchange;

import java.util.List;

/**
 * What an application is doing at one moment, for people to look at.
 *
 * @param name its name in the configuration
 * @param kind {@code fastcgi} or {@code cgi}
 * @param mount where it lives
 * @param health {@code ok}, {@code starting}, {@code failing}, {@code draining} or {@code stopping}
 * @param trouble why it fails; {@link Trouble#NONE} when it does not
 * @param processes how many workers (or running scripts) there are
 * @param limit how many there may be
 * @param busy requests being worked on
 * @param queued requests waiting
 * @param queueLimit how many may wait
 * @param oldestNanos how long the first of them has waited; 0 when none does
 * @param mode how the number of its workers is found, such as {@code static}; empty for scripts
 * @param spare how many of them may be idle, such as {@code 1-3}; empty where that does not count
 * @param generation how often it has been loaded
 * @param reloadFailure why the last reload left it as it was; empty when it did not
 * @param traffic what has become of its requests; it goes on counting
 * @param events what has become of its processes; it goes on counting
 * @param workers one line each; for {@code cgi} the scripts that run
 */
public record AppStatus(
        String name,
        String kind,
        String mount,
        String health,
        Trouble trouble,
        int processes,
        int limit,
        int busy,
        int queued,
        int queueLimit,
        long oldestNanos,
        String mode,
        String spare,
        int generation,
        String reloadFailure,
        Traffic traffic,
        WorkerEvents events,
        List<WorkerStatus> workers) {

    /**
     * One process.
     *
     * @param pid its process id
     * @param state as {@code WorkerState} has it: {@code starting}, {@code idle}, {@code busy}, {@code draining} and so
     *     on
     * @param requests how many it has answered
     * @param ageSeconds how long it has lived
     * @param generation of the application that it belongs to; 1 before the first reload
     * @param current what it is doing; more than one request over several connections
     */
    public record WorkerStatus(
            int pid, String state, long requests, long ageSeconds, int generation, List<RequestStatus> current) {

        public WorkerStatus {
            current = List.copyOf(current);
        }
    }

    public AppStatus {
        workers = List.copyOf(workers);
    }
}
