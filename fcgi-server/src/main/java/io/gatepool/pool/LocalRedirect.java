package io.gatepool.pool;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.UriPath;
import io.gatepool.exchange.Exchange;

/**
 * A script that answers with the path of another resource and nothing else (RFC 3875, 6.2.2): the client gets that
 * resource, and knows nothing of the detour. Only below the mount of the script's own application; any other path is
 * for the web server or the client to follow. Event loop only.
 */
final class LocalRedirect {

    /** As Apache's LimitInternalRecursion. */
    static final int MOST = 10;

    private LocalRedirect() {}

    /**
     * Turns the request into a GET (or HEAD) of {@code location}, without a body.
     *
     * @param location path and query of a Location field
     * @return false, and nothing is changed, if that is not below {@code mount}
     */
    static boolean apply(Exchange exchange, String location, String mount) {
        if (location.indexOf('#') >= 0) {
            // A fragment is for the browser, so it has to go there.
            return false;
        }
        int question = location.indexOf('?');
        String path;
        try {
            path = UriPath.decoded(question < 0 ? location : location.substring(0, question));
        } catch (UriPath.Bad e) {
            return false;
        }
        if (Mapping.below(path, mount) == null) {
            return false;
        }
        Environ environ = exchange.environ();
        environ.set("REDIRECT_URL", Mapping.fullPath(environ));
        environ.set("REDIRECT_QUERY_STRING", environ.getOrEmpty("QUERY_STRING"));
        environ.set("SCRIPT_NAME", path);
        environ.set("QUERY_STRING", question < 0 ? "" : location.substring(question + 1));
        if (!environ.getOrEmpty("REQUEST_METHOD").equals("HEAD")) {
            environ.set("REQUEST_METHOD", "GET");
        }
        for (String gone :
                new String[] {"PATH_INFO", "PATH_TRANSLATED", "SCRIPT_FILENAME", "CONTENT_LENGTH", "CONTENT_TYPE"}) {
            environ.remove(gone);
        }
        exchange.redirected();
        return true;
    }
}
