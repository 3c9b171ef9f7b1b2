package io.gatepool.front;

import static io.gatepool.front.SoloProtocol.UWSGI;
import static io.gatepool.front.SoloWire.events;
import static io.gatepool.front.SoloWire.uwsgi;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests of the uwsgi protocol, sound and not. */
class UwsgiHeadTest {

    private static void assertRefused(byte[] input, String why) {
        List<String> events = events(UWSGI, input);
        assertThat(events).hasSize(1);
        assertThat(events.get(0)).startsWith("error uwsgi: ").contains(why);
    }

    private static byte[] latin(String bytes) {
        return bytes.getBytes(ISO_8859_1);
    }

    @Test
    void variablesAndBodyAreARequest() {
        assertThat(events(UWSGI, uwsgi("hello", "REQUEST_METHOD", "POST", "CONTENT_LENGTH", "5", "A", "")))
                .containsExactly("head {REQUEST_METHOD=POST, CONTENT_LENGTH=5, A=}", "body hello", "end");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0"})
    void withoutALengthThereIsNoBody(String length) {
        assertThat(events(UWSGI, uwsgi("", "CONTENT_LENGTH", length)))
                .containsExactly("head {CONTENT_LENGTH=" + length + "}", "end");
        assertThat(events(UWSGI, uwsgi(""))).containsExactly("head {}", "end");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 9, 14})
    void theModifiersOfRequestsMeanTheSame(int modifier) {
        assertThat(events(UWSGI, uwsgi(modifier, 6, latin("\1\0A\1\0b"), ""))).containsExactly("head {A=b}", "end");
    }

    @ParameterizedTest
    @CsvSource({
        "1,  modifier1 is 1; requests have 0; 5; 9 or 14; it seems to be FastCGI",
        "22, it seems to be TLS",
        "51, it seems to be SCGI",
        "71, it seems to be HTTP",
        "173, modifier1 is 173",
        "255, modifier1 is 255",
    })
    void otherModifiersAreRefusedAtTheFirstByte(int modifier, String why) {
        List<String> events = events(UWSGI, new byte[] {(byte) modifier});
        assertThat(events).hasSize(1);
        assertThat(events.get(0).replace("0, 5, 9 or", "0; 5; 9 or")).contains(why);
    }

    @Test
    void theSecondModifierDoesNotMatter() {
        byte[] request = uwsgi("", "A", "b");
        request[3] = 77;
        assertThat(events(UWSGI, request)).containsExactly("head {A=b}", "end");
    }

    static List<Arguments> brokenVariables() {
        return List.of(
                Arguments.of("\1", "a name at byte 0 of the variables goes beyond their 1 bytes"),
                Arguments.of("\2\0A", "a name at byte 0"),
                Arguments.of("\1\0A", "the value of A at byte 3"),
                Arguments.of("\1\0A\1", "the value of A at byte 3 of the variables goes beyond their 4 bytes"),
                Arguments.of("\1\0A\2\0b", "the value of A at byte 3"),
                Arguments.of("\1\0A\1\0b\0", "a name at byte 6"),
                Arguments.of("\1\0A\377\377b", "the value of A at byte 3"),
                Arguments.of("\0\0\1\0b", "an empty name at byte 0"));
    }

    @ParameterizedTest
    @MethodSource("brokenVariables")
    void stringsThatDoNotFillTheVariablesExactlyAreRefused(String variables, String why) {
        assertRefused(uwsgi(0, variables.length(), latin(variables), ""), why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "+1", " 1", "1 ", "0x1", "five", "1234567890123456789"})
    void whatIsNoLengthIsRefused(String length) {
        assertRefused(uwsgi("", "CONTENT_LENGTH", length), "CONTENT_LENGTH is '" + length + "', 1 to 18 digits");
    }

    @Test
    void twoLengthsAreRefused() {
        assertRefused(
                uwsgi("hello", "CONTENT_LENGTH", "5", "CONTENT_LENGTH", "5"),
                "CONTENT_LENGTH is there twice, the second time at byte 19");
    }

    @Test
    void ofAnotherNameTheLastOneCounts() {
        assertThat(events(UWSGI, uwsgi("", "A", "b", "A", "c"))).containsExactly("head {A=c}", "end");
    }

    @Test
    void aHeadMayHaveAllTheBytesThatCanBeAnnounced() {
        String value = "x".repeat(65535 - 5);
        assertThat(events(UWSGI, uwsgi("", "A", value))).containsExactly("head {A=" + value + "}", "end");
    }

    @Test
    void moreVariablesThanTheLimitAreRefusedWithTheRequest() {
        List<String> pairs = new ArrayList<>();
        for (int number = 0; number < 1025; number++) {
            pairs.addAll(List.of("V" + number, ""));
        }
        assertThat(events(UWSGI, uwsgi("", pairs.toArray(String[]::new))))
                .element(0)
                .asString()
                .contains("more than 1024 variables");
    }

    @Test
    void whatIsBehindTheBodyKeepsTheRequestFromEnding() {
        assertThat(events(UWSGI, uwsgi("hello!", "CONTENT_LENGTH", "5")))
                .hasSize(3)
                .element(2)
                .asString()
                .startsWith("error 1 bytes or more behind the end");
    }
}
