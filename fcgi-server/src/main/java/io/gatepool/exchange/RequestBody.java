package io.gatepool.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request: it gathers here, in memory and then in an unlinked file, before a worker is bothered. It can
 * be read more than once, because a request that met a dying worker may be sent to another. Event loop only.
 */
public final class RequestBody {

    /** Kept in memory up to here, as most forms are. */
    static final int MEMORY = 64 * 1024;

    /** When so much waits for the disk, the sender has to wait too. */
    private static final int BACKLOG = 1 << 20;

    private final EventExecutor loop;
    private final SpoolFiles files;
    private final long limit;
    private @Nullable Spool spool;
    private long received;
    private boolean complete;
    private @Nullable IOException error;
    private Runnable whenWritten = () -> {};
    private Consumer<IOException> whenFailed = e -> {};

    /** @param limit the most bytes that may be appended */
    public RequestBody(EventExecutor loop, SpoolFiles files, long limit) {
        this.loop = loop;
        this.files = files;
        this.limit = limit;
    }

    /** Tells of the moment when {@link #isCongested} is false again. */
    public void whenWritten(Runnable action) {
        whenWritten = action;
    }

    /** Tells of the disk's refusal, once; the content is lost. */
    void whenFailed(Consumer<IOException> action) {
        whenFailed = action;
        if (error != null) {
            action.accept(error);
        }
    }

    /** Appends a piece; the caller keeps the buffer. Returns false, and keeps nothing, when that exceeds the limit. */
    public boolean append(ByteBuf piece) {
        int length = piece.readableBytes();
        if (received + length > limit) {
            received += length;
            return false;
        }
        received += length;
        if (spool == null) {
            spool = new Spool(loop, files, MEMORY, new Spool.Listener() {
                @Override
                public void failed(IOException e) {
                    error = e;
                    whenFailed.accept(e);
                }

                @Override
                public void written() {
                    whenWritten.run();
                }
            });
        }
        spool.append(piece);
        return true;
    }

    /** The sender has said that this is all. */
    public void end() {
        complete = true;
    }

    public boolean isComplete() {
        return complete;
    }

    /** True while the sender should wait for the disk; {@link #whenWritten} tells when it need not any more. */
    public boolean isCongested() {
        return spool != null && spool.backlog() > BACKLOG;
    }

    /** The most bytes that it takes. */
    public long limit() {
        return limit;
    }

    /** All bytes that have arrived. */
    public long received() {
        return received;
    }

    /** The bytes that the next {@link #read}s will bring. */
    public long unread() {
        return spool == null ? 0 : spool.unread();
    }

    /** Whether {@link #read} would answer at once, with the whole rest. */
    public boolean isInMemory() {
        return spool == null || spool.isInMemory();
    }

    /** Starts again from the first byte. */
    public void rewind() {
        if (spool != null) {
            spool.rewind();
        }
    }

    /**
     * Brings some more of the body, now or later (never when the disk fails or the exchange ends before). Only while
     * {@link #unread} is more than 0, and one at a time.
     */
    public void read(Consumer<ByteBuf> reader) {
        if (spool != null) {
            spool.read(reader::accept);
        }
    }

    void release() {
        if (spool != null) {
            spool.release();
        }
    }
}
