package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ShortageTest {

    private static final long START = TimeUnit.HOURS.toNanos(1);
    private static final long TENTH = TimeUnit.MILLISECONDS.toNanos(100);

    private final Shortage shortage = new Shortage();

    @Test
    void atFirstNothingIsShort() {
        assertThat(shortage.what(System.nanoTime())).isEmpty();
    }

    @Test
    void whatGoesOnIsNewsOnce() {
        assertThat(shortage.met("EAGAIN", START)).isTrue();
        for (int again = 1; again < 100; again++) {
            assertThat(shortage.met("EAGAIN", START + again * TENTH)).isFalse();
        }
    }

    @Test
    void anotherReasonIsNews() {
        shortage.met("EAGAIN", START);
        assertThat(shortage.met("EMFILE", START + TENTH)).isTrue();
        assertThat(shortage.what(START + TENTH)).isEqualTo("EMFILE");
    }

    @Test
    void whatIsOverIsForgottenAndNewsTheNextTime() {
        shortage.met("EAGAIN", START);
        assertThat(shortage.what(START + 9 * TENTH)).isEqualTo("EAGAIN");
        assertThat(shortage.what(START + 10 * TENTH)).isEmpty();
        assertThat(shortage.met("EAGAIN", START + 10 * TENTH)).isTrue();
    }
}
