package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class KeepingTest {

    private static final long SOON = Duration.ofMillis(1).toNanos();
    private static final long LATER = Duration.ofSeconds(2).toNanos();

    private final Keeping keeping = new Keeping();

    @Test
    void nothingIsKnownAtFirst() {
        assertThat(keeping.isUnknown()).isTrue();
    }

    @Test
    void aConnectionThatStaysOpenIsKept() {
        keeping.stayedOpen();
        assertThat(keeping.isUnknown()).isFalse();
        assertThat(keeping.keeps()).isTrue();
    }

    @Test
    void oneThatClosesAfterEachRequestIsNotKept() {
        keeping.closed(1, SOON);
        assertThat(keeping.isUnknown()).isFalse();
        assertThat(keeping.keeps()).isFalse();
    }

    @Test
    void oneThatClosesAnIdleConnectionIsStillKept() {
        keeping.stayedOpen();
        keeping.closed(1, LATER);
        assertThat(keeping.keeps()).isTrue();
    }

    @Test
    void oneThatClosesAfterManyRequestsIsStillKept() {
        keeping.stayedOpen();
        keeping.closed(500, SOON);
        assertThat(keeping.keeps()).isTrue();
    }

    @Test
    void aSingleCloseDoesNotMakeOneThatKeepsForgotten() {
        keeping.stayedOpen();
        keeping.closed(1, SOON);
        assertThat(keeping.keeps()).isTrue();
    }
}
