package io.gatepool.front;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.UriPath;

/**
 * Completes what SCGI and uwsgi web servers leave out of a CGI environment: nginx's scgi_params name no path but
 * DOCUMENT_URI, its uwsgi_params no SCRIPT_NAME. Stateless.
 */
final class SoloEnviron {

    private SoloEnviron() {}

    static void complete(Environ environ) {
        // That is of the connection, and over: the application is spoken to in another protocol.
        environ.remove("SCGI");
        if (!environ.has("GATEWAY_INTERFACE")) {
            environ.set("GATEWAY_INTERFACE", "CGI/1.1");
        }
        if (environ.getOrEmpty("SCRIPT_NAME").isEmpty()
                && environ.getOrEmpty("PATH_INFO").isEmpty()) {
            environ.set("SCRIPT_NAME", path(environ));
        } else if (!environ.has("SCRIPT_NAME")) {
            environ.set("SCRIPT_NAME", "");
        }
    }

    /** The whole path, decoded, as nginx's fastcgi_params have it in SCRIPT_NAME; empty when nothing tells it. */
    private static String path(Environ environ) {
        String path = environ.getOrEmpty("DOCUMENT_URI");
        if (!path.isEmpty()) {
            return path;
        }
        String uri = environ.getOrEmpty("REQUEST_URI");
        int question = uri.indexOf('?');
        String raw = question < 0 ? uri : uri.substring(0, question);
        try {
            return raw.startsWith("/") ? UriPath.decoded(raw) : "";
        } catch (UriPath.Bad e) {
            return "";
        }
    }
}
