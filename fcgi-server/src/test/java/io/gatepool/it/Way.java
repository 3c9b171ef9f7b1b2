package io.gatepool.it;

import io.gatepool.it.FastCgiHouse.Transport;

/** The ways from a web server to gatepool that the {@link RequestSuite} is run over. */
enum Way {
    FASTCGI_UNIX("fastcgi", Transport.UNIX, "FastCGI over Unix"),
    FASTCGI_TCP("fastcgi", Transport.TCP, "FastCGI over TCP"),
    SCGI_UNIX("scgi", Transport.UNIX, "SCGI over Unix"),
    SCGI_TCP("scgi", Transport.TCP, "SCGI over TCP"),
    UWSGI_UNIX("uwsgi", Transport.UNIX, "uwsgi over Unix"),
    UWSGI_TCP("uwsgi", Transport.TCP, "uwsgi over TCP"),
    /** gatepool-attach gives gatepool the sockets of mod_fcgid. */
    ATTACH("attach", Transport.UNIX, "sockets handed over"),
    /** No web server in between, or one that knows gatepool as a server of HTTP. */
    HTTP("http", Transport.TCP, "HTTP");

    private final String protocol;
    private final Transport transport;
    private final String label;

    Way(String protocol, Transport transport, String label) {
        this.protocol = protocol;
        this.transport = transport;
        this.label = label;
    }

    /** As addresses in gatepool.toml begin. */
    String protocol() {
        return protocol;
    }

    Transport transport() {
        return transport;
    }

    /** As people write it. */
    String label() {
        return label;
    }
}
