package io.gatepool.pool;

import io.gatepool.exchange.Exchange;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

/** Writes one SCGI request: a netstring of variables, then the body as it is. Owned by the event loop. */
final class ScgiWriter implements RequestWriter {

    private static final int FIRST_SIZE = 2048;

    private final WorkerSocket socket;
    private final long sentBefore;
    private final Exchange exchange;
    private boolean complete;
    private boolean reading;
    private boolean aborted;

    ScgiWriter(WorkerSocket socket, Exchange exchange) {
        this.socket = socket;
        this.sentBefore = socket.sent();
        this.exchange = exchange;
    }

    @Override
    public void start() {
        ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(FIRST_SIZE);
        // All of it is here: only CGI scripts get bodies as they come.
        ScgiEncoder.head(out, exchange.environ(), exchange.body().unread());
        if (exchange.body().isInMemory() && exchange.body().unread() > 0) {
            exchange.body().read(bytes -> {
                out.writeBytes(bytes);
                bytes.release();
            });
        }
        complete = exchange.body().unread() == 0;
        socket.add(out);
        more();
    }

    @Override
    public void more() {
        while (!complete && !aborted && !reading && !exchange.isOver() && socket.isWritable()) {
            reading = true;
            boolean inMemory = exchange.body().isInMemory();
            exchange.body().read(bytes -> {
                reading = false;
                send(bytes);
                if (!inMemory) {
                    more();
                }
            });
        }
    }

    private void send(ByteBuf bytes) {
        if (aborted) {
            bytes.release();
            return;
        }
        complete = exchange.body().unread() == 0;
        socket.send(bytes);
    }

    @Override
    public boolean isBegun() {
        return socket.sent() > sentBefore;
    }

    @Override
    public boolean isComplete() {
        return complete;
    }

    @Override
    public boolean isReusable() {
        return false;
    }

    @Override
    public void stop() {
        aborted = true;
    }

    @Override
    public boolean abort() {
        aborted = true;
        return !complete;
    }
}
