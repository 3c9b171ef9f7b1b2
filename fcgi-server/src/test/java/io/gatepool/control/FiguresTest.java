package io.gatepool.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {

    @ParameterizedTest
    @CsvSource({"0,0 s", "38,38 s", "252,4m 12s", "8040,2h 14m", "273600,3d 4h"})
    void agesHaveTwoUnitsAtTheMost(long seconds, String text) {
        assertThat(Figures.age(seconds)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0,-", "400000,0.4 ms", "38000000,38 ms", "1200000000,1.2 s", "8040000000000,2h 14m"})
    void timesHaveTheUnitThatFits(long nanos, String text) {
        assertThat(Figures.time(nanos)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0,-", "512,512 B", "50331648,48 MiB", "1610612736,1.5 GiB"})
    void sizesToo(long bytes, String text) {
        assertThat(Figures.size(bytes)).isEqualTo(text);
    }
}
