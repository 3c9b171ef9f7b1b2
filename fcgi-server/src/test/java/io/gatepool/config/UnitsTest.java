package io.gatepool.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "0s,    PT0S",
        "500ms, PT0.5S",
        "60s,   PT1M",
        "010m,  PT10M",
        "3h,    PT3H",
        "3650d, PT87600H",
    })
    void durationsHaveAUnit(String text, Duration duration) throws ValueException {
        assertThat(Durations.parse(text)).isEqualTo(duration);
    }

    @Test
    void offIsLongerThanEveryDuration() throws ValueException {
        assertThat(Durations.parse("off")).isEqualTo(Durations.OFF).isGreaterThan(Durations.parse("3650d"));
    }

    @ParameterizedTest
    @CsvSource({"0B, 0", "8190B, 8190", "64KiB, 65536", "1MiB, 1048576", "1048576GiB, 1125899906842624"})
    void sizesHaveAUnit(String text, long bytes) throws ValueException {
        assertThat(Sizes.parse(text)).isEqualTo(bytes);
    }

    @Test
    void offIsTheLargestSize() throws ValueException {
        assertThat(Sizes.parse("off")).isEqualTo(AppSettings.UNLIMITED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "s", "60", "-1s", "+1s", "1.5s", "1 s", "1s ", "1S", "1s1s", "٣s", "1\ns", "OFF", "1\0"
            })
    void everythingElseIsNoDuration(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("; write ");
    }

    @ParameterizedTest
    @CsvSource({
        "60,           '\"60\" has no unit; write \"60s\" (units: ms, s, m, h, d), or \"off\"'",
        "2min,         '\"2min\" has an unknown unit; write \"2m\" (units: ms, s, m, h, d), or \"off\"'",
        "3 h,          '\"3 h\" has a space before its unit; write \"3h\" (units: ms, s, m, h, d), or \"off\"'",
        "soon,         '\"soon\" is not a duration; write \"60s\" (units: ms, s, m, h, d), or \"off\"'",
        "3651d,        '\"3651d\" is too much; write at most \"3650d\", or \"off\"'",
    })
    void theMessageShowsWhatWasMeant(String text, String message) {
        assertThatThrownBy(() -> Durations.parse(text)).hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "64,                       '\"64\" has no unit; write \"64B\" (units: B, KiB, MiB, GiB), or \"off\"'",
        "64K,                      '\"64K\" has an unknown unit; write \"64KiB\" (units: B, KiB, MiB, GiB), or \"off\"'",
        "1gb,                      '\"1gb\" has an unknown unit; write \"1GiB\" (units: B, KiB, MiB, GiB), or \"off\"'",
        "9223372036854775807B,     '\"9223372036854775807B\" is too much; write at most \"1048576GiB\", or \"off\"'",
        "99999999999999999999GiB,  '\"99999999999999999999GiB\" is too much; write at most \"1048576GiB\", or \"off\"'",
    })
    void sizesHaveTheSameMessages(String text, String message) {
        assertThatThrownBy(() -> Sizes.parse(text)).hasMessage(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0ms", "1ms", "1s", "61s", "1m", "90m", "1d", "off"})
    void aDurationIsWrittenInTheLargestUnitThatLosesNothing(String text) throws ValueException {
        assertThat(Durations.text(Durations.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0B", "1B", "8190B", "64KiB", "3GiB", "off"})
    void aSizeIsWrittenInTheLargestUnitThatLosesNothing(String text) throws ValueException {
        assertThat(Sizes.text(Sizes.parse(text))).isEqualTo(text);
    }
}
