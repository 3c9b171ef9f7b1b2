package io.gatepool.config;

import java.time.Duration;

/**
 * Limits of the HTTP front, for all apps.
 *
 * @param requestLine bytes of a request line
 * @param headers how many of them
 * @param headerSize bytes of one header
 * @param keepAlive how long a connection without a request is kept
 * @param readTimeout without a byte of a request's head or body; may be {@link Durations#OFF}
 */
public record HttpSettings(int requestLine, int headers, int headerSize, Duration keepAlive, Duration readTimeout) {
    /** What holds when nothing is configured. */
    public static HttpSettings defaults() {
        return HttpKeys.settings(new Values());
    }
}
