package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.it.RawHttp.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are many, or slow, or do not read: they are closed, and nobody else notices. */
class HttpLimitsIT {

    private static final int TRICKLING = 1000;
    private static final int MOST = 1100;

    private static HttpHouse house;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        house = new HttpHouse(directory, "max_connections = " + MOST + """

                keep_alive = "20s"
                header_timeout = "2s"
                read_timeout = "20s"
                send_timeout = "1s"
                """);
    }

    @AfterAll
    static void stop() throws Exception {
        house.close();
    }

    private static int descriptors(int pid) {
        try (Stream<Path> open = Files.list(Path.of("/proc", Integer.toString(pid), "fd"))) {
            return (int) open.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many spool files are open; they have no name any more. */
    private static long spooled(Path descriptors) {
        try (Stream<Path> open = Files.list(descriptors)) {
            return open.filter(HttpLimitsIT::isDeleted).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isDeleted(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.contains("/var/tmp/") && target.endsWith(" (deleted)");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    /** Whether the peer has closed; what it says before is dropped. */
    private static boolean hasEnded(SocketChannel channel, ByteBuffer buffer) {
        try {
            int got;
            do {
                buffer.clear();
                got = channel.read(buffer);
            } while (got > 0);
            return got < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    private static SocketChannel open() throws Exception {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), house.daemon().port("work", "http")));
        channel.configureBlocking(false);
        return channel;
    }

    @Test
    void aThousandClientsThatTrickleAHeadAreClosedAndOthersAreServed() throws Exception {
        try (RawHttp http = house.connect()) {
            assertThat(http.get("/pid").response().status()).isEqualTo(200);
        }
        int from = house.daemon().log().length();
        int pid = house.daemon().pid();
        int before = descriptors(pid);
        List<SocketChannel> left = new ArrayList<>();
        for (int number = 0; number < TRICKLING; number++) {
            left.add(open());
        }
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        byte[] head = "GET /pid HTTP/1.1\r\nHost: test\r\n".getBytes(StandardCharsets.US_ASCII);
        for (SocketChannel channel : left) {
            channel.write(ByteBuffer.wrap(head));
        }
        int served = 0;
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (!left.isEmpty()) {
            assertThat(System.nanoTime()).as("%d still open", left.size()).isLessThan(deadline);
            try (RawHttp http = house.connect()) {
                assertThat(http.get("/pid").response().status()).isEqualTo(200);
                served++;
            }
            for (SocketChannel channel : List.copyOf(left)) {
                if (hasEnded(channel, buffer)) {
                    channel.close();
                    left.remove(channel);
                } else {
                    try {
                        channel.write(ByteBuffer.wrap(new byte[] {'x'}));
                    } catch (IOException closedMeanwhile) {
                        // It is found ended the next time.
                    }
                }
            }
            // Their pace; nobody waits for it.
            LockSupport.parkNanos(50_000_000);
        }
        assertThat(served).isPositive();
        house.daemon().await("408 the head took more than 2s \\(http.header_timeout\\)", from);
        Poll.until("descriptors are as before", () -> descriptors(pid) <= before);
    }

    @Test
    void aClientThatDoesNotReadItsAnswerIsClosed() throws Exception {
        int from = house.daemon().log().length();
        try (RawHttp http = house.connectWithSmallBuffer()) {
            http.get("/size?n=30000000");
            house.daemon().await("took nothing for 1s \\(http.send_timeout\\)", from);
            assertThat(http.response().complete()).isFalse();
        }
        Path open = Path.of("/proc", Integer.toString(house.daemon().pid()), "fd");
        Poll.until("the file that the answer waited in is gone", () -> spooled(open) == 0);
    }

    @Test
    void aConnectionTooManyIsTold503AndTheOthersGoOn() throws Exception {
        int from = house.daemon().log().length();
        List<RawHttp> open = new ArrayList<>();
        try {
            for (int number = 0; number < MOST; number++) {
                open.add(house.connect());
            }
            // Connections are taken in their order.
            assertThat(open.get(MOST - 1).get("/pid").response().status()).isEqualTo(200);
            try (RawHttp surplus = house.connect()) {
                Response response = surplus.response();
                assertThat(response.status()).isEqualTo(503);
                assertThat(response.field("retry-after")).isNotEmpty();
                assertThat(response.closes()).isTrue();
                assertThat(surplus.ends()).isTrue();
            }
            try (RawHttp hasSent = house.connect()) {
                assertThat(hasSent.trySend("GET /pid HTTP/1.1\r\nHost: a\r\n\r\n")
                                .response()
                                .status())
                        .isEqualTo(503);
            }
            assertThat(open.get(0).get("/pid").response().status()).isEqualTo(200);
            house.daemon().await("all " + MOST + " are taken \\(http.max_connections\\)", from);
        } finally {
            open.forEach(RawHttp::close);
        }
        int port = house.daemon().port("work", "http");
        Poll.until("there is room again", () -> {
            try (RawHttp http = RawHttp.connect(port)) {
                return http.trySend("GET /pid HTTP/1.1\r\nHost: a\r\n\r\n")
                                .response()
                                .status()
                        == 200;
            }
        });
    }
}
