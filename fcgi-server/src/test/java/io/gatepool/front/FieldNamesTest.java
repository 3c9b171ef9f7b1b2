package io.gatepool.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldNamesTest {

    private final FieldNames names = new FieldNames();

    @ParameterizedTest
    @CsvSource({
        "Accept-Language, HTTP_ACCEPT_LANGUAGE, ', '",
        "cookie, HTTP_COOKIE, '; '",
        "Content-Type, CONTENT_TYPE, ''",
        "CONTENT-LENGTH, CONTENT_LENGTH, ''",
    })
    void aFieldBecomesAVariable(String name, String variable, String separator) {
        assertThat(names.of(name)).isEqualTo(new FieldNames.Field(variable, separator, false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Proxy", "connection", "Transfer-Encoding", "X_Forwarded_For", "content_length", "a_b"})
    void someAreNeverPassedOn(String name) {
        assertThat(names.of(name).isDropped()).isTrue();
    }

    @Test
    void whatAProxySaysIsKnown() {
        assertThat(names.of("x-Forwarded-FOR").isForwarding()).isTrue();
        assertThat(names.of("Forwarded").isForwarding()).isTrue();
        assertThat(names.of("X-Forwarded").isForwarding()).isFalse();
    }

    @Test
    void theSameNameIsMadeOnceHoweverItComes() {
        assertThat(names.of(new AsciiString("Accept"))).isSameAs(names.of("Accept"));
    }

    @Test
    void namesThatAreMadeUpAreNotRemembered() {
        String tooLong = "X".repeat(65);
        assertThat(names.of(tooLong)).isNotSameAs(names.of(tooLong));
        for (int number = 0; number < 200; number++) {
            names.of("X-" + number);
        }
        assertThat(names.of("X-199")).isSameAs(names.of("X-199"));
        assertThat(names.of("X-200")).isEqualTo(names.of("X-200")).isNotSameAs(names.of("X-200"));
    }
}
