package io.gatepool.it;

import io.netty.buffer.ByteBuf;

/** How a raw client speaks, FastCGI or HTTP, for tests that need connections the usual clients would not give away. */
interface Dialect {

    /** A whole request without a body, on a connection that is to be kept. */
    byte[] get(String path, String query);

    /** The beginning of a request with a body, up to where the body starts. */
    byte[] beginPost(String path, int length);

    /** One byte of a body. */
    byte[] bodyByte();

    /** What understands the answers of one connection. */
    Answers answers();

    /** Counts the answers on one connection; each must be a complete one, with status 200. */
    interface Answers {

        /** Takes what has come, and returns how many answers it has completed. */
        int feed(ByteBuf in);
    }
}
