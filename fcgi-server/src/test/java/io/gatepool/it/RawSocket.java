package io.gatepool.it;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** One connection of a client that decides about every byte. Reading and writing give up after {@link Poll#PATIENCE}. */
final class RawSocket implements AutoCloseable {

    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer in = ByteBuffer.allocate(64 * 1024).flip();
    private boolean ended;

    private RawSocket(SocketAddress address, int receiveBuffer) {
        try {
            boolean unix = address instanceof UnixDomainSocketAddress;
            channel = SocketChannel.open(unix ? StandardProtocolFamily.UNIX : StandardProtocolFamily.INET);
            if (receiveBuffer > 0) {
                channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
            }
            channel.connect(address);
            channel.configureBlocking(false);
            selector = Selector.open();
            channel.register(selector, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RawSocket unix(Path path) {
        return new RawSocket(UnixDomainSocketAddress.of(path), 0);
    }

    static RawSocket tcp(int port) {
        return new RawSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    }

    /** A client for which the kernel takes little on its own. */
    static RawSocket tcpWithSmallBuffer(int port) {
        return new RawSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 4096);
    }

    void send(byte[] bytes) {
        ByteBuffer out = ByteBuffer.wrap(bytes);
        try {
            while (out.hasRemaining()) {
                if (channel.write(out) == 0) {
                    await(SelectionKey.OP_WRITE);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends as much as the peer takes; false once the connection is broken. */
    boolean trySend(byte[] bytes) {
        try {
            send(bytes);
            return true;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** The next byte, or -1 at the end (a reset is one too). */
    int read() {
        if (!fill()) {
            return -1;
        }
        return in.get() & 0xff;
    }

    /** Exactly this many bytes. */
    byte[] read(int length) {
        byte[] bytes = new byte[length];
        int at = 0;
        while (at < length) {
            if (!fill()) {
                throw new UncheckedIOException(new EOFException("end after " + at + " of " + length + " bytes"));
            }
            int piece = Math.min(length - at, in.remaining());
            in.get(bytes, at, piece);
            at += piece;
        }
        return bytes;
    }

    /** Drops what has been received and not read, and says how much that was. */
    int skip() {
        int skipped = in.remaining();
        in.clear().flip();
        return skipped;
    }

    /** Waits for input; false at the end. */
    boolean fill() {
        try {
            while (!in.hasRemaining() && !ended) {
                in.clear();
                int got = channel.read(in);
                in.flip();
                if (got < 0) {
                    ended = true;
                } else if (got == 0) {
                    await(SelectionKey.OP_READ);
                }
            }
        } catch (IOException reset) {
            in.clear().flip();
            ended = true;
        }
        return in.hasRemaining();
    }

    private void await(int operation) throws IOException {
        SelectionKey key = channel.keyFor(selector);
        key.interestOps(operation);
        selector.selectedKeys().clear();
        if (selector.select(Poll.PATIENCE.toMillis()) == 0) {
            throw new AssertionError("the peer did nothing for " + Poll.PATIENCE.toSeconds() + " s");
        }
    }

    /** No more will be sent. */
    void shutdownOutput() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Over TCP: the close will be a reset. */
    void resetOnClose() {
        try {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try (selector;
                channel) {
            ended = true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
