package io.gatepool.fastcgi;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;

/**
 * Arbitrary bytes as name-value pairs. Every run replays the inputs beside this class; {@code make fuzz} searches for
 * new ones.
 */
class NameValuesFuzzTest {

    /** An exception with its message, a map. */
    private static final long BASE = 8 * 1024;
    /** Pairs with two one-byte strings, four bytes of input, cost most in a map. */
    private static final long PER_BYTE = 256;

    @FuzzTest
    void arbitraryBytesNeverClaimMoreThanThereIs(byte[] input) throws ProtocolException {
        int[] end = {0};
        boolean[] whole = {false};
        long allocated = Allocations.of(() -> {
            end[0] = 0;
            try {
                NameValues.parse(input, 0, input.length, (name, nameLength, value, valueLength) -> {
                    // One behind the other, each within the input, with its lengths in front.
                    if (name < end[0] + 2 || name > end[0] + 8 || nameLength < 0 || valueLength < 0) {
                        throw new AssertionError("pair at " + name + " behind " + end[0]);
                    }
                    if (value != name + nameLength || value + valueLength > input.length) {
                        throw new AssertionError("pair at " + name + " ends at " + (value + valueLength));
                    }
                    end[0] = value + valueLength;
                });
                whole[0] = true;
            } catch (ProtocolException expected) {
                assertThat(expected).hasMessageContaining("at byte " + end[0] + ":");
            }
        });
        assertThat(allocated).isLessThan(BASE);
        assertThat(whole[0]).isEqualTo(end[0] == input.length);
        if (whole[0]) {
            whatIsReadIsWrittenAgain(input);
        }
    }

    private static void whatIsReadIsWrittenAgain(byte[] input) throws ProtocolException {
        ByteBuf in = Unpooled.wrappedBuffer(input);
        long allocated = Allocations.of(() -> NameValues.toMap(in.readerIndex(0), input.length));
        assertThat(allocated).isLessThan(BASE + PER_BYTE * input.length);
        Map<String, String> pairs = NameValues.toMap(Unpooled.wrappedBuffer(input), input.length);
        ByteBuf again = Unpooled.buffer();
        NameValues.write(again, pairs);
        assertThat(again.readableBytes()).isLessThanOrEqualTo(input.length);
        assertThat(NameValues.toMap(again, again.readableBytes())).isEqualTo(pairs);
    }
}
