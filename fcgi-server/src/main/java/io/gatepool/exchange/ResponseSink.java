package io.gatepool.exchange;

import io.gatepool.cgi.ResponseHead;
import io.netty.buffer.ByteBuf;

/**
 * Where the answer of one request goes: its place on a front connection. Called in the order head, content…, then end
 * or abort, each of these once at the most. Event loop only.
 */
public interface ResponseSink {

    /** Where nobody reads. */
    ResponseSink NOWHERE = new ResponseSink() {

        @Override
        public void head(ResponseHead head) {}

        @Override
        public void content(ByteBuf bytes) {
            bytes.release();
        }

        @Override
        public void flush() {}

        @Override
        public void end(long appStatus) {}

        @Override
        public void abort() {}

        @Override
        public boolean isWritable() {
            return true;
        }
    };

    void head(ResponseHead head);

    /**
     * Some bytes of the body, which pass to the sink. May be called while not writable: then they pile up there.
     *
     * <p>So do those of the buffer that lie before its reader index: nobody needs them any more, and the sink may write
     * over them.
     */
    void content(ByteBuf bytes);

    /**
     * Some of what the application wrote to its stderr; the caller keeps the buffer.
     *
     * @return whether it went to the web server; false where the protocol has no place for it
     */
    default boolean error(ByteBuf bytes) {
        return false;
    }

    /** What was given so far goes out now; without it the sink may hold small pieces back to send them together. */
    void flush();

    /**
     * The response is complete.
     *
     * @param appStatus the application's status as FastCGI passes it on (an exit code)
     */
    void end(long appStatus);

    /** The response ends here, incomplete, and the client must be able to see that. */
    void abort();

    /**
     * Refuses the request in the protocol's own words instead of a head and a page.
     *
     * @return whether the sink has done so, and the response has ended; otherwise the page follows
     */
    default boolean refuse(Cause cause) {
        return false;
    }

    /**
     * Whether the client has been sent all that the head has promised, though the end has not been told yet. One that
     * leaves then misses nothing.
     */
    default boolean isWhole() {
        return false;
    }

    /** False while what was given has not gone out: hold further content back until {@link Exchange#writable}. */
    boolean isWritable();
}
