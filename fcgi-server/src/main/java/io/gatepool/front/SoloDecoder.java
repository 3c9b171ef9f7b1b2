package io.gatepool.front;

import io.gatepool.cgi.Environ;
import io.gatepool.fastcgi.ProtocolException;
import io.netty.buffer.ByteBuf;

/**
 * Takes the bytes of a connection with one request apart: a head, then as many bytes of body as it announces, then
 * nothing. Cut anywhere, they give the same request. Owned by the event loop.
 */
final class SoloDecoder {

    /** Who hears of the parts, in this order. */
    interface Handler {

        /**
         * The variables.
         *
         * @param refusal why the request is too large to be served; else empty
         */
        void head(Environ environ, String refusal);

        /** Some of the body; the buffer stays the decoder's. */
        void body(ByteBuf piece);

        /** The body is complete. */
        void end();
    }

    private final RequestHead head;
    private final Handler handler;
    private boolean headComplete;
    private boolean complete;
    private boolean stopped;
    private long remaining;

    SoloDecoder(RequestHead head, Handler handler) {
        this.head = head;
        this.handler = handler;
    }

    /**
     * Takes all of {@code in}.
     *
     * @throws ProtocolException when these bytes are no request, or more than one; nothing is taken after that
     */
    void decode(ByteBuf in) throws ProtocolException {
        try {
            take(in);
        } catch (ProtocolException e) {
            stopped = true;
            throw e;
        } finally {
            in.skipBytes(in.readableBytes());
        }
    }

    private void take(ByteBuf in) throws ProtocolException {
        if (!stopped && !headComplete && head.read(in)) {
            headComplete = true;
            remaining = head.contentLength();
            handler.head(head.environ(), head.refusal());
        }
        if (stopped || !headComplete) {
            return;
        }
        if (remaining > 0 && in.isReadable()) {
            int length = (int) Math.min(in.readableBytes(), remaining);
            remaining -= length;
            handler.body(in.readSlice(length));
        }
        if (stopped || remaining > 0) {
            return;
        }
        // Before the end is told: what does not add up must not reach an application.
        if (in.isReadable()) {
            throw new ProtocolException(
                    in.readableBytes() + " bytes or more behind the end of a request with a body of "
                            + head.contentLength() + " (CONTENT_LENGTH); a connection has one request");
        }
        if (!complete) {
            complete = true;
            handler.end();
        }
    }

    /** Whether a byte has come. */
    boolean isBegun() {
        return head.isBegun();
    }

    boolean isHeadComplete() {
        return headComplete;
    }

    /** Whether the whole request has come. */
    boolean isComplete() {
        return complete;
    }

    /** Discards what still comes, also from within an event. */
    void stop() {
        stopped = true;
    }
}
