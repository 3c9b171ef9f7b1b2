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
    void oneConnectionThatStaysOpenMayBeLuck() {
        keeping.stayedOpen();
        keeping.stayedOpen();
        assertThat(keeping.isUnknown()).isTrue();
        assertThat(keeping.keeps()).isFalse();
    }

    @Test
    void connectionsThatStayOpenAreKept() {
        keep();
        assertThat(keeping.isUnknown()).isFalse();
        assertThat(keeping.keeps()).isTrue();
    }

    @Test
    void aConnectionThatAnswersTwiceIsKept() {
        keeping.answered(1);
        assertThat(keeping.isUnknown()).isTrue();
        keeping.answered(2);
        assertThat(keeping.isUnknown()).isFalse();
        assertThat(keeping.keeps()).isTrue();
    }

    private void keep() {
        for (int connection = 0; connection < 3; connection++) {
            keeping.stayedOpen();
        }
    }

    @Test
    void oneThatClosesAfterEachRequestIsNotKept() {
        keeping.closed(1, SOON);
        assertThat(keeping.isUnknown()).isFalse();
        assertThat(keeping.keeps()).isFalse();
    }

    @Test
    void oneThatClosesAnIdleConnectionIsStillKept() {
        keep();
        keeping.closed(1, LATER);
        assertThat(keeping.keeps()).isTrue();
    }

    @Test
    void oneThatClosesAfterManyRequestsIsStillKept() {
        keep();
        keeping.closed(500, SOON);
        assertThat(keeping.keeps()).isTrue();
    }

    @Test
    void aSingleCloseDoesNotMakeOneThatKeepsForgotten() {
        keep();
        keeping.closed(1, SOON);
        assertThat(keeping.keeps()).isTrue();
    }

    @Test
    void aConnectionThatOnceStayedOpenDoesNotHideThatTheyAreClosed() {
        keeping.stayedOpen();
        keeping.closed(1, SOON);
        assertThat(keeping.isUnknown()).isFalse();
        assertThat(keeping.keeps()).isFalse();
    }
}
