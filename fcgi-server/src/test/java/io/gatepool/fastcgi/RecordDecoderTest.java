package io.gatepool.fastcgi;

import static io.gatepool.fastcgi.Wire.bytes;
import static io.gatepool.fastcgi.Wire.hex;
import static io.gatepool.fastcgi.Wire.join;
import static io.gatepool.fastcgi.Wire.record;
import static io.gatepool.fastcgi.Wire.singly;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What each record means, whole and byte by byte. */
class RecordDecoderTest {

    private static final byte[] BEGIN = hex("01 01 0001 0008 00 00  0001 01 0000000000");

    static Stream<Arguments> records() {
        return Stream.of(
                // Section 5.1
                row("BEGIN keeps the connection", BEGIN, "BEGIN 1 role 1 keep"),
                row("BEGIN does not", hex("01 01 0001 0008 00 00  0001 00 0000000000"), "BEGIN 1 role 1"),
                row("only the lowest flag counts", hex("01 01 0001 0008 00 00  0003 fe 0000000000"), "BEGIN 1 role 3"),
                row("the highest id", hex("01 01 ffff 0008 00 00  0002 ff 0000000000"), "BEGIN 65535 role 2 keep"),
                row(
                        "an unknown role is the handler's",
                        hex("01 01 0001 0008 00 00  ffff 00 00000000 00"),
                        "BEGIN 1 role 65535"),
                row("a role of 0", hex("01 01 0001 0008 00 00  0000 00 0000000000"), "BEGIN 1 role 0"),
                row("reserved bytes may be set", hex("01 01 0001 0008 00 ff  0001 00 ffffffffff"), "BEGIN 1 role 1"),
                row("a longer body", hex("01 01 0001 000a 03 00  0001 00 0000000000 0909 aaaaaa"), "BEGIN 1 role 1"),
                row(
                        "BEGIN of an id in flight is the handler's",
                        join(BEGIN, BEGIN),
                        "BEGIN 1 role 1 keep",
                        "BEGIN 1 role 1 keep"),
                // Section 5.4
                row("ABORT", hex("01 02 0007 0000 00 00"), "ABORT 7"),
                row("ABORT with content", hex("01 02 0007 0002 01 00 4141 00"), "ABORT 7"),
                row(
                        "ABORT before PARAMS end",
                        join(BEGIN, record(4, 1, "\1"), record(2, 1, "")),
                        "BEGIN 1 role 1 keep",
                        "PARAMS 1 \1",
                        "ABORT 1"),
                // Section 5.5
                row("END", hex("01 03 0001 0008 00 00  00000000 00 000000"), "END 1 app 0 protocol 0"),
                row(
                        "END with the highest numbers",
                        hex("01 03 0001 0008 00 00  ffffffff ff ffffff"),
                        "END 1 app 4294967295 protocol 255"),
                row("END overloaded", hex("01 03 0001 0008 00 00  00000001 02 000000"), "END 1 app 1 protocol 2"),
                row("a longer END", hex("01 03 0001 0009 02 00  00000000 00 000000 aa bbbb"), "END 1 app 0 protocol 0"),
                row(
                        "END without an empty STDOUT",
                        join(record(6, 1, "x"), hex("01 03 0001 0008 00 00  00000000 00 000000")),
                        "STDOUT 1 x",
                        "END 1 app 0 protocol 0"),
                // Section 5.2, 5.3
                row(
                        "a pair straddles PARAMS records",
                        join(record(4, 1, "\1\3a"), record(4, 1, "bc"), record(4, 1, "d"), record(4, 1, "")),
                        "PARAMS 1 \1\3abcd",
                        "PARAMS 1 end"),
                row("an empty STDIN before BEGIN", join(record(5, 1, ""), BEGIN), "STDIN 1 end", "BEGIN 1 role 1 keep"),
                row("an unknown id is the handler's", record(5, 4711, "x"), "STDIN 4711 x"),
                row("DATA", join(record(8, 1, "d"), record(8, 1, "")), "DATA 1 d", "DATA 1 end"),
                row(
                        "STDERR inside the head of STDOUT",
                        join(record(6, 1, "Status"), record(7, 1, "oops"), record(6, 1, ": 200")),
                        "STDOUT 1 Status",
                        "STDERR 1 oops",
                        "STDOUT 1 : 200"),
                row(
                        "requests interleaved",
                        join(
                                record(5, 1, "a"),
                                record(5, 2, "b"),
                                record(5, 1, "c"),
                                record(5, 2, ""),
                                record(5, 1, "")),
                        "STDIN 1 a",
                        "STDIN 2 b",
                        "STDIN 1 c",
                        "STDIN 2 end",
                        "STDIN 1 end"),
                row("padding on content", record(5, 1, bytes("ab"), 255), "STDIN 1 ab"),
                row(
                        "padding on an empty record",
                        join(record(5, 1, bytes(""), 255), record(2, 1, bytes(""), 1)),
                        "STDIN 1 end",
                        "ABORT 1"),
                row("the largest record", record(6, 1, bytes("z".repeat(65535)), 255), "STDOUT 1 " + "z".repeat(65535)),
                // Section 4
                row("GET_VALUES", record(9, 0, bytes("\17\0FCGI_MPXS_CONNS"), 7), "GET_VALUES {FCGI_MPXS_CONNS=}"),
                row("GET_VALUES without a name", record(9, 0, bytes(""), 3), "GET_VALUES {}"),
                row("GET_VALUES_RESULT", record(10, 0, "\1\1a1\1\1b2"), "GET_VALUES_RESULT {a=1, b=2}"),
                row("GET_VALUES_RESULT without a value", record(10, 0, ""), "GET_VALUES_RESULT {}"),
                row(
                        "GET_VALUES of the largest size",
                        record(9, 0, bytes("\0\0".repeat(32765) + "\3\0abc"), 255),
                        "GET_VALUES {=, abc=}"),
                row("UNKNOWN_TYPE", hex("01 0b 0000 0008 00 00  63 ffffffffffffff"), "UNKNOWN_TYPE 99"),
                row("a longer UNKNOWN_TYPE", hex("01 0b 0000 0009 01 00  63 00000000000000 11 22"), "UNKNOWN_TYPE 99"),
                row(
                        "unknown management",
                        join(record(12, 0, bytes("abc"), 5), record(0, 0, ""), record(255, 0, "")),
                        "UNKNOWN_MANAGEMENT 12",
                        "UNKNOWN_MANAGEMENT 0",
                        "UNKNOWN_MANAGEMENT 255"),
                row(
                        "an unknown type with an id is skipped",
                        join(record(99, 1, bytes("abc"), 2), record(0, 1, ""), BEGIN),
                        "BEGIN 1 role 1 keep"),
                row(
                        "management with an id is skipped",
                        join(record(9, 1, "\1\0a"), record(10, 1, bytes("x"), 1), record(11, 1, "x"), BEGIN),
                        "BEGIN 1 role 1 keep"),
                row("nothing", bytes("")));
    }

