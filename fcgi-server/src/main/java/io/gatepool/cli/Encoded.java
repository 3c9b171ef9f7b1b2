package io.gatepool.cli;

/** Text as a part of a URL. */
final class Encoded {

    private Encoded() {}

    /** A path of bytes, one per char, percent-encoded where RFC 3986 wants it. */
    static String path(String bytes) {
        StringBuilder url = new StringBuilder(bytes.length());
        for (int i = 0; i < bytes.length(); i++) {
            char c = bytes.charAt(i);
            if (isPlain(c)) {
                url.append(c);
            } else {
                url.append('%').append(hex(c >> 4)).append(hex(c & 0xf));
            }
        }
        return url.toString();
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "/-._~!$&'()*+,;=:@".indexOf(c) >= 0;
    }

    private static char hex(int digit) {
        return Character.toUpperCase(Character.forDigit(digit, 16));
    }
}
