package io.gatepool.process;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads one non-blocking descriptor on the event loop: a script's output or anybody's stderr. A pipe cannot be a Netty
 * channel, but it can be registered with the loop's epoll, so that no thread waits for it.
 *
 * <p>Owned by the event loop: every method is called there, and so is the {@link Sink}. Level-triggered; while paused
 * the pipe fills and its writer waits.
 */
public final class PipeReader implements EpollIoHandle {

    /** Receives what the pipe brings. */
    public interface Sink {
        /** Some bytes; the receiver owns the buffer and releases it. */
        void data(ByteBuf bytes);

        /** Nothing more will come: end of file, or an error (as good as one). The descriptor is closed. */
        void endOfFile();
    }

    private static final int FIRST_READ = 4 * 1024;
    private static final int FULL_READ = 64 * 1024;
    /** Then other descriptors get their turn. */
    private static final int READS_A_TURN = 16;

    private final FileDescriptor descriptor;
    private final Sink sink;
    private @Nullable IoRegistration registration;
    private int readSize = FIRST_READ;
    private EpollIoOps interest = EpollIoOps.NONE;
    private boolean paused;
    private boolean closed;

    private PipeReader(int fd, Sink sink) {
        this.descriptor = new FileDescriptor(fd);
        this.sink = sink;
    }

    /** Starts reading {@code fd}, which passes to the reader. */
    public static PipeReader open(IoEventLoop loop, int fd, Sink sink) {
        PipeReader reader = new PipeReader(fd, sink);
        loop.register(reader).addListener(done -> {
            if (done.isSuccess()) {
                reader.registered((IoRegistration) done.getNow());
            } else {
                reader.end();
            }
        });
        return reader;
    }

    private void registered(IoRegistration made) {
        registration = made;
        if (closed) {
            made.cancel();
        } else {
            interest(paused ? EpollIoOps.NONE : EpollIoOps.EPOLLIN);
        }
    }

    /** Stops reading until {@link #resume}. */
    public void pause() {
        paused = true;
        interest(EpollIoOps.NONE);
    }

    public void resume() {
        paused = false;
        interest(EpollIoOps.EPOLLIN);
    }

    /**
     * Takes what lies in the pipe now and then closes, whoever else may still hold the writing end: for a script that
     * has ended while a grandchild keeps its output open.
     */
    public void drainAndClose() {
        paused = false;
        read(Integer.MAX_VALUE);
        end();
    }

    /** Closes without further callbacks. Closing twice is harmless. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (registration != null && registration.isValid()) {
            registration.cancel();
        }
        try {
            descriptor.close();
        } catch (IOException e) {
            // Nothing is lost: it was open for reading only.
        }
    }

    @Override
    public FileDescriptor fd() {
        return descriptor;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        read(READS_A_TURN);
    }

    private void read(int turns) {
        for (int turn = 0; turn < turns && !paused && !closed; turn++) {
            ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(readSize);
            int got;
            try {
                got = descriptor.readAddress(buffer.memoryAddress(), 0, buffer.writableBytes());
            } catch (IOException e) {
                got = -1;
            }
            if (got <= 0) {
                buffer.release();
                if (got < 0) {
                    end();
                }
                return;
            }
            if (got == buffer.capacity()) {
                readSize = FULL_READ;
            }
            sink.data(buffer.writerIndex(got));
        }
    }

    private void end() {
        if (!closed) {
            close();
            sink.endOfFile();
        }
    }

    /** Never the same twice: Netty takes NONE for "remove from epoll", which fails the second time. */
    private void interest(EpollIoOps ops) {
        if (registration != null && !closed && !ops.equals(interest)) {
            interest = ops;
            registration.submit(ops);
        }
    }
}