    static Stream<Arguments> errors() {
        return Stream.of(
                row(
                        "version 0",
                        hex("00"),
                        "ERROR FastCGI version 0 in the first byte of a record header, only 1 is allowed"),
                row(
                        "version 2 behind a good record",
                        join(BEGIN, hex("02 05 0001 0000 00 00"), BEGIN),
                        "BEGIN 1 role 1 keep",
                        "ERROR FastCGI version 2 in the first byte of a record header, only 1 is allowed"),
                row(
                        "HTTP",
                        bytes("GET / HTTP/1.1\r\n"),
                        "ERROR FastCGI version 71 in the first byte of a record header, only 1 is allowed; the peer seems to speak HTTP"),
                row(
                        "TLS",
                        hex("160301"),
                        "ERROR FastCGI version 22 in the first byte of a record header, only 1 is allowed; the peer seems to speak TLS"),
                row(
                        "a BEGIN body of 7",
                        record(1, 3, "\0\1\0\0\0\0\0"),
                        "ERROR BEGIN_REQUEST record with request id 3: content of 7 bytes, at least 8 are needed"),
                row(
                        "no END body",
                        record(3, 4, ""),
                        "ERROR END_REQUEST record with request id 4: content of 0 bytes, at least 8 are needed"),
                row(
                        "an UNKNOWN_TYPE body of 7",
                        record(11, 0, "abcdefg"),
                        "ERROR UNKNOWN_TYPE record with request id 0: content of 7 bytes, at least 8 are needed"),
                row("BEGIN with id 0", record(1, 0, "\0\1\0\0\0\0\0\0"), idZero("BEGIN_REQUEST")),
                row("ABORT with id 0", record(2, 0, ""), idZero("ABORT_REQUEST")),
                row("END with id 0", record(3, 0, "\0\0\0\0\0\0\0\0"), idZero("END_REQUEST")),
                row("PARAMS with id 0", record(4, 0, "x"), idZero("PARAMS")),
                row("an empty PARAMS with id 0", record(4, 0, ""), idZero("PARAMS")),
                row("STDIN with id 0", record(5, 0, "x"), idZero("STDIN")),
                row("STDOUT with id 0", record(6, 0, "x"), idZero("STDOUT")),
                row("STDERR with id 0", record(7, 0, "x"), idZero("STDERR")),
                row("DATA with id 0", record(8, 0, "x"), idZero("DATA")),
                row(
                        "pairs of 2^31-1 bytes",
                        record(9, 0, "\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ffab"),
                        "ERROR name-value pair at byte 0: name of 2147483647 and value of 2147483647 bytes, but only 2 are left"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"records", "errors"})
    void aRecordMeansWhatTheTableSays(String name, byte[] input, List<String> events) {
        assertThat(Events.of(input)).isEqualTo(events);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"records", "errors"})
    void itMeansTheSameByteByByte(String name, byte[] input, List<String> events) {
        assertThat(Events.of(singly(input))).isEqualTo(events);
    }

    private static Arguments row(String name, byte[] input, String... events) {
        return arguments(name, input, List.of(events));
    }

    private static String idZero(String type) {
        return "ERROR " + type + " record with request id 0 in bytes 3 and 4 of its header, 1 to 65535 are allowed";
    }
}
