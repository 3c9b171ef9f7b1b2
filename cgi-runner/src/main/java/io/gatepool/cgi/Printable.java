package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * Makes what strangers wrote fit for one line of a log: printable ASCII, other bytes as {@code \xNN}, cut in length.
 */
public final class Printable {

    private static final String CUT = "...";

    private Printable() {}

    /** The bytes from {@code start} to {@code end} in at most {@code limit} chars. */
    static String of(byte[] bytes, int start, int end, int limit) {
        StringBuilder text = new StringBuilder();
        int fits = 0;
        for (int i = start; i < end; i++) {
            escape(text, bytes[i] & 0xff);
            if (text.length() > limit) {
                return text.substring(0, fits) + CUT;
            }
            if (text.length() <= limit - CUT.length()) {
                fits = text.length();
            }
        }
        return text.toString();
    }

    /** The text in at most {@code limit} chars; a character beyond U+00FF, which stands for no byte, as '?'. */
    public static String of(String text, int limit) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        // Not the text's length: two chars of a pair become one byte.
        return of(bytes, 0, bytes.length, limit);
    }

    private static void escape(StringBuilder text, int b) {
        switch (b) {
            case '\t' -> text.append("\\t");
            case '\r' -> text.append("\\r");
            case '\n' -> text.append("\\n");
            case '\\' -> text.append("\\\\");
            default -> {
                if (b >= ' ' && b < 0x7f) {
                    text.append((char) b);
                } else {
                    text.append("\\x").append(hex(b >> 4)).append(hex(b));
                }
            }
        }
    }

    private static char hex(int digit) {
        return "0123456789abcdef".charAt(digit & 0xf);
    }
}
