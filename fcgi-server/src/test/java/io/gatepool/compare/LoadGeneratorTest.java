package io.gatepool.compare;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadGeneratorTest {

    private static final long MILLI = 1_000_000;
    private static final byte[] REQUEST = "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII);
    private static final byte[] ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(US_ASCII);
    private static final byte[] LAST =
            "HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII);

    /** What a server does with the nth request. */
    private interface Behaviour {
        byte[] answer(int number) throws InterruptedException;
    }

    /** One connection at a time, one request after the other, until the test ends. */
    private static ServerSocketChannel serve(Path socket, Behaviour behaviour) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread thread = new Thread(() -> {
            int number = 0;
            try {
                while (true) {
                    try (SocketChannel client = server.accept()) {
                        ByteBuffer in = ByteBuffer.allocate(REQUEST.length);
                        byte[] answer = ANSWER;
                        while (answer != LAST && client.read(in) >= 0) {
                            if (!in.hasRemaining()) {
                                in.clear();
                                answer = behaviour.answer(number++);
                                client.write(ByteBuffer.wrap(answer));
                            }
                        }
                    }
                }
            } catch (IOException | InterruptedException e) {
                // The test has ended.
            }
        });
        thread.setDaemon(true);
        thread.start();
        return server;
    }

    /** One request meets the 250 ms in which the server stands still; a hundred were due meanwhile. */
    @Test
    void aStandstillThatOneRequestMeetsIsInTheLatenciesOfAllThatWereDue(@TempDir Path directory) throws Exception {
        Path socket = directory.resolve("s");
        Behaviour standsOnce = number -> {
            if (number == 20) {
                TimeUnit.MILLISECONDS.sleep(250);
            }
            return ANSWER;
        };
        try (ServerSocketChannel server = serve(socket, standsOnce);
                LoadGenerator generator = new LoadGenerator()) {
            assertThat(server.isOpen()).isTrue();
            Load load = generator.run(
                    new Target(socket, REQUEST, false), 1, Schedule.fixedRate(400, 500 * MILLI), 10_000 * MILLI, 200);
            assertThat(load.answers()).isEqualTo(200);
            assertThat(load.errors()).isZero();
            assertThat(load.latencies().getTotalCount()).isEqualTo(200);
            assertThat(load.latencies().getValueAtPercentile(75)).isGreaterThan(100 * MILLI);
        }
    }

    @Test
    void otherStatusesCountInNoRateAndItConnectsAgain(@TempDir Path directory) throws Exception {
        Path socket = directory.resolve("s");
        try (ServerSocketChannel server = serve(socket, number -> number == 3 ? LAST : ANSWER);
                LoadGenerator generator = new LoadGenerator()) {
            assertThat(server.isOpen()).isTrue();
            Load load = generator.run(
                    new Target(socket, REQUEST, false), 1, Schedule.fixedRate(1000, 10 * MILLI), 10_000 * MILLI, 200);
            assertThat(load.answers()).isEqualTo(9);
            assertThat(load.otherStatuses()).isEqualTo(1);
            assertThat(load.otherStatus()).isEqualTo(503);
        }
    }

    @Test
    void whatIsNeverAnsweredCountsWithTheTimeThatWasWaited(@TempDir Path directory) throws Exception {
        Path socket = directory.resolve("s");
        Behaviour never = number -> {
            TimeUnit.MINUTES.sleep(1);
            return ANSWER;
        };
        try (ServerSocketChannel server = serve(socket, never);
                LoadGenerator generator = new LoadGenerator()) {
            assertThat(server.isOpen()).isTrue();
            Load load = generator.run(
                    new Target(socket, REQUEST, false), 1, Schedule.fixedRate(1000, 10 * MILLI), 50 * MILLI, 200);
            assertThat(load.answers()).isZero();
            assertThat(load.unanswered()).isEqualTo(10);
            assertThat(load.latencies().getMinValue()).isGreaterThan(49 * MILLI);
        }
    }

    @Test
    void withoutAServerItSaysSo(@TempDir Path directory) {
        try (LoadGenerator generator = new LoadGenerator()) {
            assertThatThrownBy(() -> generator.run(
                            new Target(directory.resolve("none"), REQUEST, false), 2, Schedule.one(), MILLI, 200))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no connection to the server");
        }
    }
}
