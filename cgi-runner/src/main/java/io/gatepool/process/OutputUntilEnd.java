package io.gatepool.process;

import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * The output of a process as a stream that blocks until there is some, and that ends with the process: somebody whom it
 * has left behind in a session of its own may hold the pipe open for ever.
 *
 * <p>To be read on one thread, and closed on any: that waits for a read, and so for the end of the process.
 */
final class OutputUntilEnd extends InputStream {

    /** More than a pipe holds: what is there when the process has ended is read, and no more. */
    private static final int LEFT_BEHIND = 128 * 1024;

    private final Pipe output;
    /** Its writing end is ours, and closed when the process has ended: so one poll(2) waits for both. */
    private final Pipe end;

    private final FileDescriptor descriptor;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(0);
    private boolean ended;
    private boolean closed;
    private int left = LEFT_BEHIND;

    private OutputUntilEnd(Pipe output, Pipe end) {
        this.output = output;
        this.end = end;
        this.descriptor = new FileDescriptor(output.ourEnd());
    }

    static OutputUntilEnd open() throws IOException {
        Pipe output = Pipe.fromChild();
        try {
            return new OutputUntilEnd(output, Pipe.fromChild());
        } catch (IOException e) {
            output.closeChildEnd();
            output.closeOurEnd();
            throw e;
        }
    }

    /** The descriptor that the process gets. */
    int childEnd() {
        return output.childEnd();
    }

    /** The process has it. */
    void born() {
        output.closeChildEnd();
    }

    /** There will be no process. */
    void neverBorn() {
        output.closeChildEnd();
        end.closeChildEnd();
        close();
    }

    /** The stream ends with what lies in the pipe now. */
    void processEnded() {
        end.closeChildEnd();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public synchronized int read(byte[] bytes, int offset, int length) throws IOException {
        if (buffer.capacity() < length) {
            buffer = ByteBuffer.allocateDirect(length);
        }
        while (left > 0 && !closed) {
            int got = descriptor.read(buffer, 0, length);
            if (got != 0) {
                return taken(bytes, offset, got);
            }
            if (ended) {
                return -1;
            }
            ended = Descriptors.awaitReadable(output.ourEnd(), end.ourEnd());
        }
        return -1;
    }

    private int taken(byte[] bytes, int offset, int got) {
        if (got > 0) {
            buffer.get(0, bytes, offset, got);
            left -= ended ? got : 0;
        }
        return got;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            output.closeOurEnd();
            end.closeOurEnd();
        }
    }
}
