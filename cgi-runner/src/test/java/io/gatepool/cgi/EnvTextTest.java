package io.gatepool.cgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvTextTest {

    private static final Map<String, String> VALUES = Map.of("A", "alpha", "B_2", "${A}", "EMPTY", "");

    private static String expand(String text) {
        assertThat(EnvText.fault(text)).isEmpty();
        return EnvText.of(text).expand(name -> VALUES.getOrDefault(name, ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            value = {
                "plain > plain",
                "'' > ''",
                "${A} > alpha",
                "x${A}y${A} > xalphayalpha",
                "${A}${A} > alphaalpha",
                "${EMPTY}|${NOBODY} > |",
                "${B_2} > ${A}",
                "$A $ $$ $5 > $A $ $$ $5",
                "$${A} > ${A}",
                "$${A}${A} > ${A}alpha",
                "}{ > }{"
            })
    void referencesAreReplacedOnce(String text, String value) {
        assertThat(expand(text)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"${", "a${B", "${A} ${", "${}", "${A B}", "${A=1}", "${A-x}", "${ A}"})
    void whatIsNoReferenceIsAFault(String text) {
        assertThat(EnvText.fault(text)).isPresent();
        assertThatThrownBy(() -> EnvText.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFaultNamesTheReference() {
        assertThat(EnvText.fault("${A B}")).hasValue("has '${A B}', which names no variable");
    }
}
