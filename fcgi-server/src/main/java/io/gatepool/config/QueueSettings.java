package io.gatepool.config;

import java.time.Duration;

/**
 * The queue of an app.
 *
 * @param size requests that may wait
 * @param timeout how long one waits; {@link Durations#OFF} for as long as it takes
 */
public record QueueSettings(int size, Duration timeout) {}
