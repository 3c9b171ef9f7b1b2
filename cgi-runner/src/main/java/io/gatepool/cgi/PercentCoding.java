package io.gatepool.cgi;

import java.util.Optional;

/** Percent-encoding (RFC 3986, 2.1) over bytes, one per char. */
final class PercentCoding {

    private PercentCoding() {}

    /** The bytes that {@code text} stands for; empty when a '%' is not followed by two hexadecimal digits. */
    static Optional<String> decoded(String text) {
        if (text.indexOf('%') < 0) {
            return Optional.of(text);
        }
        StringBuilder decoded = new StringBuilder(text.length());
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '%') {
                int high = digit(text, at + 1);
                int low = digit(text, at + 2);
                if (high < 0 || low < 0) {
                    return Optional.empty();
                }
                c = (char) (high << 4 | low);
                at += 2;
            }
            decoded.append(c);
        }
        return Optional.of(decoded.toString());
    }

    private static int digit(String text, int at) {
        return at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
    }
}
