package io.gatepool.config;

import java.time.Duration;

/**
 * How long an app may take.
 *
 * @param request from the arrival of the whole request to the last byte; may be {@link Durations#OFF}
 * @param firstByte from dispatch to the first byte of the response; may be {@link Durations#OFF}
 * @param output without a byte of the response; may be {@link Durations#OFF}
 * @param start until a worker process is ready
 * @param stop from TERM to KILL
 */
public record Timeouts(Duration request, Duration firstByte, Duration output, Duration start, Duration stop) {}
