package io.gatepool.config;

import static io.gatepool.config.Readers.count;
import static io.gatepool.config.Readers.duration;
import static io.gatepool.config.Readers.size;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The keys of {@code [http]} and their defaults, which are those of gunicorn and nginx. */
final class HttpKeys {
    static final Key<Integer> REQUEST_LINE =
            Key.of("request_line", size("256B", "1MiB", false).map(Math::toIntExact), 8190);
    static final Key<Integer> HEADERS = Key.of("headers", count(1, 10_000), 100);
    static final Key<Integer> HEADER_SIZE =
            Key.of("header_size", size("256B", "1MiB", false).map(Math::toIntExact), 8190);
    static final Key<Duration> KEEP_ALIVE = Key.of("keep_alive", duration("1ms", "1d", false), Duration.ofSeconds(75));
    static final Key<Duration> READ_TIMEOUT =
            Key.of("read_timeout", duration("1ms", "1d", true), Duration.ofSeconds(60));

    static final Schema SCHEMA =
            new Schema(List.of(REQUEST_LINE, HEADERS, HEADER_SIZE, KEEP_ALIVE, READ_TIMEOUT), Set.of());

    private HttpKeys() {}

    static HttpSettings settings(Values values) {
        return new HttpSettings(
                values.get(REQUEST_LINE),
                values.get(HEADERS),
                values.get(HEADER_SIZE),
                values.get(KEEP_ALIVE),
                values.get(READ_TIMEOUT));
    }
}
