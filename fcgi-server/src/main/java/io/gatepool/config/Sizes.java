package io.gatepool.config;

import java.util.Map;

/** Sizes in bytes as the configuration and the command line write them: {@code 8190B}, {@code 64KiB}, {@code 1GiB}. */
public final class Sizes {
    /** No limit. */
    public static final long OFF = Long.MAX_VALUE;

    private static final Units UNITS = new Units(
            "a size",
            Units.inOrder("B", 1, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30),
            Map.ofEntries(
                    Map.entry("k", "KiB"),
                    Map.entry("kb", "KiB"),
                    Map.entry("kib", "KiB"),
                    Map.entry("m", "MiB"),
                    Map.entry("mb", "MiB"),
                    Map.entry("mib", "MiB"),
                    Map.entry("g", "GiB"),
                    Map.entry("gb", "GiB"),
                    Map.entry("gib", "GiB")),
            "B",
            1L << 50,
            "1048576GiB");

    private Sizes() {}

    /**
     * Reads a whole number with one of the units B, KiB, MiB, GiB; or "off", which is {@link #OFF}.
     *
     * @return bytes
     * @throws ValueException if it is neither, or more than 1 PiB
     */
    public static long parse(String text) throws ValueException {
        return parse(text, true);
    }

    static long parse(String text, boolean offAllowed) throws ValueException {
        return offAllowed && text.equals("off") ? OFF : UNITS.parse(text, offAllowed);
    }

    /** The size as {@link #parse} reads it, in the largest unit that loses nothing. */
    public static String text(long bytes) {
        return bytes == OFF ? "off" : UNITS.text(bytes);
    }
}
