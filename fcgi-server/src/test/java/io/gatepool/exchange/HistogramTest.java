package io.gatepool.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramTest {

    private final Histogram histogram = new Histogram();

    @Test
    void anEmptyOneKnowsNothing() {
        assertThat(histogram.percentileNanos(99)).isZero();
        assertThat(histogram.count()).isZero();
        assertThat(histogram.countBelow(Long.MAX_VALUE)).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {-5, 0, 999, 7_999, 8_000, 15_999, 16_000, 1_000_000, 123_456_789, 3_600_000_000_000L})
    void aTimeIsToldToAnEighthOfItself(long nanos) {
        histogram.add(nanos);
        long least = Math.max(0, nanos);
        assertThat(histogram.percentileNanos(50)).isGreaterThan(least).isLessThanOrEqualTo(least + least / 8 + 1000);
        assertThat(histogram.sumNanos()).isEqualTo(least);
    }

    @Test
    void aTimeBeyondAllBoundsIsCounted() {
        histogram.add(Long.MAX_VALUE);
        assertThat(histogram.count()).isEqualTo(1);
        assertThat(histogram.percentileNanos(99)).isGreaterThan(TimeUnit.DAYS.toNanos(12));
    }

    @Test
    void percentilesAndCounts() {
        for (int millis = 1; millis <= 1000; millis++) {
            histogram.add(TimeUnit.MILLISECONDS.toNanos(millis));
        }
        assertThat(histogram.percentileNanos(50)).isBetween(500_000_000L, 570_000_000L);
        assertThat(histogram.percentileNanos(99)).isBetween(990_000_000L, 1_120_000_000L);
        assertThat(histogram.countBelow(100_000_000)).isBetween(87L, 100L);
        assertThat(histogram.countBelow(Long.MAX_VALUE)).isEqualTo(1000);
    }

    @Test
    void addingAndClearing() {
        Histogram other = new Histogram();
        other.add(1_000_000);
        histogram.add(5_000);
        histogram.add(other);
        assertThat(histogram.count()).isEqualTo(2);
        assertThat(histogram.percentileNanos(100)).isGreaterThan(1_000_000);
        histogram.clear();
        assertThat(histogram.count()).isZero();
        assertThat(histogram.percentileNanos(100)).isZero();
    }
}
