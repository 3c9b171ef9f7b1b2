package io.gatepool.it;

import io.gatepool.it.FastCgiHouse.Transport;
import java.nio.file.Path;

/**
 * Where a web server finds gatepool.
 *
 * @param port on 127.0.0.1, for TCP
 * @param socket for Unix
 */
record Upstream(Way way, int port, Path socket) {

    /** As gatepool.toml has it. */
    String listen() {
        return way.protocol() + ':' + either("127.0.0.1:PORT", "unix:SOCKET");
    }

    /** One of two texts. */
    String either(String forTcp, String forUnix) {
        return way.transport() == Transport.TCP
                ? forTcp.replace("PORT", Integer.toString(port))
                : forUnix.replace("SOCKET", socket.toString());
    }
}
