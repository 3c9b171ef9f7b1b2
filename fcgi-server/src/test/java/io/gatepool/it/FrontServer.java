package io.gatepool.it;

import java.util.List;

/** The web servers that have a sample configuration, each to be started with it; and gatepool, which is one itself. */
enum FrontServer {
    NGINX("nginx"),
    APACHE_PROXY("Apache mod_proxy_fcgi"),
    APACHE_FCGID("Apache mod_fcgid"),
    APACHE_SOLO("Apache"),
    LIGHTTPD("lighttpd"),
    HAPROXY("HAProxy"),
    CADDY("Caddy"),
    GATEPOOL("gatepool alone");

    private final String label;

    FrontServer(String label) {
        this.label = label;
    }

    /** As people write it. */
    String label() {
        return label;
    }

    /** How it can speak to gatepool. */
    List<Way> ways() {
        return switch (this) {
            case NGINX, LIGHTTPD ->
                List.of(Way.FASTCGI_UNIX, Way.FASTCGI_TCP, Way.SCGI_UNIX, Way.SCGI_TCP, Way.UWSGI_UNIX, Way.UWSGI_TCP);
            case APACHE_SOLO -> List.of(Way.SCGI_UNIX, Way.SCGI_TCP, Way.UWSGI_UNIX, Way.UWSGI_TCP);
            case APACHE_PROXY, HAPROXY, CADDY -> List.of(Way.FASTCGI_UNIX, Way.FASTCGI_TCP);
            case APACHE_FCGID -> List.of(Way.ATTACH);
            case GATEPOOL -> List.of(Way.HTTP);
        };
    }

    /** Starts it in front of {@code upstream}. Aborts the test, or fails it where CI=true, if it is not installed. */
    WebServer start(Examples examples, Upstream upstream) throws Exception {
        return switch (this) {
            case NGINX -> Nginx.start(examples, upstream);
            case APACHE_PROXY -> Apache.startProxy(examples, upstream);
            case APACHE_SOLO -> Apache.startSolo(examples, upstream);
            case APACHE_FCGID -> Apache.startFcgid(examples, upstream);
            case LIGHTTPD -> Lighttpd.start(examples, upstream);
            case HAPROXY -> Haproxy.start(examples, upstream);
            case CADDY -> Caddy.start(examples, upstream);
            case GATEPOOL -> new NoWebServer(upstream.port());
        };
    }
}
