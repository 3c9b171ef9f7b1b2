package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Set;

/**
 * Makes the environment of a script from the variables of a request: the meta-variables of RFC 3875, those that web
 * servers customarily add, and the request's header fields. It is an allow-list, so that a variable such as LD_PRELOAD
 * does not reach a script by way of a web server's configuration, and of the daemon's own environment only what the
 * application's configuration names. Immutable.
 */
public final class CgiEnvironment {

    /** RFC 3875, 4.1, and what nginx's fastcgi_params, Apache's mod_cgi and fcgiwrap's users rely on besides. */
    static final Set<String> ALLOWED = Set.of(
            "AUTH_TYPE",
            "CONTENT_LENGTH",
            "CONTENT_TYPE",
            "CONTEXT_DOCUMENT_ROOT",
            "CONTEXT_PREFIX",
            "DOCUMENT_ROOT",
            "DOCUMENT_URI",
            "GATEWAY_INTERFACE",
            "HTTPS",
            "PATH_INFO",
            "PATH_TRANSLATED",
            "QUERY_STRING",
            "REDIRECT_STATUS",
            "REMOTE_ADDR",
            "REMOTE_HOST",
            "REMOTE_IDENT",
            "REMOTE_PORT",
            "REMOTE_USER",
            "REQUEST_ID",
            "REQUEST_METHOD",
            "REQUEST_SCHEME",
            "REQUEST_URI",
            "SCRIPT_FILENAME",
            "SCRIPT_NAME",
            "SCRIPT_URI",
            "SCRIPT_URL",
            "SERVER_ADDR",
            "SERVER_ADMIN",
            "SERVER_NAME",
            "SERVER_PORT",
            "SERVER_PROTOCOL",
            "SERVER_SIGNATURE",
            "SERVER_SOFTWARE",
            "UNIQUE_ID");

    private static final String ALWAYS = "always";
    private static final String DEFAULT = "default";

    private static final String[] PREFIXES = {"HTTP_", "REDIRECT_", "SSL_"};

    /** Credentials of the client, which a script gets only when told so (RFC 3875, 9.2). */
    static final Set<String> CREDENTIALS = Set.of("HTTP_AUTHORIZATION", "HTTP_PROXY_AUTHORIZATION");

    /** The variable that programs take for their proxy (httpoxy). */
    static final String PROXY = "HTTP_PROXY";

    private final String root;
    private final OwnVariables own;
    private final boolean passesCredentials;

    /**
     * @param root for DOCUMENT_ROOT and PATH_TRANSLATED, as bytes; empty for none
     * @param own the application's, which win over everything
     * @param passesCredentials whether HTTP_AUTHORIZATION passes
     */
    public CgiEnvironment(String root, OwnVariables own, boolean passesCredentials) {
        this.root = root;
        this.own = own;
        this.passesCredentials = passesCredentials;
    }

    /**
     * The script's variables.
     *
     * @param request of the web server, or of the HTTP front
     * @param place where the script is and how the path was split
     * @param origins told of every variable
     */
    public Environ of(Environ request, Place place, Origins origins) {
        Setter environ = new Setter(new Environ(), origins);
        environ.set("PATH", "/usr/local/bin:/usr/bin:/bin", DEFAULT);
        own.pass(environ.environ(), origins);
        environ.set("GATEWAY_INTERFACE", "CGI/1.1", ALWAYS);
        environ.set("SERVER_SOFTWARE", "gatepool", DEFAULT);
        environ.set("SERVER_PROTOCOL", "HTTP/1.0", DEFAULT);
        environ.set("SERVER_NAME", "localhost", DEFAULT);
        environ.set("SERVER_PORT", "80", DEFAULT);
        environ.set("REMOTE_ADDR", "127.0.0.1", DEFAULT);
        environ.set("QUERY_STRING", "", ALWAYS);
        request.forEach((bytes, nameOffset, nameLength, valueOffset, valueLength) -> {
            String name = new String(bytes, nameOffset, nameLength, ISO_8859_1);
            if (isAllowed(name)) {
                byte[] value = new byte[valueLength];
                System.arraycopy(bytes, valueOffset, value, 0, valueLength);
                environ.environ().set(name, value);
                origins.note(name, Origins.REQUEST);
            }
        });
        environ.set("SCRIPT_NAME", place.scriptName(), "mount + path");
        environ.set("SCRIPT_FILENAME", place.scriptFilename(), "root + path");
        // php-cgi refuses to run without it (cgi.force_redirect).
        environ.set("REDIRECT_STATUS", "200", ALWAYS);
        pathInfo(environ, place.pathInfo());
        own.apply(environ.environ(), origins);
        return environ.environ();
    }

    /** Sets a variable and says why. */
    private record Setter(Environ environ, Origins origins) {

        void set(String name, String value, String origin) {
            environ.set(name, value);
            origins.note(name, origin);
        }
    }

    /**
     * Where a request led to.
     *
     * @param scriptName the part of the path that names the script
     * @param scriptFilename the script's file, as bytes
     * @param pathInfo the rest of the path, decoded; "" for none
     */
    public record Place(String scriptName, String scriptFilename, String pathInfo) {}

    private void pathInfo(Setter environ, String pathInfo) {
        if (pathInfo.isEmpty()) {
            environ.environ().remove("PATH_INFO");
            environ.environ().remove("PATH_TRANSLATED");
        } else {
            environ.set("PATH_INFO", pathInfo, "rest of path");
            environ.set("PATH_TRANSLATED", root + pathInfo, "root + rest of path");
        }
        if (!root.isEmpty()) {
            environ.set("DOCUMENT_ROOT", root, "root");
        }
    }

    private boolean isAllowed(String name) {
        if (name.equals(PROXY) || (CREDENTIALS.contains(name) && !passesCredentials)) {
            return false;
        }
        if (ALLOWED.contains(name)) {
            return true;
        }
        for (String prefix : PREFIXES) {
            if (name.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
