package io.gatepool.pool;

import io.gatepool.cgi.VariableNames;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.RequestBody;
import io.gatepool.fastcgi.ParamsEncoder;
import io.gatepool.fastcgi.RecordEncoder;
import io.gatepool.fastcgi.RecordHeader;
import io.gatepool.fastcgi.RecordType;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes one FastCGI request: BEGIN_REQUEST, PARAMS and the streams. Owned by the event loop.
 */
final class FastCgiWriter implements RequestWriter {

    private static final int FIRST_SIZE = 2048;

    /** A larger body goes out as it is, behind the header of its record. */
    private static final int COPY_LIMIT = 8 * 1024;

    /**
     * What is the same in nearly all requests to one name of a server. gatepool's worker for Python remembers a record
     * of it: to parse pairs is a third of what a request costs there. The last ones are sent though they are mostly empty,
     * and belong here as long as they are.
     */
    private static final VariableNames STEADY = VariableNames.of(
                    "GATEWAY_INTERFACE",
                    "SERVER_SOFTWARE",
                    "SERVER_PROTOCOL",
                    "SERVER_NAME",
                    "SERVER_ADDR",
                    "SERVER_PORT",
                    "REQUEST_METHOD",
                    "REQUEST_SCHEME",
                    "HTTPS",
                    "DOCUMENT_ROOT",
                    "REDIRECT_STATUS",
                    "SCRIPT_NAME",
                    "HTTP_HOST",
                    "HTTP_CONNECTION",
                    "HTTP_ACCEPT_ENCODING")
            .orIfEmpty("QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH", "REMOTE_USER");

    private final WorkerSocket socket;
    private final long sentBefore;
    private final int id;
    private final Exchange exchange;
    private final boolean steadyFirst;
    private boolean complete;
    private boolean reading;
    /** Whether what is being read is the rest. */
    private boolean all;
    /** One for all reads: most requests need none. */
    private @Nullable Consumer<ByteBuf> taker;

    private boolean stdinEnded;
    private boolean aborted;

    /** @param steadyFirst whether what is the same in most requests goes first, in a record of its own */
    FastCgiWriter(WorkerSocket socket, int id, Exchange exchange, boolean steadyFirst) {
        this.socket = socket;
        this.sentBefore = socket.sent();
        this.id = id;
        this.exchange = exchange;
        this.steadyFirst = steadyFirst;
    }

    @Override
    public boolean isBegun() {
        return socket.sent() > sentBefore;
    }

    /** libfcgi takes an ABORT_REQUEST that comes after the end for a fault of the next request. */
    @Override
    public boolean isReusable() {
        return complete && !aborted && socket.isDrained();
    }

    @Override
    public boolean isComplete() {
        return complete;
    }

    @Override
    public void start() {
        ByteBuf out = buffer(FIRST_SIZE);
        RecordEncoder.beginRequest(out, id, exchange.role(), true);
        ParamsEncoder params = new ParamsEncoder(out, id);
        if (steadyFirst) {
            exchange.environ().forEach(STEADY, true, params::pair);
            params.nextRecord();
            exchange.environ().forEach(STEADY, false, params::pair);
        } else {
            exchange.environ().forEach(params::pair);
        }
        params.finish();
        RequestBody body = exchange.body();
        if (body.isInMemory() && body.unread() > 0 && body.unread() <= COPY_LIMIT) {
            body.read(bytes -> {
                RecordEncoder.stream(out, RecordType.STDIN, id, bytes);
                bytes.release();
            });
        }
        endStreams(out);
        socket.add(out);
        more();
    }

    private static ByteBuf buffer(int size) {
        return PooledByteBufAllocator.DEFAULT.directBuffer(size);
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

    @Override
    public void more() {
        while (!complete && !aborted && !reading && !exchange.isOver() && socket.isWritable()) {
            RequestBody body = stdinEnded ? exchange.data() : exchange.body();
            reading = true;
            all = body.isInMemory();
            if (taker == null) {
                taker = this::take;
            }
            body.read(taker);
        }
    }

    private void take(ByteBuf bytes) {
        reading = false;
        send(stdinEnded ? RecordType.DATA : RecordType.STDIN, bytes);
        if (!all) {
            more();
        }
    }

    private void send(RecordType type, ByteBuf bytes) {
        if (aborted || !socket.isOpen()) {
            bytes.release();
            return;
        }
        while (bytes.isReadable()) {
            int length = Math.min(bytes.readableBytes(), RecordEncoder.STREAM_CONTENT);
            ByteBuf header = buffer(RecordHeader.LENGTH);
            RecordHeader.write(header, type, id, length, 0);
            socket.add(header);
            socket.add(bytes.readRetainedSlice(length));
        }
        bytes.release();
        ByteBuf end = buffer(2 * RecordHeader.LENGTH);
        endStreams(end);
        socket.send(end);
    }

    @Override
    public void stop() {
        aborted = true;
    }

    /** FastCGI 5.4. The streams stay where they are. */
    @Override
    public boolean abort() {
        aborted = true;
        ByteBuf out = buffer(RecordHeader.LENGTH);
        RecordEncoder.abortRequest(out, id);
        socket.send(out);
        return !complete;
    }
}
