package io.gatepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecyclingTest {

    private static Recycling after(int requests, int jitterPercent) {
        return new Recycling(requests, jitterPercent, Durations.OFF, Sizes.OFF, Sizes.OFF);
    }

    @Test
    void zeroIsNoLimit() {
        assertThat(after(0, 10).requestLimit(0.5)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void theJitterGoesBothWays() {
        assertThat(after(1000, 10).requestLimit(0)).isEqualTo(900);
        assertThat(after(1000, 10).requestLimit(0.5)).isEqualTo(1000);
        assertThat(after(1000, 10).requestLimit(1)).isEqualTo(1100);
        assertThat(after(1000, 0).requestLimit(1)).isEqualTo(1000);
    }

    @Test
    void everyWorkerMayAnswerSomething() {
        assertThat(after(1, 100).requestLimit(0)).isEqualTo(1);
    }
}
