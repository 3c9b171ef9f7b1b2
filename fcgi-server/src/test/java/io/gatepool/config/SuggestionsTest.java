package io.gatepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionsTest {
    @ParameterizedTest
    @CsvSource({
        "worker,    workers,   1",
        "wrokers,   workers,   1",
        "'',        abc,       3",
        "abc,       abc,       0",
        "kitten,    sitting,   3",
    })
    void theDistanceCountsMistakes(String a, String b, int distance) {
        assertThat(Suggestions.distance(a, b)).isEqualTo(distance);
        assertThat(Suggestions.distance(b, a)).isEqualTo(distance);
    }

    @ParameterizedTest
    @CsvSource({
        "worker,           workers",
        "Request-Timeout,  request_timeout",
        "lisen,            listen",
        "usr,              user",
        "kin,              kind",
    })
    void theClosestNameIsMeant(String name, String meant) {
        assertThat(Suggestions.closest(name, List.of("kind", "user", "listen", "workers", "request_timeout")))
                .contains(meant);
    }

    @ParameterizedTest
    @CsvSource({"x", "completely_different", "''", "rot13"})
    void aNameLikeNoneMeansNone(String name) {
        assertThat(Suggestions.closest(name, List.of("kind", "user", "listen", "workers", "request_timeout")))
                .isEmpty();
    }
}
