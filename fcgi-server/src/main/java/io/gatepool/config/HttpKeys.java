package io.gatepool.config;

import static io.gatepool.config.Readers.count;
import static io.gatepool.config.Readers.duration;
import static io.gatepool.config.Readers.path;
import static io.gatepool.config.Readers.size;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The keys of {@code [http]} and their defaults, which are those of gunicorn and nginx. */
final class HttpKeys {
    static final Key<Integer> REQUEST_LINE =
            Key.of("request_line", size("256B", "1MiB", false).map(Math::toIntExact), 8190);
    static final Key<Integer> HEADERS = Key.of("headers", count(1, 10_000), 100);
    static final Key<Integer> HEADER_SIZE =
            Key.of("header_size", size("256B", "1MiB", false).map(Math::toIntExact), 8190);
    static final Key<Integer> MAX_CONNECTIONS = Key.of("max_connections", count(1, 1_000_000), 16_384);
    static final Key<Duration> KEEP_ALIVE = Key.of("keep_alive", duration("1ms", "1d", false), Duration.ofSeconds(75));
    static final Key<Duration> READ_TIMEOUT =
            Key.of("read_timeout", duration("1ms", "1d", true), Duration.ofSeconds(60));

    static final Key<Duration> HEADER_TIMEOUT =
            Key.of("header_timeout", duration("1ms", "1d", true), Duration.ofSeconds(60));
    static final Key<Duration> SEND_TIMEOUT =
            Key.of("send_timeout", duration("1ms", "1d", true), Duration.ofSeconds(60));
    static final Key<Path> CERTIFICATE = Key.of("certificate", path());
    static final Key<Path> CERTIFICATE_KEY = Key.of("certificate_key", path());

    static final Schema SCHEMA = new Schema(
            List.of(
                    REQUEST_LINE,
                    HEADERS,
                    HEADER_SIZE,
                    MAX_CONNECTIONS,
                    KEEP_ALIVE,
                    HEADER_TIMEOUT,
                    READ_TIMEOUT,
                    SEND_TIMEOUT,
                    CERTIFICATE,
                    CERTIFICATE_KEY),
            Set.of());

    private HttpKeys() {}

    static HttpSettings settings(Values values) {
        return new HttpSettings(
                values.get(REQUEST_LINE),
                values.get(HEADERS),
                values.get(HEADER_SIZE),
                values.get(MAX_CONNECTIONS),
                values.get(KEEP_ALIVE),
                values.get(HEADER_TIMEOUT),
                values.get(READ_TIMEOUT),
                values.get(SEND_TIMEOUT),
                tls(values));
    }

    /** Without a file of its own the key is in that of the certificate. */
    private static Optional<TlsFiles> tls(Values values) {
        return values.find(CERTIFICATE)
                .map(certificate ->
                        new TlsFiles(certificate, values.find(CERTIFICATE_KEY).orElse(certificate)));
    }

    /**
     * Finds fault with what belongs together.
     *
     * @param files looks into the certificate and its key
     * @param https where addresses with {@code https:} are written
     */
    static void check(Values values, Function<TlsFiles, Optional<TlsFiles.Fault>> files, List<Setting> https) {
        if (!values.has(CERTIFICATE)) {
            values.place(CERTIFICATE_KEY)
                    .ifPresent(key -> key.refuseKey(
                            "[http] has 'certificate_key' without 'certificate'",
                            Optional.of("write certificate = \"/etc/.../fullchain.pem\" as well")));
            https.forEach(listen ->
                    listen.refuse("https: needs a certificate", "write certificate and certificate_key in [http]"));
        } else if (!values.isBroken(CERTIFICATE_KEY)) {
            tls(values).flatMap(files).ifPresent(fault -> values.place(CERTIFICATE_KEY)
                    .filter(key -> fault.ofKey())
                    .or(() -> values.place(CERTIFICATE))
                    .ifPresent(at -> at.refuse(fault.problem(), fault.remedy())));
        }
    }
}
