package io.gatepool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanTest {

    @ParameterizedTest
    @CsvSource({"0, 0 s", "59, 59 s", "60, 1m 0s", "252, 4m 12s", "8040, 2h 14m", "86399, 23h 59m", "273600, 3d 4h"})
    void agesHaveTwoUnitsAtMost(long seconds, String text) {
        assertThat(Human.age(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"38, 38 s", "252, 4 min", "8040, 2 h"})
    void whereTheSecondsDoNotMatterOneUnitIsEnough(long seconds, String text) {
        assertThat(Human.roughly(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.0 s", "200, 0.2 s", "9949, 9.9 s", "9950, 10 s", "59499, 59 s", "59500, 1m 0s"})
    void whatGoesOnIsToldInTenthsOfSeconds(double millis, String text) {
        assertThat(Human.running(millis)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0.04, 0.0 ms",
        "0.4, 0.4 ms",
        "9.94, 9.9 ms",
        "9.95, 10 ms",
        "38, 38 ms",
        "999.4, 999 ms",
        "999.5, 1.0 s"
    })
    void whatIsOverIsToldInMilliseconds(double millis, String text) {
        assertThat(Human.took(millis)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "3277, 3.2 KiB",
        "10188, 9.9 KiB",
        "10189, 10 KiB",
        "1048063, 1023 KiB",
        "1048064, 1.0 MiB",
        "50331648, 48 MiB",
        "1099511627776, 1.0 TiB",
        "1125899906842624, 1024 TiB"
    })
    void sizesHaveAUnit(long bytes, String text) {
        assertThat(Human.bytes(bytes)).isEqualTo(text);
    }

    @Test
    void proseIsBrokenAtEightyColumnsAndNotInsideWords() {
        assertThat(Human.wrapped("a".repeat(30) + " " + "b".repeat(41) + " " + "c".repeat(100) + " d", 8))
                .containsExactly("a".repeat(30) + " " + "b".repeat(41), "c".repeat(100), "d");
    }

    @Test
    void aTimeThatIsNoneIsShownAsItCame() {
        assertThat(Human.clock("yesterday")).isEqualTo("yesterday");
        assertThat(Human.date("")).isEmpty();
    }
}
