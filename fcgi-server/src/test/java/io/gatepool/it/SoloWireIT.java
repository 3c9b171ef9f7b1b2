package io.gatepool.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepool.it.SoloHouse.Door;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** SCGI and uwsgi, byte by byte: requests, answers, ends of connections, and what is no request. */
class SoloWireIT {

    private static final String CLIENT_GONE = "GET %s\\S* failed: the client closed the connection";

    private static SoloHouse house;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        house = new SoloHouse(directory, "[http]\nheader_timeout = \"1s\"\n");
    }

    @AfterAll
    static void stop() throws Exception {
        house.close();
    }

    private static void awaitLog(String regex) throws Exception {
        house.daemon().running().await(regex);
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void aRequestIsAnsweredAndTheConnectionEnds(Door door) throws Exception {
        try (RawSocket socket = house.connect(door)) {
            socket.send(SoloHouse.post(door, "/echo", 5, "hello"));
            assertThat(SoloHouse.answer(socket))
                    .isEqualTo(door.begins(200) + "OK\r\nContent-Type: application/octet-stream\r\n\r\nhello");
        }
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void aRequestMayComeByteByByte(Door door) throws Exception {
        try (RawSocket socket = house.connect(door)) {
            for (byte one : SoloHouse.post(door, "/echo", 5, "hello")) {
                socket.send(new byte[] {one});
            }
            assertThat(SoloHouse.answer(socket)).endsWith("\r\n\r\nhello");
        }
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void aLargeAnswerReachesASlowReaderWhole(Door door) throws Exception {
        try (RawSocket socket = house.connect(door)) {
            socket.send(SoloHouse.get(door, "/size", "n=3000000"));
            String answer = SoloHouse.answer(socket);
            assertThat(answer.length() - answer.indexOf("\r\n\r\n") - 4).isEqualTo(3_000_000);
        }
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void aBodyOverMaxBodyIsRefusedAndTheAnswerCanBeRead(Door door) throws Exception {
        try (RawSocket socket = house.connect(door)) {
            socket.send(SoloHouse.post(door, "/echo", 2_000_000, "x".repeat(2_000_000)));
            assertThat(SoloHouse.answer(socket)).startsWith(door.begins(413)).contains("body-too-large");
        }
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void aStatusOfTheApplicationIsToldInTheProtocolsWay(Door door) throws Exception {
        try (RawSocket socket = house.connect(door)) {
            socket.send(SoloHouse.get(door, "/raw", "out=Status:+404+Gone+Fishing%0a%0ano"));
            assertThat(SoloHouse.answer(socket))
                    .startsWith(door.begins(404) + "Gone Fishing")
                    .endsWith("\nno");
        }
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void aClientThatLeavesEndsItsRequest(Door door) throws Exception {
        Path held = house.file("gone-" + door);
        try (RawSocket socket = house.connect(door)) {
            socket.send(SoloHouse.get(door, "/gone-" + door, "do=hold&f=" + held));
            Poll.until("held", () -> Files.exists(held));
        }
        awaitLog(CLIENT_GONE.formatted("/gone-" + door));
        Files.delete(held);
    }

    @ParameterizedTest
    @CsvSource({"SCGI_UNIX", "UWSGI_UNIX"})
    void aHalfCloseOfAUnixSocketIsNoAbort(Door door) throws Exception {
        Path held = house.file("half-" + door);
        try (RawSocket socket = house.connect(door)) {
            socket.send(SoloHouse.get(door, "/half", "do=hold&f=" + held));
            socket.shutdownOutput();
            Poll.until("held", () -> Files.exists(held));
            Files.delete(held);
            assertThat(SoloHouse.answer(socket)).endsWith("\r\n\r\nlet go\n");
        }
    }

    @ParameterizedTest
    @CsvSource({"SCGI_TCP", "UWSGI_TCP"})
    void theEndOfATcpConnectionIsAnAbort(Door door) throws Exception {
        Path held = house.file("tcp-" + door);
        try (RawSocket socket = house.connect(door)) {
            socket.send(SoloHouse.get(door, "/tcp-" + door, "do=hold&f=" + held));
            Poll.until("held", () -> Files.exists(held));
            socket.shutdownOutput();
            awaitLog(CLIENT_GONE.formatted("/tcp-" + door));
            Files.delete(held);
            assertThat(socket.fill()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void aPeerThatEndsInTheMiddleOfARequestIsClosed(Door door) throws Exception {
        byte[] request = SoloHouse.post(door, "/echo", 5, "hello");
        for (int length : new int[] {1, 3, 20, request.length - 6, request.length - 1}) {
            try (RawSocket socket = house.connect(door)) {
                socket.send(Arrays.copyOf(request, length));
                socket.shutdownOutput();
                assertThat(socket.fill()).as("after %d bytes", length).isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void aPeerThatFallsSilentInTheHeadIsClosed(Door door) throws Exception {
        byte[] request = SoloHouse.get(door, "/pid", "");
        for (int length : new int[] {0, 1, request.length - 1}) {
            try (RawSocket socket = house.connect(door)) {
                socket.send(Arrays.copyOf(request, length));
                assertThat(socket.fill()).as("after %d bytes", length).isFalse();
            }
        }
        awaitLog("closed: nothing came within 1s \\(http.header_timeout\\)");
        awaitLog("closed: the head was not complete within 1s");
    }

    @ParameterizedTest
    @CsvSource({
        "SCGI_TCP,  GET / HTTP/1.1, 'SCGI: .G. .0x47. at byte 0.*it seems to be HTTP'",
        "SCGI_UNIX, '7:abcd\0x\0,', 'from a Unix socket closed: SCGI: the first header is abcd'",
        "UWSGI_TCP, GET / HTTP/1.1, 'from /127.0.0.1:\\d+ closed: uwsgi: modifier1 is 71'",
        "UWSGI_UNIX,'\0\2\0\0ab',   'uwsgi: a name at byte 0 of the variables goes beyond their 2 bytes'",
    })
    void whatIsNoRequestIsToldToTheLogAndClosed(Door door, String bytes, String log) throws Exception {
        try (RawSocket socket = house.connect(door)) {
            socket.send(bytes.getBytes(ISO_8859_1));
            assertThat(socket.fill()).isFalse();
        }
        awaitLog(log);
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void moreThanTheAnnouncedBodyNeverReachesTheApplication(Door door) throws Exception {
        try (RawSocket socket = house.connect(door)) {
            socket.send(SoloHouse.post(door, "/echo", 5, "hello, world"));
            assertThat(socket.fill()).isFalse();
        }
        awaitLog("7 bytes or more behind the end of a request with a body of 5");
    }

    @ParameterizedTest
    @CsvSource({"SCGI_TCP", "UWSGI_TCP"})
    void overTcpAnAnswerThatIsCutEndsWithAReset(Door door) throws Exception {
        int port = house.daemon().port("work", door.protocol());
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) Poll.PATIENCE.toMillis());
            socket.getOutputStream().write(SoloHouse.get(door, "/die", "when=after"));
            assertThatThrownBy(() -> socket.getInputStream().readAllBytes())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void connectionsAreCountedByProtocol() throws Exception {
        int admin = Integer.parseInt(
                house.daemon().running().await("admin: http://\\S+:(\\d+)/").group(1));
        Path held = house.file("counted");
        try (RawSocket scgi = house.connect(Door.SCGI_UNIX);
                RawSocket uwsgi = house.connect(Door.UWSGI_TCP)) {
            scgi.send(SoloHouse.get(Door.SCGI_UNIX, "/counted", "do=hold&f=" + held));
            uwsgi.send(SoloHouse.post(Door.UWSGI_TCP, "/echo", 5, "hell"));
            Poll.until("held", () -> Files.exists(held));
            Poll.until("both are counted", () -> counts(admin).equals(List.of("scgi 1.0", "uwsgi 1.0")));
            Files.delete(held);
            assertThat(SoloHouse.answer(scgi)).endsWith("let go\n");
        }
    }

    private static List<String> counts(int admin) {
        try {
            return Pattern.compile("gatepool_front_connections\\{protocol=\"(\\w+)\"} (\\S+)")
                    .matcher(Web.get("http://127.0.0.1:" + admin + "/metrics").text())
                    .results()
                    .map(family -> family.group(1) + " " + family.group(2))
                    .toList();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void aDaemonThatStopsAnswersWhatHasBegun(Door door, @TempDir Path directory) throws Exception {
        try (SoloHouse other = new SoloHouse(directory, "")) {
            Path held = other.file("held");
            try (RawSocket running = other.connect(door);
                    RawSocket begun = other.connect(door);
                    RawSocket silent = other.connect(door)) {
                running.send(SoloHouse.get(door, "/hold", "f=" + held));
                byte[] request = SoloHouse.post(door, "/echo", 5, "hello");
                begun.send(Arrays.copyOf(request, 10));
                Poll.until("held", () -> Files.exists(held));
                other.daemon().signal("TERM");
                other.daemon().running().await("stopping");
                assertThat(silent.fill()).as("nobody waits for the silent").isFalse();
                begun.send(Arrays.copyOfRange(request, 10, request.length));
                assertThat(SoloHouse.answer(begun)).endsWith("\r\n\r\nhello");
                Files.delete(held);
                assertThat(SoloHouse.answer(running)).endsWith("\r\n\r\nlet go\n");
            }
            assertThat(other.daemon().running().awaitExit()).isZero();
            other.daemon().assertNoLeak();
        }
    }

    @ParameterizedTest
    @CsvSource({"scgi", "uwsgi"})
    void overTcpOnlyTheLoopbackMayConnectUnlessOthersAreAllowed(String protocol, @TempDir Path directory)
            throws Exception {
        try (Daemon daemon =
                Daemon.serve(directory, """
                    [app.cgi]
                    kind = "cgi"
                    root = "%s"
                    listen = "%s:127.0.0.1:0"
                    allowed_clients = ["10.0.0.0/8"]
                    """.formatted(Daemon.REPOSITORY.resolve("examples/apps/cgi"), protocol))) {
            try (RawSocket socket = RawSocket.tcp(daemon.port("cgi", protocol))) {
                assertThat(socket.fill()).isFalse();
            }
            daemon.running().await("connection from 127.0.0.1 refused: not among allowed_clients");
        }
    }
}
