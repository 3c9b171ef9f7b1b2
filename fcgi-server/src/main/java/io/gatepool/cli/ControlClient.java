package io.gatepool.cli;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Asks a running daemon one thing over its control socket: docs/control.md. For the main thread, which waits. */
final class ControlClient implements Closeable {

    private static final int LARGEST_ANSWER = 4 << 20;

    private final SocketChannel channel;

    private ControlClient(SocketChannel channel) {
        this.channel = channel;
    }

    /** @throws IOException as the kernel says it: there is no such socket, nobody listens, or it is not for us */
    static ControlClient connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            return new ControlClient(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Sends {@code request}, and waits for the answer.
     *
     * @throws InterruptedIOException when it does not come within {@code patience}
     * @throws IOException when the connection ends before the answer has, or what comes is no answer
     */
    Fields ask(Map<String, Object> request, Duration patience) throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        ByteBuffer out = ByteBuffer.wrap((JSON.std.asString(request) + "\n").getBytes(StandardCharsets.UTF_8));
        try (Selector selector = Selector.open()) {
            SelectionKey key = channel.register(selector, SelectionKey.OP_WRITE);
            write(out, selector, deadline);
            key.interestOps(SelectionKey.OP_READ);
            return new Fields(JSON.std.mapFrom(readLine(selector, deadline)));
        }
    }

    /**
     * A daemon that refuses at once may do so before it has read the request: its answer counts, not the broken pipe.
     */
    private void write(ByteBuffer out, Selector selector, long deadline) throws IOException {
        try {
            while (out.hasRemaining()) {
                channel.write(out);
                if (out.hasRemaining()) {
                    await(selector, deadline);
                }
            }
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            out.position(out.limit());
        }
    }

    private String readLine(Selector selector, long deadline) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        ByteBuffer in = ByteBuffer.allocate(1 << 16);
        while (line.size() < LARGEST_ANSWER) {
            await(selector, deadline);
            in.clear();
            int count = channel.read(in);
            if (count < 0) {
                throw new IOException("the connection was closed before the answer was complete");
            }
            for (int at = 0; at < count; at++) {
                if (in.get(at) == '\n') {
                    line.write(in.array(), 0, at);
                    return line.toString(StandardCharsets.UTF_8);
                }
            }
            line.write(in.array(), 0, count);
        }
        throw new IOException("the answer is longer than " + LARGEST_ANSWER + " bytes");
    }

    private static void await(Selector selector, long deadline) throws IOException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0 || selector.select(millis) == 0) {
            throw new InterruptedIOException("no answer in time");
        }
        selector.selectedKeys().clear();
    }

    /** Waits until the daemon closes the connection, which it does when it ends. */
    void awaitEnd() throws IOException {
        channel.configureBlocking(true);
        ByteBuffer in = ByteBuffer.allocate(64);
        try {
            while (channel.read(in) >= 0) {
                in.clear();
            }
        } catch (IOException reset) {
            // An end as well.
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
