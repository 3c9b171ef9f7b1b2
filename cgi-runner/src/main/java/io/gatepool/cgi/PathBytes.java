package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.nio.file.Path;

/**
 * Paths as what they are on Linux, bytes: one char of a String is one byte of the path (ISO-8859-1).
 *
 * <p>{@code Path.of(String)} and {@code Path.toString()} go through the encoding of the locale (sun.jnu.encoding, which
 * no option sets). With LC_ALL=C, the locale of many a daemon, they throw at any name beyond ASCII; with UTF-8 they
 * lose names that are not UTF-8. The way by URIs does not: {@code Path.of(URI)} and {@code Path.toUri()} take and give
 * percent-encoded bytes in every locale, and between the two the JDK passes a path's bytes to the system untouched
 * (tried with JDK 17 and 25, under C and C.UTF-8).
 *
 * <p>So the Path of a script is good for every file operation, but its bytes come from {@link #text}, never from
 * {@code toString()}.
 */
public final class PathBytes {

    private PathBytes() {}

    /**
     * The path of these bytes.
     *
     * @param text absolute; no NUL, no char beyond U+00FF
     */
    public static Path path(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("not an absolute path: " + Printable.of(text, 200));
        }
        return isAscii(text) ? Path.of(text) : Path.of(URI.create(uri(text)));
    }

    /** The bytes of an absolute path, one per char, without a "/" at its end. */
    public static String text(Path path) {
        String text = path.toString();
        // Each byte that is not ASCII becomes a char that is not, be it the right one or U+FFFD.
        if (isAscii(text)) {
            return text;
        }
        String bytes = unescaped(path.toUri().getRawPath());
        // The JDK adds one if the path is a directory.
        return bytes.length() > 1 && bytes.endsWith("/") ? bytes.substring(0, bytes.length() - 1) : bytes;
    }

    /** The bytes of text in UTF-8, one per char: how a name in a configuration becomes the name of a file. */
    public static String utf8(String text) {
        return isAscii(text) ? text : new String(text.getBytes(UTF_8), ISO_8859_1);
    }

    /** The path one step below a directory. */
    static Path child(Path directory, String name) {
        return isAscii(name)
                ? directory.resolve(name)
                : directory.resolve(path("/" + name).getFileName());
    }

    /** Whether every char stands for a byte. */
    static boolean areBytes(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xff) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static String uri(String text) {
        StringBuilder uri = new StringBuilder("file://");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0xff) {
                throw new IllegalArgumentException("a path's chars stand for bytes, and U+" + Integer.toHexString(c)
                        + " is none: " + Printable.of(text, 200));
            }
            if (c == '/') {
                uri.append('/');
            } else {
                uri.append('%').append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 0xf, 16));
            }
        }
        return uri.toString();
    }

    private static String unescaped(String uri) {
        byte[] bytes = new byte[uri.length()];
        int length = 0;
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c == '%') {
                c = (char) Integer.parseInt(uri, i + 1, i + 3, 16);
                i += 2;
            }
            bytes[length++] = (byte) c;
        }
        return new String(bytes, 0, length, ISO_8859_1);
    }
}
