package io.gatepool.front;

import io.gatepool.cgi.UriPath;

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
        try {
            return new RequestTarget(UriPath.decoded(rawPath), query, origin, authority);
        } catch (UriPath.Bad e) {
            throw new Bad(String.valueOf(e.getMessage()));
        }
    }
}
