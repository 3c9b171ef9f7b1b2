package io.gatepool.front;

import io.gatepool.cgi.ResponseHead;
import io.gatepool.exchange.ResponseSink;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.slf4j.Logger;

/**
 * The answer on a connection that has only one: head and body as they are; its end is that of the connection. Owned by
 * the event loop.
 */
final class SoloReply implements ResponseSink {

    private final SoloConnection connection;
    private final SoloProtocol protocol;
    private final Logger log;
    private final ChannelHandlerContext context;
    private final boolean isHead;
    private final PromisedLength promised = new PromisedLength();
    private boolean bodiless;

    /** @param isHead whether the method is HEAD, so that a length announces no body */
    SoloReply(SoloConnection connection, SoloProtocol protocol, Logger log, boolean isHead) {
        this.connection = connection;
        this.protocol = protocol;
        this.log = log;
        this.context = connection.context();
        this.isHead = isHead;
    }

    @Override
    public boolean isWhole() {
        return bodiless || promised.isFulfilled();
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
        ByteBuf out = context.alloc().buffer(head.size() + 64);
        protocol.write(head, out);
        context.write(out);
    }

    @Override
    public void content(ByteBuf bytes) {
        if (promised.admits(bytes)) {
            context.write(bytes);
        } else {
            bytes.release();
        }
    }

    @Override
    public void flush() {
        context.flush();
    }

    @Override
    public void end(long appStatus) {
        if (promised.isKept(log)) {
            connection.answered();
        } else {
            connection.cut();
        }
    }

    @Override
    public void abort() {
        connection.cut();
    }
}
