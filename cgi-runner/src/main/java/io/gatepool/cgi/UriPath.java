package io.gatepool.cgi;

/** The path of a URI as RFC 3875 (4.1.5, 4.1.13) wants it for scripts: decoded to bytes, without dot segments. */
public final class UriPath {

    /** The path cannot be served; the message says why. */
    public static final class Bad extends Exception {
        private static final long serialVersionUID = 1L;

        private Bad(String message) {
            super(message, null, false, false);
        }
    }

    private UriPath() {}

    /**
     * Decodes {@code raw}, which begins with "/", to bytes as ISO-8859-1 characters.
     *
     * @throws Bad if it holds a NUL or a "%" without two digits, or climbs above the root
     */
    public static String decoded(String raw) throws Bad {
        return withoutDotSegments(decode(raw));
    }

    private static String decode(String raw) throws Bad {
        String decoded = PercentCoding.decoded(raw)
                .orElseThrow(() -> new Bad("'%' in the path is not followed by two hexadecimal digits"));
        if (decoded.indexOf('\0') >= 0) {
            throw new Bad("the path holds a NUL (%00)");
        }
        return decoded;
    }

    /** RFC 3986, 5.2.4; climbing above the root is refused, not forgiven. */
    private static String withoutDotSegments(String path) throws Bad {
        if (!path.contains("/.")) {
            return path;
        }
        StringBuilder out = new StringBuilder(path.length());
        int at = 0;
        while (at < path.length()) {
            int end = path.indexOf('/', at + 1);
            if (end < 0) {
                end = path.length();
            }
            String segment = path.substring(at + 1, end);
            boolean last = end == path.length();
            if (segment.equals("..")) {
                int parent = out.lastIndexOf("/");
                if (parent < 0) {
                    throw new Bad("the path climbs above the root with '..'");
                }
                out.setLength(parent);
                if (last) {
                    out.append('/');
                }
            } else if (segment.equals(".")) {
                if (last) {
                    out.append('/');
                }
            } else {
                out.append('/').append(segment);
            }
            at = end;
        }
        return out.isEmpty() ? "/" : out.toString();
    }
}
