package io.gatepool.control;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Numbers as people read them: short, with a unit, {@code -} for nothing. */
final class Figures {

    static final String NONE = "-";

    private static final String[] SIZES = {"B", "KiB", "MiB", "GiB", "TiB"};

    private Figures() {}

    /** {@code 38 s}, {@code 4m 12s}, {@code 2h 14m}, {@code 3d 4h}. */
    static String age(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        long minutes = seconds / 60;
        if (minutes < 60) {
            return minutes + "m " + seconds % 60 + "s";
        }
        long hours = minutes / 60;
        return hours < 24 ? hours + "h " + minutes % 60 + "m" : hours / 24 + "d " + hours % 24 + "h";
    }

    /** {@code 0.4 ms}, {@code 38 ms}, {@code 1.2 s}, {@code 2h 14m}. */
    static String time(long nanos) {
        double millis = nanos / 1e6;
        if (nanos <= 0) {
            return NONE;
        } else if (millis < 10) {
            return text("%.1f ms", millis);
        } else if (millis < 1000) {
            return text("%.0f ms", millis);
        } else if (millis < 60_000) {
            return text("%.1f s", millis / 1000);
        }
        return age(TimeUnit.NANOSECONDS.toSeconds(nanos));
    }

    /** {@code 48 MiB}. */
    static String size(long bytes) {
        if (bytes <= 0) {
            return NONE;
        }
        double size = bytes;
        int unit = 0;
        while (size >= 1024 && unit < SIZES.length - 1) {
            size /= 1024;
            unit++;
        }
        return text(size < 10 && unit > 2 ? "%.1f " : "%.0f ", size) + SIZES[unit];
    }

    /** With a place behind the point while that tells anything. */
    static String number(double number) {
        return text(number < 100 ? "%.1f" : "%.0f", number);
    }

    private static String text(String format, double number) {
        return String.format(Locale.ROOT, format, number);
    }
}
