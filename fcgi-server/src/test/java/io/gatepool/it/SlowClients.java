package io.gatepool.it;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Clients that send a body byte by byte, and clients that read a large answer at 1 KB/s. They go on, on a thread of
 * their own, until they are closed.
 */
final class SlowClients implements AutoCloseable {

    private static final int BODY = 1 << 20;
    private static final int ANSWER = 5 << 20;
    private static final int SMALL_BUFFER = 16 * 1024;
    private static final long STEP_NANOS = 100_000_000;
    private static final int BYTES_A_STEP = 100;

    private final List<SocketChannel> senders = new ArrayList<>();
    private final List<SocketChannel> readers = new ArrayList<>();
    private final Dialect dialect;
    private final Thread thread = new Thread(this::run, "slow-clients");
    private volatile boolean closed;
    private volatile @Nullable String ended;

    /**
     * @param count how many of either kind
     * @param mount where the test application lives
     */
    SlowClients(SocketAddress address, int count, Dialect dialect, String mount) throws IOException {
        this.dialect = dialect;
        for (int number = 0; number < count; number++) {
            SocketChannel sender = open(address);
            write(sender, dialect.beginPost(mount + "/echo", BODY));
            senders.add(sender);
            SocketChannel reader = open(address);
            write(reader, dialect.get(mount + "/size", "n=" + ANSWER));
            readers.add(reader);
        }
        // Their answers have begun: from here on they would hold a worker, if anybody did.
        for (SocketChannel reader : readers) {
            read(reader);
        }
        thread.start();
    }

    private static SocketChannel open(SocketAddress address) throws IOException {
        boolean unix = address instanceof UnixDomainSocketAddress;
        SocketChannel channel = SocketChannel.open(unix ? StandardProtocolFamily.UNIX : StandardProtocolFamily.INET);
        // So that what is not read yet waits in gatepool, and not here.
        channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_BUFFER);
        channel.connect(address);
        return channel;
    }

    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        for (ByteBuffer out = ByteBuffer.wrap(bytes); out.hasRemaining(); ) {
            channel.write(out);
        }
    }

    private static void read(SocketChannel channel) throws IOException {
        if (channel.read(ByteBuffer.allocate(BYTES_A_STEP)) < 0) {
            throw new IOException("the answer ended");
        }
    }

    private void run() {
        try {
            while (!closed) {
                for (SocketChannel sender : senders) {
                    write(sender, dialect.bodyByte());
                }
                for (SocketChannel reader : readers) {
                    read(reader);
                }
                // Their pace; nobody waits for it.
                LockSupport.parkNanos(STEP_NANOS);
            }
        } catch (IOException e) {
            if (!closed) {
                ended = e.toString();
            }
        }
    }

    /** All of them are still at it; none was turned away. */
    void assertUnderWay() {
        if (ended != null || !thread.isAlive()) {
            throw new AssertionError("a slow client was ended: " + ended);
        }
    }

    @Override
    public void close() throws Exception {
        closed = true;
        for (SocketChannel sender : senders) {
            sender.close();
        }
        for (SocketChannel reader : readers) {
            reader.close();
        }
        thread.join();
    }
}
