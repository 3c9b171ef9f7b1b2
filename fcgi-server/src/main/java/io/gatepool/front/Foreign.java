package io.gatepool.front;

import java.util.Locale;

/** What a connection seems to speak whose first byte is not that of the protocol of its address. Stateless. */
final class Foreign {

    private Foreign() {}

    /** {@code 'G' (0x47)}. */
    static String described(byte found) {
        boolean shown = found > ' ' && found < 0x7f;
        return (shown ? "'" + (char) found + "' (" : "")
                + String.format(Locale.ROOT, "0x%02x", found & 0xff)
                + (shown ? ")" : "");
    }

    /** A remark to be appended; empty when there is nothing to be guessed. */
    static String guess(byte first) {
        if (first >= 'A' && first <= 'Z') {
            return "; it seems to be HTTP";
        } else if (first >= '1' && first <= '9') {
            return "; it seems to be SCGI";
        }
        return switch (first) {
            case 0 -> "; it seems to be uwsgi";
            case 1 -> "; it seems to be FastCGI";
            case 22 -> "; it seems to be TLS";
            default -> "";
        };
    }
}
