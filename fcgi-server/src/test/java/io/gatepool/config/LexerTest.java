package io.gatepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LexerTest {
    private static String value(String text) {
        int[] line = text.codePoints().toArray();
        return new String(line, 0, Lexer.valueEnd(line, 0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"a b\"",
                "\"a\\\"b\"",
                "\"\"",
                "'a\\'",
                "\"\"\"a\"b\"\"\"",
                "'''a'b'''",
                "12_000",
                "true",
                "[1, [2, \"]\"], 3]",
                "{ a = [1], b = '}' }",
            })
    void aValueEndsWhereItEnds(String value) {
        assertThat(value(value)).isEqualTo(value);
        assertThat(value(value + ", more")).isEqualTo(value);
        assertThat(value(value + " # more")).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[ \"a\", # b | [ \"a\",",
                "\"abc | \"abc",
                "\"\"\" abc | \"\"\" abc",
                "{ a = 1 | { a = 1",
                "\"a\\ | \"a\\"
            })
    void ofAValueThatGoesOnTheLineCounts(String line, String shown) {
        assertThat(value(line)).isEqualTo(shown);
    }

    @Test
    void keysHavePartsWithAndWithoutQuotes() {
        int[] line = "[[ a . \"b.c\".'d' ]]".codePoints().toArray();
        assertThat(Lexer.keyParts(line, 0))
                .containsExactly(new Lexer.Part("a", 3, 4), new Lexer.Part("b.c", 7, 12), new Lexer.Part("d", 13, 16));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "=",
                "\"",
                "'",
                "[",
                "a.",
                ".",
                "[[[[",
                "{",
                "}",
                "]",
                "\"\\",
                "'''",
                "\"\"\"",
                "\"\"\"\"",
                "#"
            })
    void nothingMakesItFail(String text) {
        int[] line = text.codePoints().toArray();
        for (int start = 0; start <= line.length + 1; start++) {
            int from = start;
            assertThat(Lexer.valueEnd(line, from)).isBetween(Math.min(from, line.length), Math.max(from, line.length));
            assertThat(Lexer.keyParts(line, from)).allMatch(part -> part.start() >= from && part.end() <= line.length);
        }
    }
}
