package io.gatepool.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestNumbersTest {

    @Test
    void noneComesTwiceSoon() {
        RequestNumbers numbers = new RequestNumbers();
        Set<String> seen = new HashSet<>();
        for (int request = 0; request < 100_000; request++) {
            seen.add(RequestNumbers.text(numbers.next()));
        }
        assertThat(seen).hasSize(100_000);
    }

    @Test
    void everyOneIsAnRAndSevenDigits() {
        RequestNumbers numbers = new RequestNumbers();
        for (int request = 0; request < 1000; request++) {
            assertThat(RequestNumbers.text(numbers.next())).matches("r[0-9a-f]{7}");
        }
    }

    @ParameterizedTest
    @CsvSource({"0, r0000000", "1, r0000001", "133407762, r7f3a412", "268435455, rfffffff", "-1, rfffffff"})
    void smallOnesHaveLeadingZeros(int number, String text) {
        assertThat(RequestNumbers.text(number)).isEqualTo(text);
    }

    @Test
    void neighboursLookDifferent() {
        RequestNumbers numbers = new RequestNumbers();
        int first = numbers.next();
        assertThat(Math.abs(numbers.next() - first)).isGreaterThan(0xffff);
    }
}
