package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.fastcgi.NameValues;
import io.gatepool.fastcgi.RecordType;
import io.gatepool.it.FastCgiHouse.Transport;
import io.gatepool.it.RawFastCgi.Answer;
import io.gatepool.it.RawFastCgi.Received;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Records that a web server may send, and some that it may not: what the FastCGI front makes of each. */
class FastCgiWireIT {

    private static final int KEPT = 1;

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
        assertThat(connection.request(KEPT, true, "/pid", "").body()).startsWith("pid ");
    }

    // ---- PARAMS ----

    @ParameterizedTest
    @CsvSource({"UNIX,1", "UNIX,7", "UNIX,8", "TCP,1", "TCP,3", "TCP,64"})
    void pairsMayStraddleRecords(Transport transport, int size) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            Map<String, String> variables = RawFastCgi.get("/env", "");
            variables.put("LONG", "x".repeat(300));
            variables.put("EMPTY", "");
            connection.begin(KEPT).stream(RecordType.PARAMS, KEPT, RawFastCgi.encoded(variables), size);
            connection.params(KEPT, RawFastCgi.NOTHING).endStdin(KEPT).send();
            assertThat(connection.answer(KEPT).environ()).containsAllEntriesOf(variables);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theBytesMayComeOneByOne(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.begin(KEPT).params(KEPT, RawFastCgi.post("/echo", "3")).stdin(KEPT, "abc");
            for (byte piece : connection.endStdin(KEPT).taken()) {
                connection.socket().send(new byte[] {piece});
            }
            assertThat(connection.answer(KEPT).body()).isEqualTo("abc");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shortLengthsMayTakeFourBytes(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.begin(KEPT).params(KEPT, RawFastCgi.longPair("SCRIPT_NAME", "/env"));
            connection.params(KEPT, RawFastCgi.longPair("SHORT", "")).params(KEPT, RawFastCgi.NOTHING);
            Answer answer = connection.endStdin(KEPT).answer(KEPT);
            assertThat(answer.environ()).containsEntry("SHORT", "").containsEntry("SCRIPT_NAME", "/env");
        }
    }

    @ParameterizedTest
    @EnumSource
    void ofTheSameNameTheLastValueWins(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.begin(KEPT).params(KEPT, RawFastCgi.encoded(Map.of("TWICE", "first")));
            connection.params(KEPT, RawFastCgi.encoded(Map.of("SCRIPT_NAME", "/env")));
            connection.params(KEPT, RawFastCgi.encoded(Map.of("TWICE", "second")));
            connection.params(KEPT, RawFastCgi.NOTHING).endStdin(KEPT);
            assertThat(connection.answer(KEPT).environ()).containsEntry("TWICE", "second");
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyByteOfAValueSurvives(Transport transport) throws Exception {
        StringBuilder bytes = new StringBuilder();
        for (char c = 1; c < 256; c++) {
            // Where the printed environ has its line ends, nothing can be compared.
            bytes.append(Character.isISOControl(c) ? "" : c);
        }
        try (RawFastCgi connection = house.connect(transport, "work")) {
            Map<String, String> variables = RawFastCgi.get("/env", "");
            variables.put("BYTES", bytes.toString());
            connection.begin(KEPT).params(KEPT, variables).endStdin(KEPT);
            assertThat(connection.answer(KEPT).environ()).containsEntry("BYTES", bytes.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"UNIX,7fffffff,7fffffff", "UNIX,5,7fffffff", "TCP,7fffffff,1", "TCP,7fffffff,7fffffff"})
    void aPairThatClaimsMoreThanThereIsClosesTheConnection(Transport transport, String name, String value)
            throws Exception {
        byte[] claim = ByteBuffer.allocate(13)
                .putInt(Integer.parseInt(name, 16) | 0x80000000)
                .putInt(Integer.parseInt(value, 16) | 0x80000000)
                .put("hello".getBytes(StandardCharsets.ISO_8859_1))
                .array();
        int logged = house.daemon().log().length();
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.begin(KEPT).params(KEPT, claim).params(KEPT, RawFastCgi.NOTHING);
            assertThat(connection.ends()).isTrue();
        }
        house.daemon().await("connection from .* closed: name-value pair at byte 0: name of", logged);
    }

    @ParameterizedTest
    @EnumSource
    void moreVariablesThanAreTakenAre431AndTheConnectionIsUsable(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            Map<String, String> many = RawFastCgi.get("/env", "");
            for (int number = many.size(); number < 1024; number++) {
                many.put("V" + number, "");
            }
            connection.begin(KEPT).params(KEPT, many).endStdin(KEPT);
            // And the REQUEST_ID that gatepool gives.
            assertThat(connection.answer(KEPT).environ()).hasSize(1025);
            many.put("ONE_TOO_MANY", "");
            connection.begin(2).params(2, many).endStdin(2);
            assertThat(connection.answer(2).text())
                    .startsWith("Status: 431 ")
                    .contains("X-Gatepool-Cause: headers-too-large");
            assertUsable(connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void paramsOverTheLimitAre431AndTheConnectionIsUsable(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            int logged = house.daemon().log().length();
            Map<String, String> large = RawFastCgi.get("/sha", "");
            large.put("LARGE", "x".repeat(1 << 20));
            connection.begin(KEPT).params(KEPT, large).stdin(KEPT, "unwanted").endStdin(KEPT);
            assertThat(connection.answer(KEPT).text()).startsWith("Status: 431 ");
            house.daemon().await("PARAMS of \\d+ bytes, the limit is 1048576", logged);
            assertUsable(connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void paramsUpToTheLimitReachTheApplication(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            Map<String, String> large = RawFastCgi.get("/env", "");
            large.put("LARGE", "x".repeat((1 << 20) - RawFastCgi.encoded(large).length - 10));
            connection.begin(KEPT).params(KEPT, large).endStdin(KEPT);
            assertThat(connection.answer(KEPT).environ()).containsAllEntriesOf(large);
        }
    }

    // ---- framing ----

    @ParameterizedTest
    @EnumSource
    void everyRecordMayBePaddedAndReservedBytesMayBeAnything(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            byte[] begin = {0, 1, 1, 9, 9, 9, 9, 9};
            byte[] params = RawFastCgi.encoded(RawFastCgi.post("/echo", "4"));
            connection.record(1, RecordType.BEGIN_REQUEST.code(), KEPT, begin, 255, 255);
            connection.record(1, RecordType.PARAMS.code(), KEPT, params, 255, 1);
            connection.record(1, RecordType.PARAMS.code(), KEPT, RawFastCgi.NOTHING, 255, 255);
            connection.record(1, RecordType.STDIN.code(), KEPT, new byte[] {'b', 'o', 'd', 'y'}, 3, 7);
            connection.record(1, RecordType.STDIN.code(), KEPT, RawFastCgi.NOTHING, 8, 0);
            assertThat(connection.answer(KEPT).body()).isEqualTo("body");
            assertUsable(connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRecordOfTheGreatestLengthIsTaken(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            byte[] most = new byte[65535];
            connection.begin(KEPT).params(KEPT, RawFastCgi.post("/sha", "65535"));
            connection.record(1, RecordType.STDIN.code(), KEPT, most, 255, 0).endStdin(KEPT);
            assertThat(connection.answer(KEPT).body()).endsWith(" 65535 65535\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void recordsOfUnknownRequestsAreIgnored(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.begin(KEPT).params(KEPT, RawFastCgi.post("/echo", "2"));
            connection
                    .params(77, RawFastCgi.get("/env", ""))
                    .stdin(77, "not mine")
                    .endStdin(77)
                    .abort(78);
            connection.record(RecordType.DATA.code(), 65535, new byte[] {1});
            assertThat(connection.stdin(KEPT, "ok").endStdin(KEPT).answer(KEPT).body())
                    .isEqualTo("ok");
            assertUsable(connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyStdinBeforeBeginIsTolerated(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.endStdin(KEPT);
            assertUsable(connection);
            connection.endStdin(KEPT);
            assertUsable(connection);
        }
    }

    @ParameterizedTest
    @CsvSource({"UNIX,0", "UNIX,2", "TCP,22", "TCP,71", "TCP,255"})
    void anotherVersionClosesTheConnection(Transport transport, int version) throws Exception {
        int logged = house.daemon().log().length();
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.record(version, 1, 1, new byte[8], 0, 0);
            assertThat(connection.ends()).isTrue();
        }
        house.daemon().await("connection from .* closed: ", logged);
    }

    @ParameterizedTest
    @EnumSource
    void beginOfARequestInFlightClosesTheConnection(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.begin(5).params(5, RawFastCgi.post("/echo", "1")).begin(5);
            assertThat(connection.ends()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void beginOfRequestZeroClosesTheConnection(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            assertThat(connection.begin(0).ends()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBodyBeforeTheEndOfParamsClosesTheConnection(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.begin(KEPT).params(KEPT, RawFastCgi.encoded(RawFastCgi.get("/env", "")));
            assertThat(connection.stdin(KEPT, "too early").ends()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void paramsAfterTheirEndCloseTheConnection(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.begin(KEPT).params(KEPT, RawFastCgi.post("/echo", "1"));
            assertThat(connection.params(KEPT, RawFastCgi.get("/env", "")).ends())
                    .isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRecordThatOnlyApplicationsSendClosesTheConnection(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.begin(KEPT).record(RecordType.STDOUT.code(), KEPT, new byte[] {1});
            assertThat(connection.ends()).isTrue();
        }
    }

    // ---- management ----

    @ParameterizedTest
    @EnumSource
    void getValuesAnswersTheNamesThatAreKnown(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            Map<String, String> query = new LinkedHashMap<>();
            query.put("FCGI_MAX_CONNS", "");
            query.put("FCGI_WISHES", "");
            query.put("FCGI_MPXS_CONNS", "");
            query.put("FCGI_MAX_REQS", "");
            connection.record(RecordType.GET_VALUES.code(), 0, RawFastCgi.encoded(query));
            assertThat(values(connection))
                    .isEqualTo(Map.of("FCGI_MAX_CONNS", "1024", "FCGI_MAX_REQS", "1024", "FCGI_MPXS_CONNS", "1"));
            assertUsable(connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEmptyQueryGetsAnEmptyResult(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.record(RecordType.GET_VALUES.code(), 0, RawFastCgi.NOTHING);
            assertThat(values(connection)).isEmpty();
            connection.record(RecordType.GET_VALUES.code(), 0, RawFastCgi.encoded(Map.of("NOBODY", "")));
            assertThat(values(connection)).isEmpty();
            assertUsable(connection);
        }
    }

    private static Map<String, String> values(RawFastCgi connection) throws Exception {
        Received result = Objects.requireNonNull(connection.read());
        assertThat(result.type()).isEqualTo(RecordType.GET_VALUES_RESULT);
        assertThat(result.id()).isZero();
        return NameValues.toMap(
                Unpooled.copiedBuffer(result.content(), StandardCharsets.ISO_8859_1),
                result.content().length());
    }

    @ParameterizedTest
    @CsvSource({"UNIX,12,0", "UNIX,255,20", "TCP,99,65535", "TCP,0,0"})
    void anUnknownManagementTypeIsAnsweredAsUnknown(Transport transport, int type, int length) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.record(1, type, 0, new byte[length], 5, 0);
            Received answer = Objects.requireNonNull(connection.read());
            assertThat(answer.type()).isEqualTo(RecordType.UNKNOWN_TYPE);
            assertThat(answer.id()).isZero();
            assertThat(answer.content()).isEqualTo((char) type + "\0".repeat(7));
            assertUsable(connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownTypeOfARequestIsIgnored(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection.begin(KEPT).record(200, KEPT, new byte[100]);
            connection.params(KEPT, RawFastCgi.get("/pid", "")).endStdin(KEPT);
            assertThat(connection.answer(KEPT).body()).startsWith("pid ");
        }
    }

    // ---- roles ----

    @ParameterizedTest
    @CsvSource({"UNIX,0", "UNIX,4", "TCP,4", "TCP,255"})
    void anUnknownRoleIsAnsweredAndTheConnectionUsable(Transport transport, int role) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            connection
                    .begin(9, role, true)
                    .params(9, RawFastCgi.get("/env", ""))
                    .endStdin(9);
            Answer answer = connection.answer(9);
            assertThat(answer.protocolStatus()).isEqualTo(3);
            assertThat(answer.records()).containsExactly("END_REQUEST 8");
            assertUsable(connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownRoleOnAConnectionThatIsNotKeptClosesItAfterTheAnswer(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "work")) {
            assertThat(connection.begin(9, 4, false).answer(9).protocolStatus()).isEqualTo(3);
            assertThat(connection.ends()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void scriptsServeRespondersOnly(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "cgi")) {
            connection.begin(1, RawFastCgi.AUTHORIZER, true).params(1, RawFastCgi.get("/hello.sh", ""));
            assertThat(connection.answer(1).protocolStatus()).isEqualTo(3);
            assertThat(connection.request(2, true, "/hello.sh", "plain").body()).contains("count 1");
        }
    }

    @ParameterizedTest
    @CsvSource({"UNIX,key=open,200", "UNIX,key=lost,403", "TCP,key=open,200"})
    void anAuthorizerIsAskedWithoutABody(Transport transport, String query, int status) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "roles")) {
            connection.begin(1, RawFastCgi.AUTHORIZER, true).params(1, RawFastCgi.get("/", query));
            assertThat(connection.answer(1).text())
                    .startsWith("Status: " + status)
                    .endsWith("role 2 stdin 0 data 0\n");
            // Some web servers send an empty STDIN to an authorizer all the same.
            connection.endStdin(1);
            connection.begin(1, RawFastCgi.AUTHORIZER, true).params(1, RawFastCgi.get("/", query));
            assertThat(connection.endStdin(1).answer(1).text()).endsWith("role 2 stdin 0 data 0\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFilterGetsStdinAndThenItsData(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "roles")) {
            Map<String, String> variables = RawFastCgi.post("/", "3");
            variables.put("FCGI_DATA_LENGTH", "200000");
            connection
                    .begin(1, RawFastCgi.FILTER, true)
                    .params(1, variables)
                    .stdin(1, "abc")
                    .endStdin(1);
            byte[] data = "filter me! ".repeat(20000).substring(0, 200000).getBytes(StandardCharsets.ISO_8859_1);
            connection.stream(RecordType.DATA, 1, data, 60000).record(RecordType.DATA.code(), 1, RawFastCgi.NOTHING);
            assertThat(connection.answer(1).body())
                    .startsWith("role 3 stdin 3 data 200000\nFILTER ME! FILTER")
                    .hasSize(27 + 200000);
            assertUsable2(connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void dataThatWasCutNeverReachesAFilterAsComplete(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "roles")) {
            Map<String, String> variables = RawFastCgi.post("/", "3");
            variables.put("FCGI_DATA_LENGTH", "20");
            connection.begin(1, RawFastCgi.FILTER, true).params(1, variables).stdin(1, "abc").endStdin(1).stream(
                            RecordType.DATA, 1, new byte[19], 60000)
                    .record(RecordType.DATA.code(), 1, RawFastCgi.NOTHING);
            assertThat(connection.send().answer(1).text()).contains("Status: 400", "body-mismatch");
            assertUsable2(connection);
        }
    }

    private static void assertUsable2(RawFastCgi connection) {
        assertThat(connection.request(2, true, "/", "").body()).isEqualTo("role 1 stdin 0 data 0\n");
    }

    @ParameterizedTest
    @EnumSource
    void dataIsNotForAResponder(Transport transport) throws Exception {
        try (RawFastCgi connection = house.connect(transport, "roles")) {
            connection.begin(1).params(1, RawFastCgi.post("/", "2"));
            connection.record(RecordType.DATA.code(), 1, new byte[50000]);
            connection.record(RecordType.DATA.code(), 1, RawFastCgi.NOTHING);
            assertThat(connection.stdin(1, "ok").endStdin(1).answer(1).body()).isEqualTo("role 1 stdin 2 data 0\n");
            assertUsable2(connection);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatComesAfterTheEndOfStdinIsNotPartOfTheBody(Transport transport) throws Exception {
        String hold = house.newHold();
        try (RawFastCgi connection = house.connect(transport, "one")) {
            connection.begin(1).params(1, RawFastCgi.get("/hold", "f=" + hold)).endStdin(1);
            connection
                    .begin(2)
                    .params(2, RawFastCgi.post("/sha", "2"))
                    .stdin(2, "ok")
                    .endStdin(2);
            connection.stdin(2, "smuggled").endStdin(2).send();
            FastCgiHouse.awaitHeld(hold);
            FastCgiHouse.release(hold);
            assertThat(connection.answer(2).body()).endsWith(" 2 2\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFloodOfUnknownRecordsIsNoHarm(Transport transport) throws Exception {
        ByteArrayOutputStream flood = new ByteArrayOutputStream();
        try (RawFastCgi connection = house.connect(transport, "work")) {
            for (int number = 0; number < 5000; number++) {
                flood.writeBytes(connection.stdin(number % 60000 + 2, "x").taken());
            }
            connection.socket().send(flood.toByteArray());
            assertUsable(connection);
        }
    }
}
