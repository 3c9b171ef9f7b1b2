package io.gatepool.config;

/** What clients speak on a listening address. */
public enum Protocol {
    HTTP("http"),
    HTTPS("https"),
    FASTCGI("fastcgi"),
    SCGI("scgi"),
    UWSGI("uwsgi"),
    /** FastCGI on listening sockets that gatepool-attach hands over there. */
    ATTACH("attach");

    private final String text;

    Protocol(String text) {
        this.text = text;
    }

    /** Whether requests are HTTP there, encrypted or not. */
    public boolean isHttp() {
        return this == HTTP || this == HTTPS;
    }

    /** The name as the configuration and the log write it, such as {@code fastcgi}. */
    public String text() {
        return text;
    }
}
