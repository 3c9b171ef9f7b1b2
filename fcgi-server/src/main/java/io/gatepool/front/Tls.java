package io.gatepool.front;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import java.util.Optional;

/** Encrypts connections with the certificate of the day. Event loop only. */
public interface Tls {

    /** For one new connection; empty when there is no certificate, which no configuration with https allows. */
    Optional<SslHandler> newHandler(ByteBufAllocator buffers);
}
