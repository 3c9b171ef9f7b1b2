package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.fastcgi.RecordType;
import io.gatepool.it.FastCgiHouse.Transport;
import io.gatepool.it.RawFastCgi.Answer;
import io.gatepool.process.KernelBuffer;
import io.gatepool.process.Peek;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The life of a request over FastCGI: bodies, aborts, ends of connections, several requests on one. */
class FastCgiRequestIT {

    private static final String GONE =
            "failed: the client closed the connection or aborted the request \\(client-gone\\)";

    private static FastCgiHouse house;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        house = new FastCgiHouse(directory);
    }

    @AfterAll
    static void stop() throws Exception {
        house.close();
    }

    private static void assertUsable(RawFastCgi connection) {
        assertThat(connection.request(1, true, "/pid", "").body()).startsWith("pid ");
    }

    private static void awaitLog(String regex, int from) throws InterruptedException {
        house.daemon().await(regex, from);
    }

    private static int logged() {
        return house.daemon().log().length();
    }

    private static String pid(RawFastCgi connection, int id) {
        return connection
                .request(id, true, "/pid", "")
                .body()
                .lines()
                .findFirst()
                .orElseThrow();
    }

    /** A request that its worker does not answer until {@code hold} is released. */
    private static void hold(RawFastCgi connection, String hold) {
        connection
                .begin(1)
                .params(1, RawFastCgi.get("/hold", "f=" + hold))
                .endStdin(1)
                .send();
        FastCgiHouse.awaitHeld(hold);
    }

    // ---- the end of a response ----

    @ParameterizedTest
    @EnumSource
    void oneEmptyStdoutThenEndRequestAndNothingAfterIt(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            Answer answer = connection.request(3, false, "/size", "n=10");
            assertThat(answer.records())
                    .endsWith("STDOUT 0", "END_REQUEST 8")
                    .hasSize(answer.records().size());
            assertThat(answer.records()).filteredOn("STDOUT 0"::equals).hasSize(1);
            assertThat(answer.records())
                    .allMatch(record -> record.startsWith("STDOUT") || record.equals("END_REQUEST 8"));
            assertThat(connection.ends()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"HEAD, 200", "GET, 204", "GET, 304"})
    void behindAHeadThatHasNoBodyThereIsNone(String method, int status) throws Exception {
        String head = "Status: " + status + "\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n";
        try (RawFastCgi connection = house.connect(Transport.TCP, "work")) {
            Map<String, String> variables =
                    RawFastCgi.get("/raw", "out=" + URLEncoder.encode(head + "body\n", StandardCharsets.US_ASCII));
            variables.put("REQUEST_METHOD", method);
            connection.begin(1).params(1, variables).endStdin(1).send();
            Answer answer = connection.answer(1);
            assertThat(answer.text()).contains("Content-Length: 5").endsWith("\r\n\r\n");
            assertThat(answer.protocolStatus()).isZero();
            assertUsable(connection);
        }
    }

    @Test
    void aLengthOfMinusOneIsCaddysWordForUnknown() throws Exception {
        try (RawFastCgi connection = house.connect(Transport.TCP, "work")) {
            connection
                    .begin(1)
                    .params(1, RawFastCgi.post("/sha", "-1"))
                    .stdin(1, "some body")
                    .endStdin(1)
                    .send();
            assertThat(connection.answer(1).body()).endsWith(" 9 9\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void stderrOfTheApplicationIsLoggedAndNotSentOn(Transport transport) throws Exception {
        int from = logged();
        try (RawFastCgi connection = house.connect(transport, "work")) {
            Answer answer = connection.request(1, true, "/stderr", "");
            assertThat(answer.body()).isEqualTo("body\n");
            assertThat(answer.records()).noneMatch(record -> record.startsWith("STDERR"));
            assertUsable(connection);
        }
        awaitLog("stderr: second line", from);
    }

    @ParameterizedTest
    @EnumSource
    void withKeepConnOneRequestFollowsTheOther(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            for (int number = 0; number < 50; number++) {
                assertUsable(connection);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutKeepConnTheResponseSurvivesABodyThatNobodyReads(Transport transport) throws Exception {
        byte[] body = new byte[3_000_000];
        try (RawFastCgi connection = house.connect(transport, "small")) {
            connection.begin(1, RawFastCgi.RESPONDER, false).params(1, RawFastCgi.post("/sha", "3000000"));
            connection.stdin(1, body).endStdin(1).send();
            assertThat(connection.answer(1).text()).startsWith("Status: 413 ");
            assertThat(connection.ends()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutKeepConnALargeResponseReachesASlowReaderWhole(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "one")) {
            connection.begin(1, RawFastCgi.RESPONDER, false).params(1, RawFastCgi.get("/size", "n=3000000"));
            connection.endStdin(1).send();
            // The worker is free again: all of the response waits in gatepool and in the kernel.
            try (RawFastCgi other = house.connect(transport, "one")) {
                assertUsable(other);
            }
            assertThat(connection.answer(1).body()).hasSize(3_000_000);
            assertThat(connection.ends()).isTrue();
        }
    }

    @Test
    void moreOfALargeResponseGoesOutThanTheKernelTakesByItself() throws Exception {
        int wanted = KernelBuffer.mostByDefault() + 1;
        try (UnixSocketChannel client = UnixSocketChannel.open(
                new UnixSocketAddress(house.socket("work").toFile()))) {
            client.write(ByteBuffer.wrap(new FastCgiDialect().get("/size", "n=5000000")));
            ByteBuf seen = Unpooled.directBuffer(wanted);
            Poll.until(
                    wanted + " bytes lie in the socket",
                    () -> Peek.at(client.getFD(), seen.memoryAddress(), wanted) == wanted);
            seen.release();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRequestWithoutKeepConnDoesNotEndTheOthersOnItsConnection(Transport transport) throws Exception {
        String hold = house.newHold();
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.begin(1).params(1, RawFastCgi.get("/hold", "f=" + hold)).endStdin(1);
            assertThat(connection.request(2, false, "/pid", "").body()).startsWith("pid ");
            FastCgiHouse.awaitHeld(hold);
            FastCgiHouse.release(hold);
            assertThat(connection.answer(1).body()).isEqualTo("let go\n");
            assertThat(connection.ends()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTruncatedResponseEndsWithTheConnectionAndWithoutEndRequest(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "mortal")) {
            Poll.until("there is a worker", () -> pid(connection, 1).startsWith("pid "));
            connection.begin(1).params(1, RawFastCgi.get("/die", "when=after")).endStdin(1);
            Answer answer = connection.answerOrEnd(1);
            assertThat(answer.body()).isEqualTo("part of the body\n");
            assertThat(answer.records()).noneMatch(record -> record.startsWith("END_REQUEST"));
            assertThat(answer.records()).doesNotContain("STDOUT 0");
        }
    }

    // ---- CONTENT_LENGTH ----

    @ParameterizedTest
    @CsvSource({"UNIX,absent", "TCP,absent", "UNIX,''", "TCP,''"})
    void withoutContentLengthTheBodyIsWhatComesAndTheApplicationIsToldItsLength(Transport transport, String length)
            throws Exception {
        Map<String, String> variables = RawFastCgi.post("/sha", length);
        if (length.equals("absent")) {
            variables.remove("CONTENT_LENGTH");
        }
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.begin(1).params(1, variables).stdin(1, "four").endStdin(1);
            assertThat(connection.answer(1).body()).endsWith(" 4 4\n");
            connection.begin(1).params(1, variables).endStdin(1);
            assertThat(connection.answer(1).body()).endsWith(" 0 absent\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAnnouncedZeroStaysZero(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.begin(1).params(1, RawFastCgi.post("/sha", "0")).endStdin(1);
            assertThat(connection.answer(1).body()).endsWith(" 0 0\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "UNIX,0,1",
        "UNIX,3,4",
        "UNIX,5,4",
        "UNIX,1000,0",
        "TCP,3,4",
        "TCP,5,4",
        "UNIX,-2,4",
        "UNIX,+4,4",
        "UNIX,4x,4",
        "UNIX,0x4,4",
        "UNIX,'4 ',4",
        "TCP,99999999999999999999,4",
        "TCP,18446744073709551620,4",
        "TCP,'4,4',4"
    })
    void aBodyThatIsNotWhatWasAnnouncedNeverReachesTheApplication(Transport transport, String announced, int sent)
            throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.begin(1).params(1, RawFastCgi.post("/sha", announced));
            connection.stdin(1, "x".repeat(sent)).endStdin(1);
            assertThat(connection.answer(1).text()).startsWith("Status: 400 ");
            assertUsable(connection);
        }
    }

    @ParameterizedTest
    @CsvSource({"UNIX,1001", "UNIX,absent", "TCP,1001", "TCP,5000000000"})
    void aBodyOverMaxBodyIs413NamingTheSettingAndTheConnectionIsUsable(Transport transport, String length)
            throws Exception {
        int from = logged();
        Map<String, String> variables = RawFastCgi.post("/sha", length);
        if (length.equals("absent")) {
            variables.remove("CONTENT_LENGTH");
        }
        try (RawFastCgi connection = house.connect(transport, "small")) {
            connection.begin(1).params(1, variables).stdin(1, "x".repeat(1001)).endStdin(1);
            assertThat(connection.answer(1).text())
                    .startsWith("Status: 413 ")
                    .contains("X-Gatepool-Cause: body-too-large");
            assertUsable(connection);
        }
        awaitLog("the limit is 1000; set max_body in \\[app.small\\] \\(body-too-large\\)", from);
    }

    @ParameterizedTest
    @EnumSource
    void aBodyOfExactlyMaxBodyIsTaken(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "small")) {
            connection
                    .begin(1)
                    .params(1, RawFastCgi.post("/sha", "1000"))
                    .stdin(1, "x".repeat(1000))
                    .endStdin(1);
            assertThat(connection.answer(1).body()).endsWith(" 1000 1000\n");
        }
    }

    // ---- ABORT ----

    @ParameterizedTest
    @EnumSource
    void abortBeforeTheEndOfParamsIsAnswered(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.begin(1).abort(1);
            assertThat(connection.answer(1).records()).containsExactly("END_REQUEST 8");
            connection
                    .begin(1)
                    .params(1, RawFastCgi.encoded(RawFastCgi.get("/env", "")))
                    .abort(1);
            assertThat(connection.answer(1).records()).containsExactly("END_REQUEST 8");
            // What was on its way belongs to no request any more.
            connection.params(1, RawFastCgi.NOTHING).stdin(1, "late").endStdin(1);
            assertUsable(connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void abortInTheBodyIsAnswered(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection
                    .begin(1)
                    .params(1, RawFastCgi.post("/sha", "300000"))
                    .stdin(1, new byte[150_000])
                    .abort(1);
            assertThat(connection.answer(1).records()).containsExactly("END_REQUEST 8");
            connection.stdin(1, "late").endStdin(1);
            assertUsable(connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void abortOfAWaitingRequestTakesItOutOfTheQueue(Transport transport) throws Exception {
        String hold = house.newHold();
        try (RawFastCgi connection = house.connect(transport, "one")) {
            hold(connection, hold);
            String never = house.newHold();
            connection
                    .begin(2)
                    .params(2, RawFastCgi.get("/hold", "f=" + never))
                    .endStdin(2)
                    .abort(2);
            assertThat(connection.answer(2).records()).containsExactly("END_REQUEST 8");
            FastCgiHouse.release(hold);
            assertThat(connection.answer(1).body()).isEqualTo("let go\n");
            assertUsable(connection);
            assertThat(Path.of(never)).doesNotExist();
        }
    }

    @ParameterizedTest
    @EnumSource
    void abortOfARunningRequestIsAnsweredAtOnceAndTheWorkerStays(Transport transport) throws Exception {
        String hold = house.newHold();
        try (RawFastCgi connection = house.connect(transport, "one")) {
            String worker = pid(connection, 1);
            connection
                    .begin(2)
                    .params(2, RawFastCgi.get("/hold", "f=" + hold))
                    .endStdin(2)
                    .send();
            FastCgiHouse.awaitHeld(hold);
            connection.abort(2);
            assertThat(connection.answer(2).records()).containsExactly("END_REQUEST 8");
            FastCgiHouse.release(hold);
            assertThat(pid(connection, 1)).isEqualTo(worker);
        }
    }

    @ParameterizedTest
    @EnumSource
    void abortInMidAnswerEndsIt(Transport transport) throws Exception {
        String hold = house.newHold();
        try (RawFastCgi connection = house.connect(transport, "one")) {
            connection
                    .begin(2)
                    .params(2, RawFastCgi.get("/hold", "head&f=" + hold))
                    .endStdin(2)
                    .send();
            FastCgiHouse.awaitHeld(hold);
            connection.awaitOutput("begun\n");
            connection.abort(2);
            Answer answer = connection.answer(2);
            assertThat(answer.body()).isEqualTo("begun\n");
            assertThat(answer.records()).endsWith("END_REQUEST 8");
            FastCgiHouse.release(hold);
            assertUsable(connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void abortOfAScriptEndsItsProcess(Transport transport) throws Exception {
        int from = logged();
        try (RawFastCgi connection = house.connect(transport, "cgi")) {
            connection
                    .begin(2)
                    .params(2, RawFastCgi.get("/slow.sh", ""))
                    .endStdin(2)
                    .send();
            Poll.until("the script's first bytes", () -> connection.socket().fill());
            connection.abort(2);
            assertThat(connection.answer(2).records()).endsWith("END_REQUEST 8");
        }
        awaitLog(GONE, from);
    }

    // ---- the peer closes ----

    @ParameterizedTest
    @EnumSource
    void aPeerThatClosesInMidRequestCostsNoWorker(Transport transport) throws Exception {
        int from = logged();
        String hold = house.newHold();
        String worker;
        try (RawFastCgi connection = house.connect(transport, "one")) {
            worker = pid(connection, 1);
            hold(connection, hold);
        }
        awaitLog(GONE, from);
        FastCgiHouse.release(hold);
        try (RawFastCgi connection = house.connect(transport, "one")) {
            assertThat(pid(connection, 1)).isEqualTo(worker);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatClosesAbortsEveryRequestOfTheConnection(Transport transport) throws Exception {
        int from = logged();
        String hold = house.newHold();
        try (RawFastCgi connection = house.connect(transport, "one")) {
            connection.begin(1).params(1, RawFastCgi.get("/hold", "f=" + hold)).endStdin(1);
            connection.begin(2).params(2, RawFastCgi.get("/queued", "")).endStdin(2);
            connection
                    .begin(3)
                    .params(3, RawFastCgi.post("/uploading", "9"))
                    .stdin(3, "part")
                    .send();
            FastCgiHouse.awaitHeld(hold);
        }
        for (String path : new String[] {"/hold", "/queued", "/uploading"}) {
            awaitLog(path + "\\S* " + GONE, from);
        }
        FastCgiHouse.release(hold);
    }

    @Test
    void onAUnixSocketAHalfCloseIsNoAbort() throws Exception {
        String hold = house.newHold();
        try (RawFastCgi connection = house.connect(Transport.UNIX, "one")) {
            connection
                    .begin(1)
                    .params(1, RawFastCgi.get("/hold", "f=" + hold))
                    .endStdin(1)
                    .send();
            connection.socket().shutdownOutput();
            FastCgiHouse.awaitHeld(hold);
            FastCgiHouse.release(hold);
            assertThat(connection.answer(1).body()).isEqualTo("let go\n");
            assertThat(connection.ends()).isTrue();
        }
    }

    @Test
    void afterAHalfCloseALargeResponseComesWhole() throws Exception {
        try (RawFastCgi connection = house.connect(Transport.UNIX, "one")) {
            connection
                    .begin(1)
                    .params(1, RawFastCgi.get("/size", "n=3000000"))
                    .endStdin(1)
                    .send();
            connection.socket().shutdownOutput();
            try (RawFastCgi other = house.connect(Transport.UNIX, "one")) {
                assertUsable(other);
            }
            assertThat(connection.answer(1).body()).hasSize(3_000_000);
            assertThat(connection.ends()).isTrue();
        }
    }

    @Test
    void aHalfCloseInTheBodyAbortsTheRequest() throws Exception {
        int from = logged();
        try (RawFastCgi connection = house.connect(Transport.UNIX, "work")) {
            connection
                    .begin(1)
                    .params(1, RawFastCgi.post("/half", "10"))
                    .stdin(1, "half")
                    .send();
            connection.socket().shutdownOutput();
            assertThat(connection.ends()).isTrue();
        }
        awaitLog("/half " + GONE, from);
    }

    @Test
    void anIdleConnectionEndsWithAHalfClose() throws Exception {
        try (RawFastCgi connection = house.connect(Transport.UNIX, "work")) {
            assertUsable(connection);
            connection.socket().shutdownOutput();
            assertThat(connection.ends()).isTrue();
        }
    }

    @Test
    void overTcpTheEndOfFileIsAnAbort() throws Exception {
        int from = logged();
        String hold = house.newHold();
        try (RawFastCgi connection = house.connect(Transport.TCP, "one")) {
            hold(connection, hold);
            connection.socket().shutdownOutput();
            awaitLog(GONE, from);
            assertThat(connection.ends()).isTrue();
        }
        FastCgiHouse.release(hold);
    }

    @Test
    void aResetIsAnAbort() throws Exception {
        int from = logged();
        String hold = house.newHold();
        try (RawFastCgi connection = house.connect(Transport.TCP, "one")) {
            hold(connection, hold);
            connection.socket().resetOnClose();
        }
        awaitLog(GONE, from);
        FastCgiHouse.release(hold);
    }

    // ---- several requests on one connection ----

    @ParameterizedTest
    @EnumSource
    void interleavedRequestsAreAnsweredInAnyOrder(Transport transport) throws Exception {
        String hold = house.newHold();
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.begin(1).begin(65535).params(1, RawFastCgi.get("/hold", "f=" + hold));
            connection.params(65535, RawFastCgi.post("/echo", "6")).stdin(65535, "two");
            connection.endStdin(1).stdin(65535, "two").endStdin(65535);
            assertThat(connection.answer(65535).body()).isEqualTo("twotwo");
            FastCgiHouse.awaitHeld(hold);
            FastCgiHouse.release(hold);
            assertThat(connection.answer(1).body()).isEqualTo("let go\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyThatComesWhileAnotherRequestWaitsHoldsNobodyUp(Transport transport) throws Exception {
        String hold = house.newHold();
        byte[] half = new byte[2_000_000];
        try (RawFastCgi connection = house.connect(transport, "one")) {
            hold(connection, hold);
            // The first waits for the worker; the second's body comes over the same connection.
            connection.begin(2).params(2, RawFastCgi.get("/pid", "")).endStdin(2);
            connection
                    .begin(3)
                    .params(3, RawFastCgi.post("/sha", "4000000"))
                    .stdin(3, half)
                    .send();
            FastCgiHouse.release(hold);
            assertThat(connection.answer(1).body()).isEqualTo("let go\n");
            assertThat(connection.answer(2).body()).startsWith("pid ");
            connection.stdin(3, half).endStdin(3);
            assertThat(connection.answer(3).body()).endsWith(" 4000000 4000000\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRequestThatWaitsWhileItsBodyIsStillComingTakesNoWorker(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "one")) {
            connection
                    .begin(1)
                    .params(1, RawFastCgi.post("/echo", "4"))
                    .stdin(1, "ab")
                    .send();
            assertThat(connection.request(2, true, "/pid", "").body()).startsWith("pid ");
            assertThat(connection.stdin(1, "cd").endStdin(1).answer(1).body()).isEqualTo("abcd");
        }
    }

    @ParameterizedTest
    @EnumSource
    void manyInterleavedBodiesArriveUnmixed(Transport transport) throws Exception {
        Random random = new Random(7);
        int requests = 40;
        String[] bodies = new String[requests + 1];
        int[] sent = new int[requests + 1];
        try (RawFastCgi connection = house.connect(transport, "work")) {
            for (int id = 1; id <= requests; id++) {
                bodies[id] = Integer.toString(id, 36).repeat(random.nextInt(20000));
                connection.begin(id).params(id, RawFastCgi.post("/echo", Integer.toString(bodies[id].length())));
            }
            for (int open = requests; open > 0; ) {
                int id = 1 + random.nextInt(requests);
                if (sent[id] < 0) {
                    continue;
                }
                int end = Math.min(bodies[id].length(), sent[id] + 1 + random.nextInt(9000));
                connection.stdin(id, bodies[id].substring(sent[id], end));
                sent[id] = end;
                if (end == bodies[id].length()) {
                    connection.endStdin(id);
                    sent[id] = -1;
                    open--;
                }
            }
            for (int id = requests; id > 0; id--) {
                assertThat(connection.answer(id).body()).isEqualTo(bodies[id]);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void moreRequestsThanAConnectionMayHaveAreRefusedAsOverload(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            for (int id = 1; id <= 1025; id++) {
                connection.begin(id);
            }
            assertThat(connection.answer(1025).protocolStatus()).isEqualTo(2);
            connection.params(7, RawFastCgi.get("/pid", "")).endStdin(7);
            assertThat(connection.answer(7).body()).startsWith("pid ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLargeBodyThatIsRefusedDoesNotStopTheConnection(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "small")) {
            Map<String, String> variables = RawFastCgi.post("/sha", "");
            connection.begin(1).params(1, variables);
            byte[] body = "y".repeat(10_000_000).getBytes(StandardCharsets.ISO_8859_1);
            connection.stream(RecordType.STDIN, 1, body, 65535).endStdin(1);
            assertThat(connection.answer(1).text()).startsWith("Status: 413 ");
            assertUsable(connection);
        }
    }
}
