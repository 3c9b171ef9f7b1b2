package io.gatepool.front;

import static io.gatepool.front.SoloProtocol.SCGI;
import static io.gatepool.front.SoloWire.events;
import static io.gatepool.front.SoloWire.netstring;
import static io.gatepool.front.SoloWire.scgi;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** SCGI requests, sound and not. */
class ScgiHeadTest {

    private static List<String> of(String bytes) {
        return events(SCGI, bytes.getBytes(ISO_8859_1));
    }

    private static void assertRefused(byte[] input, String why) {
        List<String> events = events(SCGI, input);
        assertThat(events).hasSize(1);
        assertThat(events.get(0)).startsWith("error SCGI: ").contains(why);
    }

    @Test
    void theExampleOfTheSpecificationIsARequest() {
        assertThat(of("70:CONTENT_LENGTH\00027\0SCGI\0001\0REQUEST_METHOD\0POST\0REQUEST_URI\0/deepthought\0,"
                        + "What is the answer to life?"))
                .containsExactly(
                        "head {CONTENT_LENGTH=27, SCGI=1, REQUEST_METHOD=POST, REQUEST_URI=/deepthought}",
                        "body What is the answer to life?",
                        "end");
    }

    @Test
    void aRequestWithoutABodyEndsWithItsHead() {
        assertThat(events(SCGI, scgi("", "CONTENT_LENGTH", "0", "SCGI", "1", "A", "")))
                .containsExactly("head {CONTENT_LENGTH=0, SCGI=1, A=}", "end");
    }

    @Test
    void aValueMayHoldAnyByteButNul() {
        assertThat(events(SCGI, scgi("", "CONTENT_LENGTH", "0", "SCGI", "1", "PATH_INFO", "/\u00e9,:=\n")))
                .contains("head {CONTENT_LENGTH=0, SCGI=1, PATH_INFO=/\u00e9,:=\n}");
    }

    @Test
    void aBodyThatIsTooShortHasNoEnd() {
        assertThat(events(SCGI, scgi("four", "CONTENT_LENGTH", "5", "SCGI", "1")))
                .containsExactly("head {CONTENT_LENGTH=5, SCGI=1}", "body four");
    }

    @Test
    void whatIsBehindTheBodyKeepsTheRequestFromEnding() {
        assertThat(events(SCGI, scgi("five!6", "CONTENT_LENGTH", "5", "SCGI", "1")))
                .hasSize(3)
                .element(2)
                .asString()
                .startsWith("error 1 bytes or more behind the end of a request with a body of 5");
    }

    @Test
    void aSecondRequestIsNone() {
        byte[] one = scgi("", "CONTENT_LENGTH", "0", "SCGI", "1");
        assertThat(events(SCGI, one, one)).element(2).asString().startsWith("error ");
    }

    static List<Arguments> noNetstrings() {
        return List.of(
                Arguments.of(":", "':' (0x3a) at byte 0, where the length of a netstring is to begin"),
                Arguments.of("x", "'x' (0x78) at byte 0"),
                Arguments.of("GET / HTTP/1.0", "it seems to be HTTP"),
                Arguments.of("\1\1", "it seems to be FastCGI"),
                Arguments.of("\0\1", "it seems to be uwsgi"),
                Arguments.of("\026\003", "it seems to be TLS"),
                Arguments.of("-1:", "'-' (0x2d) at byte 0"),
                Arguments.of("+1:", "'+' (0x2b) at byte 0"),
                Arguments.of(" 1:", "0x20 at byte 0"),
                Arguments.of("1 :", "0x20 at byte 1, where the length of a netstring is to go on or end with ':'"),
                Arguments.of("1x:", "'x' (0x78) at byte 1"),
                Arguments.of("024:", "begins with a zero"),
                Arguments.of("00:", "begins with a zero"),
                Arguments.of("1234567890", "more than 9 digits"),
                Arguments.of("0:,", "no headers at all"),
                Arguments.of("0:x", "behind the netstring of 0 bytes, not ','"));
    }

    @ParameterizedTest
    @MethodSource("noNetstrings")
    void aHeadThatIsNoNetstringIsRefused(String bytes, String why) {
        assertRefused(bytes.getBytes(ISO_8859_1), why);
    }

