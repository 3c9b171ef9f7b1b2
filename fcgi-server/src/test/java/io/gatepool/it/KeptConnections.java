package io.gatepool.it;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Many kept connections at once, on one thread: each sends a request, and the next one as soon as it has its answer, as
 * the connections of a busy web server do.
 */
final class KeptConnections implements AutoCloseable {

    private final Selector selector = Selector.open();
    private final List<Connection> connections = new ArrayList<>();
    private final ByteBuffer input = ByteBuffer.allocate(64 * 1024);
    private final byte[] request;
    private long total;
    private long asked;

    private static final class Connection {
        final SocketChannel channel;
        final Dialect.Answers parser;
        int answers;

        Connection(SocketChannel channel, Dialect.Answers parser) {
            this.channel = channel;
            this.parser = parser;
        }
    }

    KeptConnections(SocketAddress address, int count, Dialect dialect, byte[] request) throws IOException {
        this.request = request;
        for (int number = 0; number < count; number++) {
            // Connected before it is non-blocking: a full backlog makes this wait, not fail.
            SocketChannel channel = SocketChannel.open(address);
            channel.configureBlocking(false);
            Connection connection = new Connection(channel, dialect.answers());
            channel.register(selector, SelectionKey.OP_READ, connection);
            connections.add(connection);
        }
    }

    /** Lets every connection ask again and again until {@code answers} have come to all of them together. */
    void ask(long answers) throws IOException {
        long wanted = total + answers;
        for (Connection connection : connections) {
            send(connection);
        }
        while (total < asked) {
            if (selector.select(Poll.PATIENCE.toMillis()) == 0) {
                throw new AssertionError((asked - total) + " requests have got no answer");
            }
            for (SelectionKey key : selector.selectedKeys()) {
                Connection connection = (Connection) key.attachment();
                int complete = receive(connection);
                for (int again = 0; again < complete && asked < wanted; again++) {
                    send(connection);
                }
            }
            selector.selectedKeys().clear();
        }
    }

    private void send(Connection connection) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(request);
        connection.channel.write(bytes);
        if (bytes.hasRemaining()) {
            throw new AssertionError("an idle connection did not take a small request at once");
        }
        asked++;
    }

    private int receive(Connection connection) throws IOException {
        input.clear();
        if (connection.channel.read(input) < 0) {
            throw new AssertionError("a kept connection was closed after " + connection.answers + " answers");
        }
        int complete = connection.parser.feed(Unpooled.wrappedBuffer(input.flip()));
        connection.answers += complete;
        total += complete;
        return complete;
    }

    /** The answers that each connection has got. */
    List<Integer> answers() {
        return connections.stream().map(connection -> connection.answers).toList();
    }

    @Override
    public void close() throws IOException {
        for (Connection connection : connections) {
            connection.channel.close();
        }
        selector.close();
    }
}
