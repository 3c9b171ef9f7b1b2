package io.gatepool.pool;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.unix.IovArray;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What goes out over a socket, in order, as fast as the other side takes it. A write that fails is the end of sending
 * but not of the connection: the last answer may lie in it still. Event loop only.
 */
final class SendQueue {

    /** Above that whoever sends should wait; below half of it he may go on. */
    private static final int HIGH = 64 * 1024;

    private static final int MOST_AT_ONCE = 16;

    /** One for all queues of the loop: it is filled and used within one call. */
    private static final FastThreadLocal<IovArray> VECTORS = new FastThreadLocal<>() {
        @Override
        protected IovArray initialValue() {
            return new IovArray(MOST_AT_ONCE);
        }

        @Override
        protected void onRemoval(IovArray unused) {
            unused.release();
        }
    };

    private final Socket socket;
    private final Deque<ByteBuf> waiting = new ArrayDeque<>(4);
    private long sent;
    private int bytes;
    private boolean full;
    private boolean broken;
    private boolean ending;

    SendQueue(Socket socket) {
        this.socket = socket;
    }

    /** The buffer passes to the queue. */
    void add(ByteBuf buffer) {
        if (broken || ending || !buffer.isReadable()) {
            buffer.release();
            return;
        }
        bytes += buffer.readableBytes();
        full |= bytes > HIGH;
        waiting.add(buffer.hasMemoryAddress() ? buffer : direct(buffer));
    }

    private static ByteBuf direct(ByteBuf buffer) {
        ByteBuf copy = PooledByteBufAllocator.DEFAULT.directBuffer(buffer.readableBytes());
        copy.writeBytes(buffer);
        buffer.release();
        return copy;
    }

    /** Sends until nothing is left or the other side takes no more. */
    void flush() {
        try {
            while (!waiting.isEmpty()) {
                long length = waiting.size() == 1 ? sendOne(waiting.element()) : sendSeveral();
                if (length <= 0) {
                    return;
                }
                gone(length);
            }
            if (ending) {
                socket.shutdown(false, true);
            }
        } catch (IOException e) {
            broken = true;
            release();
        }
    }

    private int sendOne(ByteBuf only) throws IOException {
        return socket.sendAddress(only.memoryAddress(), only.readerIndex(), only.writerIndex());
    }

    private long sendSeveral() throws IOException {
        IovArray several = VECTORS.get();
        several.clear();
        for (ByteBuf buffer : waiting) {
            if (several.count() == MOST_AT_ONCE) {
                break;
            }
            several.add(buffer, buffer.readerIndex(), buffer.readableBytes());
        }
        return socket.writevAddresses(several.memoryAddress(0), several.count());
    }

    private void gone(long length) {
        sent += length;
        bytes -= (int) length;
        full &= bytes > HIGH / 2;
        for (long rest = length; rest > 0; ) {
            ByteBuf first = waiting.element();
            int part = (int) Math.min(rest, first.readableBytes());
            first.skipBytes(part);
            rest -= part;
            if (!first.isReadable()) {
                waiting.remove().release();
            }
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    boolean isWritable() {
        return !full && !broken;
    }

    boolean isBroken() {
        return broken;
    }

    /** How many bytes have gone out. */
    long sent() {
        return sent;
    }

    /** Nothing follows: when all has gone out, the other side is told. */
    void end() {
        if (!ending) {
            ending = true;
            if (waiting.isEmpty()) {
                flush();
            }
        }
    }

    void release() {
        waiting.forEach(ByteBuf::release);
        waiting.clear();
        bytes = 0;
        full = false;
    }
}
