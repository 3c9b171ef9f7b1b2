package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LineLimitTest {

    private static final long SECOND = 1_000_000_000;

    private final LineLimit limit = new LineLimit(0);

    private int take(int lines) {
        int taken = 0;
        for (int line = 0; line < lines; line++) {
            taken += limit.take() ? 1 : 0;
        }
        return taken;
    }

    @Test
    void upToTheLimitEveryLineIsTakenAndNoneIsMissed() {
        assertThat(take(LineLimit.LINES_A_SECOND)).isEqualTo(LineLimit.LINES_A_SECOND);
        assertThat(limit.leftOut(SECOND)).isZero();
    }

    @Test
    void whatIsMoreIsCounted() {
        assertThat(take(LineLimit.LINES_A_SECOND + 7)).isEqualTo(LineLimit.LINES_A_SECOND);
        assertThat(limit.leftOut(SECOND)).isEqualTo(7);
        assertThat(limit.leftOut(2 * SECOND)).isZero();
    }

    @Test
    void withinTheSecondNothingIsTold() {
        take(LineLimit.LINES_A_SECOND + 7);
        assertThat(limit.leftOut(SECOND - 1)).isZero();
        assertThat(take(1)).isZero();
        assertThat(limit.leftOut(SECOND)).isEqualTo(8);
    }

    @Test
    void theNextSecondHasRoomAgain() {
        take(LineLimit.LINES_A_SECOND + 1);
        limit.leftOut(SECOND);
        assertThat(take(LineLimit.LINES_A_SECOND + 1)).isEqualTo(LineLimit.LINES_A_SECOND);
    }
}
