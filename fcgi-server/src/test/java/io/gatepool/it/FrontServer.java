package io.gatepool.it;

/** The web servers that have a sample configuration, each to be started with it. */
enum FrontServer {
    NGINX,
    LIGHTTPD,
    HAPROXY,
    CADDY;

    /** Starts it in front of {@code upstream}. Aborts the test, or fails it where CI=true, if it is not installed. */
    WebServer start(Examples examples, Upstream upstream) throws Exception {
        return switch (this) {
            case NGINX -> Nginx.start(examples, upstream);
            case LIGHTTPD -> Lighttpd.start(examples, upstream);
            case HAPROXY -> Haproxy.start(examples, upstream);
            case CADDY -> Caddy.start(examples, upstream);
        };
    }
}
