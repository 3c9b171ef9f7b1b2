package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {

    @Test
    void plainTextStaysAsItIs() {
        assertThat(Printable.of("GET /a b?c=\"d\"~", 100)).isEqualTo("GET /a b?c=\"d\"~");
    }

    @Test
    void everyByteBecomesPrintableAscii() {
        for (int b = 0; b < 256; b++) {
            assertThat(Printable.of(String.valueOf((char) b), 100))
                    .as("byte %d", b)
                    .matches("[ -~]+");
        }
    }

    @Test
    void noTwoBytesLookTheSame() {
        assertThat(java.util.stream.IntStream.range(0, 256).mapToObj(b -> Printable.of(String.valueOf((char) b), 100)))
                .doesNotHaveDuplicates();
    }

    @Test
    void aLineEndCannotForgeASecondLine() {
        assertThat(Printable.of("x\r\n2026 ERROR forged", 100)).isEqualTo("x\\r\\n2026 ERROR forged");
    }

    @Test
    void controlAndHighBytesAreHexadecimal() {
        assertThat(Printable.of("\0\033[31m\u007f\u0080\u00ff", 100)).isEqualTo("\\x00\\x1b[31m\\x7f\\x80\\xff");
    }

    @Test
    void aBackslashIsEscapedSoThatAnEscapeCannotBeFeigned() {
        assertThat(Printable.of("\\n", 100)).isEqualTo("\\\\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0100", "\u20ac", "\ud83d\ude00"})
    void whatStandsForNoByteIsAQuestionMark(String character) {
        assertThat(Printable.of("a" + character + "b", 100)).isEqualTo("a?b");
    }

    @ParameterizedTest
    @CsvSource({"abcde,5,abcde", "abcdef,5,ab...", "abcdefghi,6,abc...", "'',5,''"})
    void whatIsLongerThanTheLimitIsCut(String text, int limit, String shown) {
        assertThat(Printable.of(text, limit)).isEqualTo(shown);
    }

    @Test
    void neitherLimitNorEscapeIsBrokenByACut() {
        String hostile = "ab\0\\\nc\u00ff".repeat(5);
        for (int limit = 3; limit < 80; limit++) {
            String shown = Printable.of(hostile, limit);
            assertThat(shown).hasSizeLessThanOrEqualTo(limit);
            assertThat(shown.replace("...", "")).matches("([a-z]|\\\\x[0-9a-f]{2}|\\\\\\\\|\\\\n)*");
        }
    }

    @Test
    void onlyTheGivenPartIsShown() {
        byte[] bytes = "secret|shown|secret".getBytes(ISO_8859_1);
        assertThat(Printable.of(bytes, 7, 12, 100)).isEqualTo("shown");
    }
}
