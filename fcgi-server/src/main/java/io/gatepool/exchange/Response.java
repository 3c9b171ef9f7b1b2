package io.gatepool.exchange;

import io.gatepool.cgi.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way of the answer from whoever makes it to the front. As long as the client keeps up, content goes straight
 * through; when it does not, it waits in a {@link Spool}, and only when that holds {@code limit} bytes does the maker
 * have to wait. Event loop only.
 */
public final class Response implements Spool.Listener {

    /** In memory up to here, then in the file. */
    private static final int MEMORY = 64 * 1024;

    /** When so much waits for the disk, the maker has to wait too. */
    private static final int BACKLOG = 1 << 20;

    private enum Ending {
        OPEN,
        COMPLETE,
        ABORTED
    }

    private final EventExecutor loop;
    private final SpoolFiles files;
    private final ResponseSink sink;
    private final long limit;
    private @Nullable Spool waiting;
    private @Nullable Consumer<ByteBuf> deliverer;
    private boolean reading;
    private Ending ending = Ending.OPEN;
    private boolean closed;
    private long appStatus;
    private @Nullable ResponseHead head;
    private long bytes;
    private boolean saturated;
    private Consumer<IOException> whenFailed = e -> {};
    private Runnable whenRelieved = () -> {};

    /** @param limit how many bytes wait for a slow client before the maker has to */
    public Response(EventExecutor loop, SpoolFiles files, ResponseSink sink, long limit) {
        this.loop = loop;
        this.files = files;
        this.sink = sink;
        this.limit = limit;
    }

    /** Tells of the disk's refusal while the response is still being made. */
    void whenFailed(Consumer<IOException> action) {
        whenFailed = action;
    }

    /** Tells of the moment when {@link #isSaturated} is false again. */
    void whenRelieved(Runnable action) {
        whenRelieved = action;
    }

    long bytes() {
        return bytes;
    }

    /** 0 before the head. */
    int status() {
        return head == null ? 0 : head.status();
    }

    @Nullable
    ResponseHead head() {
        return head;
    }

    void head(ResponseHead given) {
        head = given;
        if (!closed) {
            sink.head(given);
        }
    }

    void content(ByteBuf piece) {
        bytes += piece.readableBytes();
        if (closed) {
            piece.release();
        } else if (waiting == null && sink.isWritable()) {
            sink.content(piece);
        } else {
            if (waiting == null) {
                waiting = new Spool(loop, files, MEMORY, this);
            }
            waiting.append(piece);
            piece.release();
            saturated = isOverLimit(waiting);
            pump();
        }
    }

    @Override
    public void written() {
        relieve();
    }

    @Override
    public void failed(IOException e) {
        if (ending == Ending.OPEN) {
            whenFailed.accept(e);
        }
        // What waited is lost: the client gets what can be had, a visible end.
        close(Ending.ABORTED);
    }

    boolean error(ByteBuf bytes) {
        return !closed && sink.error(bytes);
    }

    void flush() {
        if (!closed) {
            sink.flush();
        }
    }

    /** The client has all that it was promised. */
    boolean isWhole() {
        return waiting == null && sink.isWhole();
    }

    /** The maker should pause: more waits for the client, or for the disk, than may. */
    boolean isSaturated() {
        return saturated;
    }

    private boolean isOverLimit(Spool spool) {
        return spool.size() > limit + MEMORY || spool.backlog() > BACKLOG;
    }

    private void relieve() {
        if (saturated && (waiting == null || !isOverLimit(waiting))) {
            saturated = false;
            whenRelieved.run();
        }
    }

    /** Gives the sink what waits, as long as it takes it, and ends it when all has gone. */
    void pump() {
        if (closed || reading) {
            return;
        }
        if (waiting != null && waiting.unread() > 0) {
            if (sink.isWritable()) {
                reading = true;
                waiting.read(deliverer());
            } else {
                // It tells of its being writable again only when what it was given before is on its way.
                sink.flush();
            }
        } else {
            // The client has caught up: from here on content goes straight through again.
            releaseSpool();
            if (ending == Ending.OPEN) {
                relieve();
            } else {
                close(ending);
            }
        }
    }

    /** One for all reads: most responses need none. */
    private Consumer<ByteBuf> deliverer() {
        if (deliverer == null) {
            deliverer = this::deliver;
        }
        return deliverer;
    }

    private void deliver(ByteBuf bytes) {
        reading = false;
        if (closed) {
            bytes.release();
            return;
        }
        sink.content(bytes);
        sink.flush();
        pump();
    }

    void complete(long status) {
        appStatus = status;
        end(Ending.COMPLETE);
    }

    /** Nobody flushes after this: what fills the sink must go out now, or it will never be writable again. */
    private void end(Ending how) {
        ending = how;
        pump();
        flush();
    }

    /** @param exitStatus what the web server is told with the page as the application's own status */
    void fail(String id, Failure failure, long exitStatus) {
        if (closed) {
            return;
        }
        if (head == null && sink.refuse(failure.cause())) {
            discard();
        } else if (head == null) {
            ErrorPage page = ErrorPage.of(id, failure);
            head(page.head());
            content(page.body());
            complete(exitStatus);
        } else {
            end(Ending.ABORTED);
        }
    }

    /** The client has gone. */
    void discard() {
        closed = true;
        releaseSpool();
    }

    private void close(Ending how) {
        if (closed) {
            return;
        }
        closed = true;
        releaseSpool();
        if (how == Ending.COMPLETE) {
            sink.end(appStatus);
        } else {
            sink.abort();
        }
    }

    private void releaseSpool() {
        if (waiting != null) {
            waiting.release();
            waiting = null;
        }
    }
}
