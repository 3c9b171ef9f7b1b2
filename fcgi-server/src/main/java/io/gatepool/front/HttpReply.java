package io.gatepool.front;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gatepool.cgi.ResponseHead;
import io.gatepool.exchange.ResponseSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP response, made from the CGI response of an application. Its head is held back until the first flush: an
 * answer that is complete by then gets a Content-Length, everything else goes out in chunks (HTTP/1.1) or ends with the
 * connection (HTTP/1.0).
 *
 * <p>An application that announced a Content-Length is held to it: what it sends beyond is dropped, and if it sends
 * less the connection is closed, so that the client sees that something is missing. Owned by the event loop.
 */
final class HttpReply implements ResponseSink {

    private static final Logger LOG = LoggerFactory.getLogger("http");

    /** So much body is held back with the head at the most. */
    private static final int HOLD_LIMIT = 32 * 1024;

    /** A body of up to so many bytes is copied behind its head. */
    private static final int MERGED = 1024;

    private static final long UNKNOWN = -1;

    private static final ByteBuf LINE_END = constant("\r\n");
    private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");

    private final HttpConnection connection;
    private final ChannelHandlerContext context;
    private final boolean isHead;
    private final boolean chunksAllowed;
    private @Nullable ResponseHead held;
    private @Nullable ByteBuf heldBody;
    /** The same if it has more than one piece. */
    private @Nullable CompositeByteBuf heldPieces;

    private boolean begun;
    private boolean bodiless;
    private boolean closeAfter;
    private final PromisedLength promised = new PromisedLength();

    private boolean chunked;

    /** @param chunksAllowed whether the client speaks HTTP/1.1 */
    HttpReply(HttpConnection connection, ChannelHandlerContext context, boolean isHead, boolean chunksAllowed) {
        this.connection = connection;
        this.context = context;
        this.isHead = isHead;
        this.chunksAllowed = chunksAllowed;
    }

    private static ByteBuf constant(String text) {
        return Unpooled.unreleasableBuffer(Unpooled.copiedBuffer(text, US_ASCII));
    }

    /** Whether a head has gone out, after which there can be no other. */
    boolean hasBegun() {
        return begun;
    }

    @Override
    public boolean isWhole() {
        return begun && (bodiless || promised.isFulfilled());
    }

    @Override
    public boolean isWritable() {
        return context.channel().isWritable();
    }

    @Override
    public void head(ResponseHead head) {
        bodiless = PromisedLength.isBodiless(isHead, head.status());
        if (!bodiless) {
            promised.promise(head.contentLength());
        }
        held = head;
    }

    @Override
    public void content(ByteBuf bytes) {
        if (bodiless || !promised.admits(bytes)) {
            bytes.release();
            return;
        }
        if (held != null) {
            hold(bytes);
        } else {
            write(bytes);
        }
    }

    /** Sends a piece of the body, as a chunk if need be (RFC 9112, 7.1). */
    private void write(ByteBuf bytes) {
        if (!chunked) {
            context.write(bytes);
        } else if (bytes.isReadable()) {
            String size = Integer.toHexString(bytes.readableBytes()) + "\r\n";
            context.write(ByteBufUtil.writeAscii(context.alloc(), size));
            context.write(bytes);
            context.write(LINE_END.duplicate());
        } else {
            // A chunk without content would be the last one.
            bytes.release();
        }
    }

    private void hold(ByteBuf bytes) {
        ByteBuf first = heldBody;
        CompositeByteBuf pieces = heldPieces;
        if (first == null) {
            heldBody = bytes;
        } else {
            if (pieces == null) {
                pieces = context.alloc().compositeDirectBuffer().addComponent(true, first);
                heldPieces = pieces;
                heldBody = pieces;
            }
            pieces.addComponent(true, bytes);
        }
        if (Objects.requireNonNull(heldBody).readableBytes() > HOLD_LIMIT) {
            release();
        }
    }

    /** Sends head and body so far: the length of what follows is unknown, unless the application has told it. */
    private void release() {
        ResponseHead head = held;
        if (head == null) {
            return;
        }
        if (!bodiless && promised.isNone()) {
            chunked = chunksAllowed;
            closeAfter = !chunksAllowed;
        }
        context.write(begin(head, UNKNOWN));
        ByteBuf body = takeBody();
        if (body != null) {
            write(body);
        }
    }

    /**
     * The head as it goes out.
     *
     * @param length of the body, if the application has not told it and it is known all the same; else UNKNOWN
     */
    private ByteBuf begin(ResponseHead head, long length) {
        held = null;
        begun = true;
        ByteBuf out = context.alloc().directBuffer(head.size() + HttpReplyHead.TYPICAL_OWN_BYTES + MERGED);
        HttpReplyHead written = new HttpReplyHead(out);
        written.begin(head, connection.date());
        if (length != UNKNOWN) {
            written.contentLength(length);
        } else if (chunked) {
            written.chunked();
        }
        written.end(connection.announceEnd(closeAfter));
        return out;
    }

    private @Nullable ByteBuf takeBody() {
        ByteBuf body = heldBody;
        heldBody = null;
        heldPieces = null;
        return body;
    }

    @Override
    public void flush() {
        release();
        context.flush();
    }

    @Override
    public void end(long appStatus) {
        if (!promised.isKept(LOG)) {
            abort();
            return;
        }
        ResponseHead head = held;
        if (head != null) {
            writeWhole(head);
        } else if (chunked) {
            context.write(LAST_CHUNK.duplicate());
        }
        context.flush();
        connection.answered(closeAfter);
    }

    /** Head and body, in one buffer if the body is small: one piece less for the kernel. */
    private void writeWhole(ResponseHead head) {
        int size = heldBody == null ? 0 : heldBody.readableBytes();
        ByteBuf out = begin(head, bodiless || !promised.isNone() ? UNKNOWN : size);
        ByteBuf body = takeBody();
        if (body != null && size <= MERGED) {
            out.writeBytes(body);
            body.release();
            body = null;
        }
        context.write(out);
        if (body != null) {
            context.write(body);
        }
    }

    @Override
    public void abort() {
        release();
        context.flush();
        context.close();
    }

    /** The connection is gone: nothing held back will ever go out. */
    void drop() {
        held = null;
        ReferenceCountUtil.release(takeBody());
    }
}
