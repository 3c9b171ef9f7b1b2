package io.gatepool.front;

/**
 * The target of an HTTP request line (RFC 9112, 3.2), taken apart: the path is percent-decoded to bytes (as ISO-8859-1
 * characters) and free of dot segments, so that nothing behind it has to fear {@code ..}.
 *
 * @param path decoded, starts with "/"
 * @param query what stands behind the first "?", undecoded; empty without one
 * @param original origin-form as it came, for REQUEST_URI
 * @param authority host and port of absolute-form, which count instead of the Host field (RFC 9112, 3.2.2); else empty
 */
record RequestTarget(String path, String query, String original, String authority) {

    /** The target cannot be served; the message says why. */
    static final class Bad extends Exception {
        private static final long serialVersionUID = 1L;

        Bad(String message) {
            super(message, null, false, false);
        }
    }

    static RequestTarget parse(String target) throws Bad {
        if (target.indexOf('#') >= 0) {
            throw new Bad("a request target has no fragment ('#')");
        }
        if (target.startsWith("/")) {
            return parse(target, "");
        }
        if (!target.regionMatches(true, 0, "http://", 0, 7) && !target.regionMatches(true, 0, "https://", 0, 8)) {
            throw new Bad("the request target must start with '/'");
        }
        // Absolute-form, as sent to proxies, must be accepted too (RFC 9112, 3.2.2).
        int from = target.indexOf("//") + 2;
        int to = from;
        while (to < target.length() && "/?".indexOf(target.charAt(to)) < 0) {
            to++;
        }
        String authority = target.substring(from, to);
        if (authority.isEmpty() || !HttpRefusal.isHost(authority)) {
            throw new Bad("the request target names no HOST or HOST:PORT");
        }
        String rest = target.substring(to);
        return parse(rest.startsWith("/") ? rest : "/" + rest, authority);
    }

    private static RequestTarget parse(String origin, String authority) throws Bad {
        int question = origin.indexOf('?');
        String rawPath = question < 0 ? origin : origin.substring(0, question);
        String query = question < 0 ? "" : origin.substring(question + 1);
        return new RequestTarget(withoutDotSegments(decode(rawPath)), query, origin, authority);
    }

    private static String decode(String raw) throws Bad {
        if (raw.indexOf('%') < 0) {
            return raw;
        }
        StringBuilder decoded = new StringBuilder(raw.length());
        for (int at = 0; at < raw.length(); at++) {
            char c = raw.charAt(at);
            if (c == '%') {
                int high = digit(raw, at + 1);
                int low = digit(raw, at + 2);
                if (high < 0 || low < 0) {
                    throw new Bad("'%' in the path is not followed by two hexadecimal digits");
                }
                c = (char) (high << 4 | low);
                at += 2;
                if (c == 0) {
                    throw new Bad("the path holds a NUL (%00)");
                }
            }
            decoded.append(c);
        }
        return decoded.toString();
    }

    private static int digit(String text, int at) {
        return at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
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
