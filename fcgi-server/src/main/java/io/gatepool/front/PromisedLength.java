package io.gatepool.front;

import io.netty.buffer.ByteBuf;
import org.slf4j.Logger;

/**
 * Holds an application to the Content-Length that it has announced: what it sends beyond is cut off (on a kept
 * connection it would be taken for the next response), and what is missing must be visible. Event loop only.
 */
final class PromisedLength {

    private static final long NONE = -1;

    private long remaining = NONE;
    private long surplus;

    /** @param length in bytes, or -1 for no promise */
    void promise(long length) {
        remaining = length;
    }

    boolean isNone() {
        return remaining == NONE;
    }

    /** Whether there was a promise, and nothing of it is missing. */
    boolean isFulfilled() {
        return remaining == 0;
    }

    /** Cuts off what goes beyond. Returns whether anything is left; the buffer stays the caller's. */
    boolean admits(ByteBuf bytes) {
        if (remaining == NONE) {
            return true;
        }
        int length = bytes.readableBytes();
        int admitted = (int) Math.min(length, remaining);
        surplus += length - admitted;
        remaining -= admitted;
        bytes.writerIndex(bytes.readerIndex() + admitted);
        return admitted > 0;
    }

    /** At the end of the body. Returns false when some of it is missing; tells the log when there was too much. */
    boolean isKept(Logger log) {
        if (surplus > 0) {
            log.warn("a response was {} bytes longer than its Content-Length; they were cut off", surplus);
        }
        if (remaining > 0) {
            log.warn("a response was {} bytes shorter than its Content-Length; connection closed", remaining);
        }
        return remaining <= 0;
    }

    /** RFC 9110, 8.6 and 15: there is no body behind such a head, and the length is that of the GET. */
    static boolean isBodiless(boolean isHead, int status) {
        return isHead || status == 204 || status == 304;
    }
}
