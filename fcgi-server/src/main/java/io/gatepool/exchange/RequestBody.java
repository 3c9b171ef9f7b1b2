package io.gatepool.exchange;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request: it gathers here, in memory and then in an unlinked file, before a worker is bothered. It can
 * be read more than once, because a request that met a dying worker may be sent to another.
 *
 * <p>Or it is {@linkplain #isPassedOn passed on} as it comes: then it is read once, while it arrives, and its sender
 * waits when more than 64 KiB have not been read. Event loop only.
 */
public final class RequestBody {

    /** Kept in memory up to here, as most forms are. */
    static final int MEMORY = 64 * 1024;

    /** When so much waits for the disk, the sender has to wait too. */
    private static final int BACKLOG = 1 << 20;

    private final EventExecutor loop;
    private final SpoolFiles files;
    private final long limit;
    private final boolean passedOn;
    private @Nullable Spool spool;
    /** What has arrived and was not read, of a body that is passed on. */
    private @Nullable ByteBuf arrived;

    private long received;
    private boolean complete;
    private boolean discarded;
    private @Nullable IOException error;
    private Runnable whenWritten = () -> {};
    private Runnable whenMore = () -> {};
    private Consumer<IOException> whenFailed = e -> {};

    /** @param limit the most bytes that may be appended */
    public RequestBody(EventExecutor loop, SpoolFiles files, long limit) {
        this(loop, files, limit, false);
    }

    /**
     * @param limit the most bytes that may be appended
     * @param passedOn whether it is read while it arrives
     */
    public RequestBody(EventExecutor loop, SpoolFiles files, long limit, boolean passedOn) {
        this.passedOn = passedOn;
        this.loop = loop;
        this.files = files;
        this.limit = limit;
    }

    /** Tells of the moment when {@link #isCongested} is false again. */
    public void whenWritten(Runnable action) {
        whenWritten = action;
    }

    /** Whether it is read while it arrives, and only once. */
    public boolean isPassedOn() {
        return passedOn;
    }

    /** Tells the reader of a body that is passed on that some more has arrived, or that it is complete now. */
    public void whenMore(Runnable action) {
        whenMore = action;
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
        return append(piece, piece.readableBytes());
    }

    /** The same with the next {@code length} bytes of a buffer that holds more, which stays as it is. */
    public boolean append(ByteBuf in, int length) {
        if (received + length > limit) {
            received += length;
            return false;
        }
        received += length;
        if (discarded) {
            return true;
        }
        if (passedOn) {
            arrive(in, length);
            return true;
        }
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
        spool.append(in, length);
        return true;
    }

    private void arrive(ByteBuf in, int length) {
        if (arrived == null) {
            arrived = PooledByteBufAllocator.DEFAULT.directBuffer(length);
        }
        arrived.writeBytes(in, in.readerIndex(), length);
        whenMore.run();
    }

    /** The sender has said that this is all. */
    public void end() {
        complete = true;
        whenMore.run();
    }

    public boolean isComplete() {
        return complete;
    }

    /**
     * True while the sender should wait for the disk, or for the reader; {@link #whenWritten} tells when it need not
     * any more.
     */
    public boolean isCongested() {
        return passedOn ? unread() > MEMORY : spool != null && spool.backlog() > BACKLOG;
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
        if (arrived != null) {
            return arrived.readableBytes();
        }
        return spool == null ? 0 : spool.unread();
    }

    /** Whether {@link #read} would answer at once, with the whole rest. */
    public boolean isInMemory() {
        return spool == null || spool.isInMemory();
    }

    /** Starts again from the first byte; of a body that is passed on, nothing may have been read. */
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
        if (arrived != null) {
            boolean wasCongested = isCongested();
            ByteBuf all = arrived;
            arrived = null;
            reader.accept(all);
            if (wasCongested) {
                whenWritten.run();
            }
        } else if (spool != null) {
            spool.read(reader);
        }
    }

    /** Nobody wants it any more: what is here goes, and what still comes is not kept. */
    void discard() {
        discarded = true;
        boolean wasCongested = isCongested();
        release();
        spool = null;
        if (wasCongested) {
            whenWritten.run();
        }
    }

    void release() {
        if (arrived != null) {
            arrived.release();
            arrived = null;
        }
        if (spool != null) {
            spool.release();
        }
    }
}
