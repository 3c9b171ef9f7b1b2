package io.gatepool.config;

/** How an application runs. */
public enum Kind {
    /** Persistent FastCGI processes, kept in a pool. */
    FASTCGI("fastcgi"),
    /** Persistent SCGI processes, kept in a pool. */
    SCGI("scgi"),
    /** A CGI script, forked for each request. */
    CGI("cgi"),
    /** Python WSGI applications: FastCGI processes whose program comes with gatepool. */
    WSGI("wsgi");

    private final String text;

    Kind(String text) {
        this.text = text;
    }

    /** The name as the configuration and the status write it, such as {@code cgi}. */
    public String text() {
        return text;
    }
}
