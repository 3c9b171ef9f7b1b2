package io.gatepool.front;

import io.netty.channel.Channel;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;

/** Tells the log why a client's connection is closed. Event loop only. */
final class ConnectionFault {

    private ConnectionFault() {}

    /** A lost connection is everyday business; everything else is a mistake of ours. */
    static void tell(Logger log, Channel channel, Throwable cause) {
        if (cause instanceof DecoderException && cause.getCause() instanceof SSLException) {
            log.debug("TLS with {}: {}", peer(channel), cause.getCause().getMessage());
        } else if (cause instanceof IOException) {
            log.debug("connection from {}: {}", peer(channel), cause.getMessage());
        } else {
            log.error("connection from {} closed after an internal error", peer(channel), cause);
        }
    }

    static String peer(Channel channel) {
        Object address = channel.remoteAddress();
        return address == null || address.toString().isEmpty() ? "a Unix socket" : address.toString();
    }
}
