package io.gatepool.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "7f3a412",
                "0b8f5f3e-9a5e-4d57-8f55-6d5a9b8c7d6e",
                "Root=1-67891233-abcdef012345678912345678",
                "a.b_c:d@e/f+g=h-i"
            })
    void fit(String id) {
        assertThat(RequestId.isFit(id)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a\nb", "a\"b", "<b>", "a,b", "a;b", "a%b", "a\\b", "\u00e9", "a\u0000"})
    void notFitForALog(String id) {
        assertThat(RequestId.isFit(id)).isFalse();
    }

    @Test
    void asLongAsALineCanBear() {
        assertThat(RequestId.isFit("x".repeat(128))).isTrue();
        assertThat(RequestId.isFit("x".repeat(129))).isFalse();
    }
}
