package io.gatepool.config;

import java.time.Duration;
import java.util.Map;

/** Durations as the configuration and the command line write them: {@code 500ms}, {@code 60s}, {@code 10m}. */
public final class Durations {
    /** No limit. Compare with {@code equals}; it is also longer than any daemon lives, so that arithmetic on it is safe
     * only after {@link #isOff}. */
    public static final Duration OFF = Duration.ofNanos(Long.MAX_VALUE);

    private static final Units UNITS = new Units(
            "a duration",
            Units.inOrder("ms", 1, "s", 1_000, "m", 60_000, "h", 3_600_000, "d", 86_400_000),
            Map.ofEntries(
                    Map.entry("msec", "ms"),
                    Map.entry("millis", "ms"),
                    Map.entry("min", "m"),
                    Map.entry("mins", "m"),
                    Map.entry("minute", "m"),
                    Map.entry("minutes", "m"),
                    Map.entry("hr", "h"),
                    Map.entry("hour", "h"),
                    Map.entry("hours", "h"),
                    Map.entry("day", "d"),
                    Map.entry("days", "d")),
            "s",
            // Ten years: in nanoseconds it fits a long about thirty times over.
            3_650L * 86_400_000,
            "3650d");

    private Durations() {}

    /**
     * Reads a whole number with one of the units ms, s, m, h, d; or "off", which is {@link #OFF}.
     *
     * @throws ValueException if it is neither, or more than ten years
     */
    public static Duration parse(String text) throws ValueException {
        return parse(text, true);
    }

    static Duration parse(String text, boolean offAllowed) throws ValueException {
        return offAllowed && text.equals("off") ? OFF : Duration.ofMillis(UNITS.parse(text, offAllowed));
    }

    /** Whether this is {@link #OFF}. */
    public static boolean isOff(Duration duration) {
        return duration.equals(OFF);
    }

    /** The duration as {@link #parse} reads it, in the largest unit that loses nothing: {@code 60s} is {@code 1m}. */
    public static String text(Duration duration) {
        return isOff(duration) ? "off" : UNITS.text(duration.toMillis());
    }
}
