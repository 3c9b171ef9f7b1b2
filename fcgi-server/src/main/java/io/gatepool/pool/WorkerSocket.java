package io.gatepool.pool;

import io.gatepool.process.Descriptors;
import io.gatepool.process.Peek;
import io.gatepool.process.SendBuffer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelException;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A connected Unix socket on the event loop, made for what a worker's connection does a hundred thousand times a
 * second: one send for the request, one short answer.
 *
 * <p>Why not a Netty channel: when bytes are taken out of a Unix socket, the kernel wakes whoever sleeps on the other
 * end, for there is room to write again (unix_write_space). A worker that waits for its next request sleeps there. It
 * wakes, finds nothing and sleeps again, for every answer that is read. So a short answer behind which the worker sleeps
 * is only looked at (MSG_PEEK), and taken out right behind the next request, which wakes the worker anyway. A channel cannot leave bytes
 * where they are; see docs/pool.md for what it brings.
 *
 * <p>Edge-triggered, so that what was left does not report itself again. Owned by the event loop, as is the {@link
 * Listener}; after {@link #close} the descriptor's number is never used again.
 */
final class WorkerSocket implements EpollIoHandle {

    /** Who uses it. No call comes from within a method of the socket, except {@code connect}'s caller's own. */
    interface Listener {
        /**
         * Whether {@code bytes}, of which there may be more to come, are whole answers to all that was sent, with
         * nothing behind them.
         */
        boolean isAllAnswered(ByteBuf bytes);

        /** Something has come; the buffer stays the socket's. */
        void received(WorkerSocket from, ByteBuf bytes);

        /** All that has come so far was received. */
        void receivedAll(WorkerSocket from);

        /** It {@linkplain WorkerSocket#isWritable takes} more again. */
        void writable(WorkerSocket socket);

        /** It is closed: by the worker, by an error, or by {@link WorkerSocket#close}. The last call. */
        void closed(WorkerSocket socket);

        /** Our own mistake, in one of the calls above; the socket closes. */
        void failed(RuntimeException mistake);
    }

    private static final EpollIoOps READ =
            EpollIoOps.EPOLLIN.with(EpollIoOps.EPOLLRDHUP).with(EpollIoOps.EPOLLET);
    private static final EpollIoOps READ_WRITE = READ.with(EpollIoOps.EPOLLOUT);

    /** EPOLLHUP, for which Netty has no name. */
    private static final int HANG_UP = EpollIoOps.EPOLLRDHUP.value() | EpollIoOps.EPOLLERR.value() | 0x10;

    /** Longer answers come in several reads, and the copy would cost more than the wake-up. */
    private static final int SHORT = 4 * 1024;

    private static final int LONG = 64 * 1024;

    /** Then other descriptors get their turn. */
    private static final int READS_A_TURN = 16;

    private final IoEventLoop loop;
    private final Socket socket;
    private final Listener listener;
    private final SendQueue queue;
    private final Runnable readTurn = this::readTurn;
    private @Nullable IoRegistration registration;
    private EpollIoOps interest = READ;
    private int readSize = SHORT;
    /** Bytes of answers that were looked at and dealt with, and lie in the socket still. */
    private int left;

    private boolean roomWanted;
    private boolean flushWanted;
    private boolean reading;
    private boolean readable;
    private boolean hangUp;
    private boolean paused;
    private boolean deaf;
    private boolean ended;
    private boolean closed;

    private WorkerSocket(IoEventLoop loop, Socket socket, Listener listener) {
        this.loop = loop;
        this.socket = socket;
        this.listener = listener;
        this.queue = new SendQueue(socket);
    }

    /**
     * Connects to a listening socket; that never takes time.
     *
     * @throws IOException if nobody listens there, or (EAGAIN) if its backlog is full; or if
     *     there is no descriptor for it (EMFILE)
     */
    static WorkerSocket connect(IoEventLoop loop, Path path, Listener listener) throws IOException {
        Socket socket = newSocket();
        try {
            socket.setSendBufferSize(SendBuffer.SIZE);
            if (!socket.connect(new DomainSocketAddress(path.toFile()))) {
                throw new IOException("connect: not done at once");
            }
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        WorkerSocket connected = new WorkerSocket(loop, socket, listener);
        loop.register(connected).addListener(done -> {
            if (done.isSuccess()) {
                connected.registered((IoRegistration) done.getNow());
            } else {
                connected.close();
            }
        });
        return connected;
    }

    private static Socket newSocket() throws IOException {
        try {
            return Socket.newSocketDomain();
        } catch (ChannelException e) {
            // Out of descriptors: no mistake, so not one of those exceptions.
            throw new IOException(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
        }
    }

    private void registered(IoRegistration made) {
        registration = made;
        if (closed) {
            made.cancel();
        } else {
            made.submit(interest);
        }
    }

    boolean isOpen() {
        return !closed;
    }

    // ---- out ----

    /** The same as {@link #send}, to go out together with what is sent next. */
    void add(ByteBuf bytes) {
        if (closed) {
            bytes.release();
        } else {
            queue.add(bytes);
        }
    }

    /** Sends {@code bytes}, which pass to the socket: now as far as they go, the rest as the worker reads. */
    void send(ByteBuf bytes) {
        add(bytes);
        flush();
    }

    /**
     * Sends what was {@linkplain #add added}, and what is added in the meantime, at once: when all that has come was
     * received or, if nothing is being received, at the end of the loop's turn.
     */
    void flushSoon() {
        if (!flushWanted && !reading) {
            loop.execute(this::flushIfWanted);
        }
        flushWanted = true;
    }

    private void flushIfWanted() {
        if (flushWanted) {
            flush();
        }
    }

    /** Sends what was {@linkplain #add added}. */
    void flush() {
        flushWanted = false;
        if (closed) {
            return;
        }
        queue.flush();
        discardLeft();
        awaitRoom();
        if (roomWanted && queue.isWritable()) {
            // Another request on the connection made the room that this one waits for.
            loop.execute(() -> guarded(this::tellRoom));
        }
    }

    /** The worker does not read as fast as we write, or does so again. */
    private void awaitRoom() {
        EpollIoOps wanted = queue.isEmpty() ? READ : READ_WRITE;
        if (!wanted.equals(interest) && registration != null && !closed) {
            interest = wanted;
            registration.submit(wanted);
        }
    }

    /** Whether more may be sent without piling up. If not, {@link Listener#writable} tells when. */
    boolean isWritable() {
        boolean writable = !closed && queue.isWritable();
        roomWanted |= !writable;
        return writable;
    }

    /** Whether all that was given to {@link #send} has gone out. */
    boolean isDrained() {
        return queue.isEmpty() && !queue.isBroken();
    }

    /** Whether the worker has read all that has gone out, and nothing waits to. */
    boolean isTaken() {
        return isDrained() && Descriptors.unreadByPeer(socket.intValue()) == 0;
    }

    /** How many bytes have gone out. */
    long sent() {
        return queue.sent();
    }

    /** Says that no more will come, when all has gone out. */
    void shutdownOutput() {
        if (!closed) {
            queue.end();
        }
    }

    /**
     * Tells the worker that nobody reads any more: what it writes fails from now on, as on a connection that is closed.
     * That it has closed its own end is heard all the same.
     */
    void shutdownInput() {
        if (closed || deaf) {
            return;
        }
        deaf = true;
        try {
            socket.shutdown(true, false);
        } catch (IOException e) {
            // It is closed already.
        }
        loop.execute(this::endIfHungUp);
    }

    private void endIfHungUp() {
        if (!closed && Descriptors.isHungUp(socket.intValue())) {
            ended = true;
            close();
        }
    }

    /** Whether it is the worker that has closed it, and all that came before was received. */
    boolean hasEnded() {
        return ended;
    }

    // ---- in ----

    /** Receives nothing more until {@link #resume}. */
    void pause() {
        paused = true;
    }

    void resume() {
        if (paused) {
            paused = false;
            loop.execute(this::read);
        }
    }

    @Override
    public void handle(IoRegistration from, IoEvent event) {
        int ops = ((EpollIoEvent) event).ops().value();
        if (deaf) {
            endIfHungUp();
            return;
        }
        hangUp |= (ops & HANG_UP) != 0;
        readable |= (ops & ~EpollIoOps.EPOLLOUT.value()) != 0;
        if ((ops & EpollIoOps.EPOLLOUT.value()) != 0) {
            guarded(this::room);
        }
        read();
    }

    private void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            listener.failed(e);
            close();
        }
    }

    private void room() {
        if (closed) {
            return;
        }
        queue.flush();
        awaitRoom();
        tellRoom();
    }

    private void tellRoom() {
        if (roomWanted && !closed && queue.isWritable()) {
            roomWanted = false;
            listener.writable(this);
        }
    }

    private void read() {
        if (!closed && !deaf && !paused && readable) {
            guarded(readTurn);
        }
    }

    private void readTurn() {
        reading = true;
        receiveWhatHasCome();
        reading = false;
        flushIfWanted();
        if (readable && !paused && !deaf && !closed) {
            loop.execute(this::read);
        }
    }

    private void receiveWhatHasCome() {
        discardLeft();
        for (int turn = 0; turn < READS_A_TURN && readable && !paused && !deaf && !closed; turn++) {
            if (!look()) {
                receive();
            }
        }
        if (!closed) {
            listener.receivedAll(this);
        }
    }

    /** Deals with short and whole answers where they lie. Returns whether there was nothing else. */
    private boolean look() {
        if (hangUp || readSize != SHORT) {
            return false;
        }
        ByteBuf seen = PooledByteBufAllocator.DEFAULT.directBuffer(SHORT);
        try {
            int length = Peek.at(socket.intValue(), seen.memoryAddress(), SHORT);
            if (length <= 0 || length == SHORT || !listener.isAllAnswered(seen.writerIndex(length))) {
                return false;
            }
            left = length;
            readable = false;
            listener.received(this, seen);
            return true;
        } finally {
            seen.release();
        }
    }

    private void receive() {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(readSize);
        try {
            int length = socket.recvAddress(buffer.memoryAddress(), 0, buffer.capacity());
            if (length > 0) {
                // At the end of file only the end itself is the last that comes.
                readable = hangUp || length == buffer.capacity();
                readSize = length == buffer.capacity() ? LONG : length < SHORT ? SHORT : readSize;
                listener.received(this, buffer.writerIndex(length));
            } else if (length == 0) {
                readable = false;
            } else {
                ended = true;
                close();
            }
        } catch (IOException e) {
            // A reset, which a worker gives that has not read all: as good as the end.
            ended = true;
            close();
        } finally {
            buffer.release();
        }
    }

    /** Whether the worker has closed its end, also when the loop has not come to that event yet. */
    boolean isAtEnd() {
        return closed || Descriptors.isHungUp(socket.intValue());
    }

    /** Takes out what was dealt with. */
    private void discardLeft() {
        while (left > 0 && !closed) {
            ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(left);
            try {
                int length = socket.recvAddress(buffer.memoryAddress(), 0, left);
                left = length > 0 ? left - length : 0;
            } catch (IOException e) {
                left = 0;
            } finally {
                buffer.release();
            }
        }
    }

    // ---- the end ----

    @Override
    public FileDescriptor fd() {
        return socket;
    }

    /** Closes, whatever is still to be sent; the listener is told a moment later. Closing twice is harmless. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        queue.release();
        if (registration != null && registration.isValid()) {
            registration.cancel();
        }
        try {
            socket.close();
        } catch (IOException e) {
            // The worker sees the end all the same.
        }
        loop.execute(() -> listener.closed(this));
    }
}
