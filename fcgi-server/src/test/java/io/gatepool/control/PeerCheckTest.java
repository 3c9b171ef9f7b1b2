package io.gatepool.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PeerCheckTest {

    private static final int[] IN_FOUR = {100, 4, 27};
    private static final int[] ELSEWHERE = {100, 27};

    @Test
    void rootAndItsOwnUserAreServed() {
        PeerCheck check = new PeerCheck(33, OptionalInt.empty());
        assertThat(check.isServed(0, ELSEWHERE)).isTrue();
        assertThat(check.isServed(33, ELSEWHERE)).isTrue();
    }

    /** However they have come through the mode of the socket. */
    @Test
    void othersAreNot() {
        assertThat(new PeerCheck(33, OptionalInt.empty()).isServed(1000, IN_FOUR))
                .isFalse();
        assertThat(new PeerCheck(0, OptionalInt.empty()).isServed(-1, IN_FOUR)).isFalse();
        assertThat(new PeerCheck(33, OptionalInt.of(4)).isServed(1000, ELSEWHERE))
                .isFalse();
        assertThat(new PeerCheck(33, OptionalInt.of(4)).isServed(1000, new int[0]))
                .isFalse();
    }

    @Test
    void membersOfTheControlGroupAreServed() {
        assertThat(new PeerCheck(33, OptionalInt.of(4)).isServed(1000, IN_FOUR)).isTrue();
    }
}
