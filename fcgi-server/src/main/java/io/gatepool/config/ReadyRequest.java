package io.gatepool.config;

import java.time.Duration;

/**
 * The request that a new worker must answer before it gets others.
 *
 * @param path below the mount, with a slash at its start
 * @param status the HTTP status of the right answer
 * @param timeout how long one answer may take
 */
public record ReadyRequest(String path, int status, Duration timeout) {}
