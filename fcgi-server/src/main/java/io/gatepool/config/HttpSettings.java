package io.gatepool.config;

import java.time.Duration;
import java.util.Optional;

/**
 * Limits of the HTTP front, for all apps, and its certificate.
 *
 * @param requestLine bytes of a request line
 * @param headers how many of them
 * @param headerSize bytes of one header
 * @param maxConnections how many at a time, on all addresses together
 * @param keepAlive how long a connection without a request is kept
 * @param headerTimeout how long a head may take from its first byte; may be {@link Durations#OFF}
 * @param readTimeout without a byte of a request's head or body; may be {@link Durations#OFF}
 * @param sendTimeout without a client taking a byte of an answer; may be {@link Durations#OFF}
 * @param tls of the addresses with {@code https:}; empty when there are none
 */
public record HttpSettings(
        int requestLine,
        int headers,
        int headerSize,
        int maxConnections,
        Duration keepAlive,
        Duration headerTimeout,
        Duration readTimeout,
        Duration sendTimeout,
        Optional<TlsFiles> tls) {
    /** What holds when nothing is configured. */
    public static HttpSettings defaults() {
        return HttpKeys.settings(new Values());
    }

    /** The same with another certificate. */
    public HttpSettings withTls(Optional<TlsFiles> files) {
        return new HttpSettings(
                requestLine,
                headers,
                headerSize,
                maxConnections,
                keepAlive,
                headerTimeout,
                readTimeout,
                sendTimeout,
                files);
    }
}
