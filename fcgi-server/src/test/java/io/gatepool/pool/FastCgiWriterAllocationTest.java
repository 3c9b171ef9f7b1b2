package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.Environ;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.RecordingSink;
import io.gatepool.exchange.RequestBody;
import io.gatepool.exchange.Response;
import io.gatepool.exchange.SpoolFiles;
import io.gatepool.fastcgi.Allocations;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What it allocates to send a request to a worker, on a real socket. */
class FastCgiWriterAllocationTest {

    private static final IoEventLoop LOOP = new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("loop", true), EpollIoHandler.newFactory())
            .next();

    /** As many as the socket takes without a reader. */
    private static final int REQUESTS = 30;

    private final ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();
    private final SpoolFiles files = new SpoolFiles(Path.of("/nowhere"));

    @BeforeEach
    void trackNoBuffers() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterEach
    void trackThemAgain() {
        ResourceLeakDetector.setLevel(level);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aParameterCostsNothing(boolean steadyFirst, @TempDir Path directory) throws Exception {
        long few = perRequest(exchange(1), steadyFirst, directory.resolve("few.sock"));
        long many = perRequest(exchange(100), steadyFirst, directory.resolve("many.sock"));
        assertThat(many).isEqualTo(few);
    }

    private Exchange exchange(int parameters) throws Exception {
        Environ environ = new Environ();
        environ.set("SERVER_NAME", "example.org");
        for (int parameter = 0; parameter < parameters; parameter++) {
            environ.set("HTTP_FIELD_" + parameter, "value " + parameter);
        }
        return onLoop(() -> new Exchange(
                1,
                Role.RESPONDER,
                true,
                environ,
                new RequestBody(LOOP, files, 1000),
                new RequestBody(LOOP, files, 1000),
                new Response(LOOP, files, new RecordingSink(), 1000)));
    }

    private static long perRequest(Exchange exchange, boolean steadyFirst, Path path) throws Exception {
        try (ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listening.bind(UnixDomainSocketAddress.of(path));
            WorkerSocket socket = onLoop(() -> WorkerSocket.connect(LOOP, path, new Deaf()));
            try (SocketChannel worker = listening.accept()) {
                long allocated = onLoop(() -> Allocations.ofEach(REQUESTS, () -> {
                    new FastCgiWriter(socket, 1, exchange, steadyFirst).start();
                    socket.flush();
                }));
                assertThat(onLoop(socket::isDrained)).isTrue();
                assertThat(worker.read(ByteBuffer.allocate(1 << 20))).isPositive();
                return allocated;
            } finally {
                onLoop(() -> {
                    socket.close();
                    return socket;
                });
            }
        }
    }

    private static <T> T onLoop(Callable<T> task) throws Exception {
        return LOOP.submit(task).get(20, TimeUnit.SECONDS);
    }

    private static final class Deaf implements WorkerSocket.Listener {
        @Override
        public boolean isAllAnswered(ByteBuf bytes) {
            return false;
        }

        @Override
        public void received(WorkerSocket from, ByteBuf bytes) {}

        @Override
        public void receivedAll(WorkerSocket from) {}

        @Override
        public void writable(WorkerSocket socket) {}

        @Override
        public void closed(WorkerSocket socket) {}

        @Override
        public void failed(RuntimeException mistake) {}
    }
}
