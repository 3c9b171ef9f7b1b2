package io.gatepool.front;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.Printable;
import io.gatepool.fastcgi.ProtocolException;
import io.netty.buffer.ByteBuf;

/** The head of the one request that a connection brings: variables, and how long the body is. Event loop only. */
sealed interface RequestHead permits ScgiHead, UwsgiHead {

    /** All variables of a request together, the limit that FastCGI's PARAMS have. */
    int MAX_VARIABLES = FastCgiRequest.MAX_PARAMS;

    /**
     * Takes what belongs to the head, however it is cut.
     *
     * @return whether the head is complete; what is left in {@code in} lies behind it
     * @throws ProtocolException when it is none; the message says what is wrong, and where
     */
    boolean read(ByteBuf in) throws ProtocolException;

    /** Whether a byte of it has come. */
    boolean isBegun();

    /** The variables; empty where {@link #refusal} says so. */
    Environ environ();

    /** The bytes of the body that the head announces. */
    long contentLength();

    /** Why the request has to be refused as too large; empty when it has not. */
    String refusal();

    /** Reads a CONTENT_LENGTH: 1 to 18 digits. */
    static long length(String protocol, String text) throws ProtocolException {
        boolean digits = !text.isEmpty() && text.length() <= 18;
        for (int at = 0; at < text.length(); at++) {
            digits &= text.charAt(at) >= '0' && text.charAt(at) <= '9';
        }
        if (!digits) {
            throw new ProtocolException(
                    protocol + ": CONTENT_LENGTH is '" + Printable.of(text, 40) + "', 1 to 18 digits are wanted");
        }
        return Long.parseLong(text);
    }
}
