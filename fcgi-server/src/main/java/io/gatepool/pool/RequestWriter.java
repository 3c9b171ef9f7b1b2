package io.gatepool.pool;

import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.RequestBody;
import io.gatepool.fastcgi.ParamsEncoder;
import io.gatepool.fastcgi.RecordEncoder;
import io.gatepool.fastcgi.RecordHeader;
import io.gatepool.fastcgi.RecordType;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/**
 * Writes one request to a worker: BEGIN_REQUEST, PARAMS and the streams. A body in memory goes out with the rest in one
 * write; a body in a file follows piece by piece as the worker reads, while its answer may already come.
 *
 * <p>Owned by the event loop.
 */
final class RequestWriter {

    private static final int FIRST_SIZE = 2048;

    private final Channel channel;
    private final int id;
    private final Exchange exchange;
    private boolean begun;
    private boolean complete;
    private boolean reading;
    private boolean stdinEnded;
    private boolean aborted;
    private boolean flushed;

    RequestWriter(Channel channel, int id, Exchange exchange) {
        this.channel = channel;
        this.id = id;
        this.exchange = exchange;
    }

    /** Whether the worker may have got enough to begin: a first write has gone out. */
    boolean isBegun() {
        return begun;
    }

    /**
     * Whether the connection is clean behind this request: the worker's end of it holds the last byte of it and nothing
     * else. libfcgi takes an ABORT_REQUEST that comes after the end for a fault of the next request.
     */
    boolean isReusable() {
        return complete && flushed && !aborted;
    }

    void start() {
        ByteBuf out = channel.alloc().directBuffer(FIRST_SIZE);
        RecordEncoder.beginRequest(out, id, exchange.role(), true);
        ParamsEncoder params = new ParamsEncoder(out, id);
        exchange.environ().forEach(params::pair);
        params.finish();
        if (exchange.body().isInMemory() && exchange.body().unread() > 0) {
            exchange.body().read(bytes -> {
                RecordEncoder.stream(out, RecordType.STDIN, id, bytes);
                bytes.release();
            });
        }
        endStreams(out);
        boolean last = complete;
        channel.writeAndFlush(out).addListener(done -> {
            begun = begun || done.isSuccess();
            flushed = last && done.isSuccess();
        });
        more();
    }

    /** Ends the streams that have nothing left; FCGI_DATA follows STDIN, for a filter only (FastCGI 6.4). */
    private void endStreams(ByteBuf out) {
        if (!stdinEnded && exchange.body().unread() == 0 && !reading) {
            stdinEnded = true;
            if (exchange.role() != Role.AUTHORIZER) {
                RecordEncoder.streamEnd(out, RecordType.STDIN, id);
            }
        }
        if (stdinEnded && !complete && exchange.data().unread() == 0 && !reading) {
            complete = true;
            if (exchange.role() == Role.FILTER) {
                RecordEncoder.streamEnd(out, RecordType.DATA, id);
            }
        }
    }

    /** The connection takes more. */
    void more() {
        while (!complete && !aborted && !reading && !exchange.isOver() && channel.isWritable()) {
            RecordType type = stdinEnded ? RecordType.DATA : RecordType.STDIN;
            RequestBody body = stdinEnded ? exchange.data() : exchange.body();
            reading = true;
            boolean inMemory = body.isInMemory();
            body.read(bytes -> {
                reading = false;
                send(type, bytes);
                if (!inMemory) {
                    more();
                }
            });
        }
    }

    private void send(RecordType type, ByteBuf bytes) {
        if (aborted || !channel.isActive()) {
            bytes.release();
            return;
        }
        while (bytes.isReadable()) {
            int length = Math.min(bytes.readableBytes(), RecordEncoder.STREAM_CONTENT);
            ByteBuf header = channel.alloc().directBuffer(RecordHeader.LENGTH);
            RecordHeader.write(header, type, id, length, 0);
            channel.write(header);
            channel.write(bytes.readRetainedSlice(length));
        }
        bytes.release();
        ByteBuf end = channel.alloc().directBuffer(2 * RecordHeader.LENGTH);
        endStreams(end);
        boolean last = complete;
        channel.writeAndFlush(end).addListener(done -> flushed = last && done.isSuccess());
    }

    /**
     * The answer is not wanted any more (FastCGI 5.4); the streams stay where they are. Returns whether the worker may
     * be waiting for more of them.
     */
    boolean abort() {
        aborted = true;
        ByteBuf out = channel.alloc().directBuffer(RecordHeader.LENGTH);
        RecordEncoder.abortRequest(out, id);
        channel.writeAndFlush(out);
        return !complete;
    }
}
