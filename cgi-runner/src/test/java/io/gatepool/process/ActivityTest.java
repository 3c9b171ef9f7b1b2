package io.gatepool.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ActivityTest {

    /** What /proc/PID/syscall has held, and the call in it. */
    @ParameterizedTest
    @CsvSource({"230 0x0 0x0 0x7ffd787ea2e0, 230", "0 0x3, 0", "running, ''", "-1 0x7ffd 0x7f7c, ''", "'', ''"})
    void theCallIsTheFirstNumber(String text, String call) {
        assertThat(Activity.systemCall(text)).isEqualTo(call);
    }

    @ParameterizedTest
    @CsvSource({
        "S, hrtimer_nanosleep, 230, sleeping in hrtimer_nanosleep (system call 230)",
        "S, '', '', sleeping",
        "R, '', '', running",
        "D, folio_wait_bit, 17, waiting for a device in folio_wait_bit (system call 17)",
        "I, '', '', in state I"
    })
    void inWords(char state, String place, String call, String words) {
        assertThat(new Activity(state, place, call, 0).describe()).isEqualTo(words);
    }

    @Test
    void ofAProcess() {
        int self = (int) ProcessHandle.current().pid();
        assertThat(Activity.of(self)).hasValueSatisfying(now -> {
            assertThat("RSD").contains(String.valueOf(now.state()));
            assertThat(now.cpuMillis()).isPositive();
        });
        assertThat(Activity.of(Integer.MAX_VALUE)).isEmpty();
    }
}
