package io.gatepool.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Arbitrary bytes as a line on the control socket. {@code make fuzz} searches. */
class ControlRequestFuzzTest {

    @FuzzTest
    void everythingIsARequestOrRejected(byte[] input) {
        try {
            assertThat(ControlRequest.parse(new String(input, StandardCharsets.UTF_8))
                            .verb())
                    .isNotNull();
        } catch (Rejection e) {
            assertThat(e.code()).isNotEmpty();
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
