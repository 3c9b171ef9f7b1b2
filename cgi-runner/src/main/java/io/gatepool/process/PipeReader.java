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
    /**
     * After the first, of a full size each: more than the 64 KiB that a pipe holds, whatever the sizes of its writes.
     */
    private static final int DRAIN_READS = 18;

    private final IoEventLoop loop;
    private final FileDescriptor descriptor;
    private final Sink sink;
    private @Nullable IoRegistration registration;
    private int readSize = FIRST_READ;
    private EpollIoOps interest = EpollIoOps.EPOLLERR;
    private boolean paused;
    private boolean draining;
    private boolean detached;
    private boolean closed;

    private PipeReader(IoEventLoop loop, int fd, Sink sink) {
        this.loop = loop;
        this.descriptor = new FileDescriptor(fd);
        this.sink = sink;
    }

    /** Starts reading {@code fd}, which passes to the reader. */
    public static PipeReader open(IoEventLoop loop, int fd, Sink sink) {
        PipeReader reader = new PipeReader(loop, fd, sink);
        reader.register();
        return reader;
    }

    private void register() {
        interest = EpollIoOps.EPOLLERR;
        loop.register(this).addListener(done -> {
            if (done.isSuccess()) {
                registered((IoRegistration) done.getNow());
            } else {
                end();
            }
        });
    }

    private void registered(IoRegistration made) {
        registration = made;
        if (closed) {
            made.cancel();
        } else {
            interest(paused ? EpollIoOps.EPOLLERR : EpollIoOps.EPOLLIN);
        }
    }

    /** Stops reading until {@link #resume}. */
    public void pause() {
        paused = true;
        interest(EpollIoOps.EPOLLERR);
    }

    public void resume() {
        paused = false;
        if (detached && !closed) {
            detached = false;
            register();
        } else {
            interest(EpollIoOps.EPOLLIN);
        }
    }

    /** Looks at once for what the next event would bring, as far as it is not paused. */
    public void readNow() {
        read(READS_A_TURN);
    }

    /**
     * Takes what lies in the pipe now, paused or not, and then closes, whoever else may still hold the writing end: for
     * a script that has ended while a grandchild keeps its output open.
     */
    public void drainAndClose() {
        draining = true;
        // Somebody may be writing as fast as we read: what lay in the pipe at first is all that counts.
        read(DRAIN_READS);
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
        if (paused) {
            // The writer has gone, and epoll would say so again and again: hear no more of it until the resume.
            detached = true;
            from.cancel();
        } else {
            read(READS_A_TURN);
        }
    }

    private void read(int turns) {
        for (int turn = 0; turn < turns && (!paused || draining) && !closed; turn++) {
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

    /** EPOLLERR stands for nothing: Netty takes NONE for "remove", and then cannot add the descriptor again. */
    private void interest(EpollIoOps ops) {
        if (registration != null && !closed && !detached && !ops.equals(interest)) {
            interest = ops;
            registration.submit(ops);
        }
    }
}
