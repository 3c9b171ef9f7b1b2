package io.gatepool.process;

import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes to one non-blocking descriptor on the event loop: a script's standard input. One buffer at a time: the next is
 * asked for ({@link Source#more}) when the last has gone, so that a child that does not read holds its sender.
 *
 * <p>Owned by the event loop.
 */
public final class PipeWriter implements EpollIoHandle {

    /** Who has the bytes. */
    public interface Source {
        /** The last buffer has been written: call {@link PipeWriter#write} or {@link PipeWriter#close}. */
        void more();

        /** The reader has closed its end (EPIPE): nothing more can be written. The descriptor is closed. */
        void broken();
    }

    private final FileDescriptor descriptor;
    private final Source source;
    private @Nullable IoRegistration registration;
    private @Nullable ByteBuf pending;
    private EpollIoOps interest = EpollIoOps.EPOLLERR;
    private boolean closed;

    private PipeWriter(int fd, Source source) {
        this.descriptor = new FileDescriptor(fd);
        this.source = source;
    }

    /** Takes over {@code fd} and asks {@code source} for the first buffer when the loop is ready. */
    public static PipeWriter open(IoEventLoop loop, int fd, Source source) {
        PipeWriter writer = new PipeWriter(fd, source);
        loop.register(writer).addListener(done -> {
            if (!done.isSuccess()) {
                writer.breakOff();
            } else {
                writer.registration = (IoRegistration) done.getNow();
                if (writer.closed) {
                    writer.registration.cancel();
                } else {
                    // Later, when the caller has the writer in hand that it is to write to.
                    loop.execute(writer::begin);
                }
            }
        });
        return writer;
    }

    private void begin() {
        if (!closed) {
            if (registration != null) {
                // Netty adds the descriptor with the first submit only; from then on a reader's leaving shows.
                registration.submit(EpollIoOps.EPOLLERR);
            }
            source.more();
        }
    }

    /** Writes {@code bytes}, which pass to the writer; {@link Source#more} follows when they have gone. */
    public void write(ByteBuf bytes) {
        if (closed) {
            bytes.release();
            return;
        }
        pending = bytes;
        flush();
    }

    @Override
    public FileDescriptor fd() {
        return descriptor;
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        if (pending == null) {
            // An error event with nothing to write: the reader's end has gone.
            breakOff();
        } else {
            flush();
        }
    }

    private void flush() {
        ByteBuf bytes = pending;
        if (bytes == null) {
            return;
        }
        try {
            while (bytes.isReadable()) {
                int written = descriptor.write(bytes.nioBuffer(), 0, bytes.readableBytes());
                if (written <= 0) {
                    interest(EpollIoOps.EPOLLOUT);
                    return;
                }
                bytes.skipBytes(written);
            }
        } catch (IOException e) {
            breakOff();
            return;
        }
        pending = null;
        bytes.release();
        interest(EpollIoOps.EPOLLERR);
        source.more();
    }

    private void breakOff() {
        if (!closed) {
            close();
            source.broken();
        }
    }

    /** EPOLLERR stands for nothing: Netty takes NONE for "remove", and then cannot add the descriptor again. */
    private void interest(EpollIoOps ops) {
        if (registration != null && !ops.equals(interest)) {
            interest = ops;
            registration.submit(ops);
        }
    }

    /** Closes: the child sees the end of its input. Closing twice is harmless. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (pending != null) {
            pending.release();
            pending = null;
        }
        if (registration != null && registration.isValid()) {
            registration.cancel();
        }
        try {
            descriptor.close();
        } catch (IOException e) {
            // The child sees the end of file all the same.
        }
    }
}
