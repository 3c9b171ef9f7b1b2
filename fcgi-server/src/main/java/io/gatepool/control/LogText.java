package io.gatepool.control;

import io.gatepool.process.ExitStatus;
import io.gatepool.process.Signals;

/** Values as a line of text has them. */
final class LogText {

    private static final String HEX = "0123456789abcdef";

    private LogText() {}

    /**
     * What a stranger sent, unable to end its column: quotation marks, control characters and bytes beyond ASCII as
     * {@code \xNN}, a backslash twice; {@code -} for nothing.
     *
     * @param text one char per byte
     * @param quoted whether it stands between quotation marks; else a blank is {@code \x20}
     */
    static void append(StringBuilder out, String text, boolean quoted) {
        if (text.isEmpty()) {
            out.append('-');
            return;
        }
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\\') {
                out.append("\\\\");
            } else if (c > ' ' && c < 0x7f && c != '"' || c == ' ' && quoted) {
                out.append(c);
            } else {
                out.append("\\x").append(HEX.charAt(c >> 4 & 0xf)).append(HEX.charAt(c & 0xf));
            }
        }
    }

    /** With so many digits behind the point, not more than nine; rounded. */
    static void seconds(StringBuilder out, long nanos, int digits) {
        long unit = 1;
        for (int digit = digits; digit < 9; digit++) {
            unit *= 10;
        }
        long value = (nanos + unit / 2) / unit;
        long whole = 1_000_000_000 / unit;
        out.append(value / whole).append('.');
        String rest = Long.toString(value % whole);
        out.append("0".repeat(digits - rest.length())).append(rest);
    }

    /** A number, or the name of a signal. */
    static String exit(ExitStatus status) {
        return status.signal() == 0 ? Integer.toString(status.code()) : Signals.name(status.signal());
    }
}
