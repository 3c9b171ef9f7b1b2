package io.gatepool.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The processes of a FastCGI app.
 *
 * @param max how many at the most
 * @param start DYNAMIC: how many from the start
 * @param minSpare DYNAMIC: how many with nothing to do there are at least
 * @param maxSpare DYNAMIC: how many with nothing to do there are at most
 * @param idleTimeout ONDEMAND: how long one may have nothing to do
 * @param connections requests that one process takes at a time, each over a connection of its own
 * @param multiplex requests that it takes at a time on one connection; {@link #AUTO} for as many as it says
 * @param startGrace how long a process that answers no probe must stay alive to count as ready
 * @param ready what it must answer besides
 * @param timeoutSignal sent to one that hangs, before TERM, so that it tells where; a name without SIG
 * @param watch patterns of files whose change begins a new generation
 */
public record WorkerSettings(
        Mode mode,
        int max,
        int start,
        int minSpare,
        int maxSpare,
        Duration idleTimeout,
        int connections,
        int multiplex,
        Duration startGrace,
        Optional<ReadyRequest> ready,
        Optional<String> timeoutSignal,
        Recycling recycling,
        List<String> watch) {

    /** As many requests on one connection as the worker answers to FCGI_GET_VALUES that it takes. */
    public static final int AUTO = 0;

    public WorkerSettings {
        watch = List.copyOf(watch);
    }

    /** How many there are; php-fpm's pm. */
    public enum Mode {
        /** Always the same number. */
        STATIC("static"),
        /** As many as the requests need, with some to spare. */
        DYNAMIC("dynamic"),
        /** None until there is a request. */
        ONDEMAND("ondemand");

        private final String text;

        Mode(String text) {
            this.text = text;
        }

        /** The name as the configuration and the status write it. */
        public String text() {
            return text;
        }
    }
}
