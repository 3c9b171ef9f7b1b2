package io.gatepool.compare;

import java.util.Locale;

/** Numbers as people read them: three digits, and a unit. */
final class Numbers {

    private static final double NANOS_PER_MILLI = 1e6;

    private Numbers() {}

    /** {@code 9,310}, {@code 182}, {@code 18.2}, {@code 0.52}. */
    static String count(double value) {
        if (value >= 99.95) {
            return String.format(Locale.ROOT, "%,d", Math.round(value));
        }
        return String.format(Locale.ROOT, value >= 9.995 ? "%.1f" : "%.2f", value);
    }

    /** {@code 0.021 ms}, {@code 0.21 ms}, {@code 2.1 ms}, {@code 21 ms}, {@code 2.1 s}. */
    static String millis(double nanos) {
        double millis = nanos / NANOS_PER_MILLI;
        if (millis >= 999.5) {
            return String.format(Locale.ROOT, millis < 9_950 ? "%.1f s" : "%.0f s", millis / 1000);
        }
        String form =
                millis >= 9.95 ? "%.0f ms" : millis >= 0.995 ? "%.1f ms" : millis >= 0.0995 ? "%.2f ms" : "%.3f ms";
        return String.format(Locale.ROOT, form, millis);
    }

    /** {@code 48.2 MiB}; {@code 3.1 GiB}; {@code 512 KiB}. */
    static String bytes(long bytes) {
        double kib = bytes / 1024.0;
        if (kib < 999.5) {
            return String.format(Locale.ROOT, kib < 9.95 ? "%.1f KiB" : "%.0f KiB", kib);
        }
        double mib = kib / 1024;
        if (mib < 999.5) {
            return String.format(Locale.ROOT, mib < 99.5 ? "%.1f MiB" : "%.0f MiB", mib);
        }
        return String.format(Locale.ROOT, "%.1f GiB", mib / 1024);
    }

    /** How many times: {@code 54}, {@code 3.4}, {@code 0.85}; a dash when there is none. */
    static String times(double ratio) {
        if (!(ratio > 0) || Double.isInfinite(ratio)) {
            return "-";
        }
        if (ratio >= 9.95) {
            return String.format(Locale.ROOT, "%,d", Math.round(ratio));
        }
        return String.format(Locale.ROOT, ratio >= 0.995 ? "%.1f" : "%.2f", ratio);
    }

    static String percent(double share) {
        return Math.round(100 * share) + " %";
    }
}
