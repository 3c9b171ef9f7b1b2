package io.gatepool.config;

import java.time.Duration;

/**
 * The processes of a FastCGI app.
 *
 * @param max how many, all of them running all the time
 * @param connections requests that one process takes at a time, each over a connection of its own
 * @param startGrace how long a process that answers no probe must stay alive to count as ready
 */
public record WorkerSettings(int max, int connections, Duration startGrace) {}
