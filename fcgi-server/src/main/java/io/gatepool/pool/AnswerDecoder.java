package io.gatepool.pool;

import io.gatepool.fastcgi.ProtocolException;
import io.netty.buffer.ByteBuf;

/** Takes what a worker sends on one connection apart. Event loop only. */
interface AnswerDecoder {

    /**
     * Takes everything that is readable; it does not release the buffer.
     *
     * @throws ProtocolException if that is not the protocol
     */
    void decode(ByteBuf in) throws ProtocolException;

    /** Discards all that still comes. */
    void stop();
}
