package io.gatepool.process;

import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.FileDescriptor;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One real epoll loop for the tests of pipes, and the child's side of a pipe without a child. */
final class OnLoop {

    static final IoEventLoop LOOP = new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("loop", true), EpollIoHandler.newFactory())
            .next();

    private OnLoop() {}

    /** Runs {@code task} on the loop and brings its result. */
    static <T> T call(Callable<T> task) throws Exception {
        return LOOP.submit(task).get(20, TimeUnit.SECONDS);
    }

    static void run(Runnable task) throws Exception {
        LOOP.submit(task).get(20, TimeUnit.SECONDS);
    }

    /**
     * Waits until the loop has asked epoll: what was ready before has been handled then, since epoll tells of a pipe of
     * our own, made ready now, behind it.
     */
    static void settle() throws Exception {
        Pipe marker = Pipe.fromChild();
        CompletableFuture<Void> seen = new CompletableFuture<>();
        run(() -> PipeReader.open(LOOP, marker.ourEnd(), new PipeReader.Sink() {
            @Override
            public void data(ByteBuf bytes) {
                bytes.release();
            }

            @Override
            public void endOfFile() {
                seen.complete(null);
            }
        }));
        marker.closeChildEnd();
        seen.get(20, TimeUnit.SECONDS);
        run(() -> {});
    }

    /** Writes all of it as a child would, blocking. */
    static void childWrites(Pipe pipe, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length);
        buffer.put(bytes).flip();
        FileDescriptor end = new FileDescriptor(pipe.childEnd());
        while (buffer.hasRemaining()) {
            int written = end.write(buffer, buffer.position(), buffer.limit());
            buffer.position(buffer.position() + written);
        }
    }

    /** Reads as a child would, blocking: exactly so many bytes, or what comes before the end of file. */
    static byte[] childReads(Pipe pipe, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Math.max(length, 1));
        FileDescriptor end = new FileDescriptor(pipe.childEnd());
        while (buffer.position() < length) {
            int got = end.read(buffer, buffer.position(), length);
            if (got <= 0) {
                break;
            }
            buffer.position(buffer.position() + got);
        }
        byte[] bytes = new byte[buffer.position()];
        buffer.flip().get(bytes);
        return bytes;
    }

    /** Bytes that differ everywhere enough for a lost, doubled or misplaced piece to show. */
    static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        new java.util.Random(length).nextBytes(bytes);
        return bytes;
    }
}