    static List<Arguments> brokenHeads() {
        return List.of(
                Arguments.of(
                        "CONTENT_LENGTH\0000\0SCGI\0001", "the value of SCGI at byte 22 of the netstring has no NUL"),
                Arguments.of("CONTENT_LENGTH\0000\0SCGI\0001\0A", "the name at byte 24 of the netstring has no NUL"),
                Arguments.of("CONTENT_LENGTH\0000\0SCGI\0001\0A\0", "the value of A at byte 26"),
                Arguments.of("CONTENT_LENGTH\0000\0SCGI\0001\0\0x\0", "an empty name at byte 24"),
                Arguments.of("\0000\0SCGI\0001\0", "an empty name at byte 0"),
                Arguments.of("SCGI\0001\0CONTENT_LENGTH\0000\0", "first header is SCGI, it must be CONTENT_LENGTH"),
                Arguments.of("content_length\0000\0SCGI\0001\0", "first header is content_length"),
                Arguments.of("CONTENT_LENGTH\0\0SCGI\0001\0", "CONTENT_LENGTH is ''"),
                Arguments.of("CONTENT_LENGTH\000-1\0SCGI\0001\0", "CONTENT_LENGTH is '-1'"),
                Arguments.of("CONTENT_LENGTH\0001 \0SCGI\0001\0", "CONTENT_LENGTH is '1 '"),
                Arguments.of("CONTENT_LENGTH\0001234567890123456789\0SCGI\0001\0", "1 to 18 digits"),
                Arguments.of("CONTENT_LENGTH\0000\0", "no header SCGI; it must be \"1\""),
                Arguments.of("CONTENT_LENGTH\0000\0SCGI\0002\0", "the header SCGI is '2', only version 1"),
                Arguments.of("CONTENT_LENGTH\0000\0CONTENT_LENGTH\0005\0SCGI\0001\0", "CONTENT_LENGTH is there twice"),
                Arguments.of(
                        "CONTENT_LENGTH\0000\0SCGI\0001\0SCGI\0001\0",
                        "SCGI is there twice, the second time at byte 24"),
                Arguments.of("CONTENT_LENGTH\0000\0SCGI\0001\0A\0b\0A\0b\0", "A is there twice"));
    }

    @ParameterizedTest
    @MethodSource("brokenHeads")
    void pairsThatAreNotAsSpecifiedAreRefused(String content, String why) {
        assertRefused(netstring(content, ""), why);
    }

    @Test
    void aNetstringThatDoesNotEndWithACommaIsRefused() {
        byte[] sound = scgi("", "CONTENT_LENGTH", "0", "SCGI", "1");
        sound[sound.length - 1] = ';';
        assertRefused(sound, "';' (0x3b) behind the netstring of 24 bytes, not ','");
    }

    @Test
    void aFieldThatAClientHasSentTwiceIsNoReasonToClose() {
        assertThat(events(SCGI, scgi("", "CONTENT_LENGTH", "0", "SCGI", "1", "HTTP_X", "a", "HTTP_X", "b")))
                .containsExactly("head {CONTENT_LENGTH=0, SCGI=1, HTTP_X=b}", "end");
    }

    @Test
    void aHeadOverTheLimitIsRefusedBeforeItComes() {
        assertThat(of("1048577:")).containsExactly("head {}an SCGI head of 1048577 bytes, the limit is 1048576", "end");
        assertThat(of("1048576:")).isEmpty();
    }

    @Test
    void moreVariablesThanTheLimitAreRefusedWithTheRequest() {
        List<String> pairs = new ArrayList<>(List.of("CONTENT_LENGTH", "0"));
        for (int number = 0; number < 1024; number++) {
            pairs.addAll(List.of("V" + number, ""));
        }
        pairs.addAll(List.of("SCGI", "1"));
        assertThat(events(SCGI, scgi("", pairs.toArray(String[]::new))))
                .element(0)
                .asString()
                .contains("more than 1024 variables");
    }

    @Test
    void whatAMessageQuotesIsPrintableAndShort() {
        String message =
                events(SCGI, netstring("\n" + "x".repeat(5000) + "\000", "")).get(0);
        assertThat(message).contains("\\nxxx").hasSizeLessThan(300);
    }
}
