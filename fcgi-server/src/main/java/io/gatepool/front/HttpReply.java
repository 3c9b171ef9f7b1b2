package io.gatepool.front;

import io.gatepool.cgi.Header;
import io.gatepool.cgi.ResponseHead;
import io.gatepool.exchange.ResponseSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
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
 * <p>An application that announced a Content-Length is held to it: what it sends beyond is dropped, and if it sends less
 * the connection is closed, so that the client sees that something is missing. Owned by the event loop.
 */
final class HttpReply implements ResponseSink {

    private static final Logger LOG = LoggerFactory.getLogger("http");

    /** So much body is held back with the head at the most. */
    private static final int HOLD_LIMIT = 32 * 1024;

    private final HttpConnection connection;
    private final ChannelHandlerContext context;
    private final boolean isHead;
    private final boolean chunksAllowed;
    private @Nullable HttpResponse held;
    private @Nullable ByteBuf heldBody;
    /** The same if it has more than one piece. */
    private @Nullable CompositeByteBuf heldPieces;

    private boolean begun;
    private boolean bodiless;
    private boolean closeAfter;
    private final PromisedLength promised = new PromisedLength();

    /** @param chunksAllowed whether the client speaks HTTP/1.1 */
    HttpReply(HttpConnection connection, ChannelHandlerContext context, boolean isHead, boolean chunksAllowed) {
        this.connection = connection;
        this.context = context;
        this.isHead = isHead;
        this.chunksAllowed = chunksAllowed;
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
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, status(head));
        for (Header header : head.headers()) {
            response.headers().add(header.name(), header.value());
        }
        bodiless = PromisedLength.isBodiless(isHead, head.status());
        if (head.status() == 204) {
            response.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
        } else if (!bodiless) {
            promised.promise(head.contentLength());
        }
        connection.addOwnHeaders(response.headers());
        held = response;
    }

    private static HttpResponseStatus status(ResponseHead head) {
        HttpResponseStatus standard = HttpResponseStatus.valueOf(head.status());
        String reason = head.reason();
        return standard.reasonPhrase().equals(reason) ? standard : new HttpResponseStatus(head.status(), reason);
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
            context.write(new DefaultHttpContent(bytes));
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
        HttpResponse response = held;
        if (response == null) {
            return;
        }
        if (!bodiless && !response.headers().contains(HttpHeaderNames.CONTENT_LENGTH)) {
            if (chunksAllowed) {
                response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            } else {
                closeAfter = true;
            }
        }
        begin(response);
        context.write(response);
        ByteBuf body = takeBody();
        if (body != null) {
            context.write(new DefaultHttpContent(body));
        }
    }

    private void begin(HttpResponse response) {
        held = null;
        begun = true;
        connection.announceEnd(response.headers(), closeAfter);
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
        HttpResponse response = held;
        if (response != null && !bodiless && promised.isNone()) {
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, heldBody == null ? 0 : heldBody.readableBytes());
        }
        if (!promised.isKept(LOG)) {
            abort();
            return;
        }
        if (response != null) {
            context.writeAndFlush(whole(response));
        } else {
            context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
        }
        connection.answered(closeAfter);
    }

    /** Head and body in one, which the encoder puts into one buffer if they are small: one write to the socket. */
    private HttpResponse whole(HttpResponse response) {
        begin(response);
        ByteBuf body = takeBody();
        return new DefaultFullHttpResponse(
                response.protocolVersion(),
                response.status(),
                body == null ? Unpooled.EMPTY_BUFFER : body,
                response.headers(),
                EmptyHttpHeaders.INSTANCE);
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
