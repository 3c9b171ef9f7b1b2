package io.gatepool.fastcgi;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Arbitrary bytes into the decoder. Every run replays the inputs beside this class; {@code make fuzz} searches for new
 * ones.
 */
class RecordDecoderFuzzTest {

    /** The decoder, an exception with its message. */
    private static final long BASE = 8 * 1024;
    /** Split queries of one byte cost most: a buffer of 256 bytes for 9 bytes of input. */
    private static final long PER_BYTE = 64;

    /** Byte by byte costs a buffer a byte: for longer inputs that is all the search would be doing. */
    private static final int SHORT = 2048;

    @FuzzTest
    void arbitraryBytesDecodeAlikeHoweverTheyAreCut(byte[] input) throws ProtocolException {
        List<String> whole = Events.of(input);
        SplittableRandom random = new SplittableRandom(Arrays.hashCode(input));
        assertThat(Events.of(Wire.cut(input, random))).isEqualTo(whole);
        assertThat(Events.of(Wire.cut(input, random))).isEqualTo(whole);
        assertThat(allocated(input)).isLessThan(BASE + PER_BYTE * input.length);
        if (input.length <= SHORT) {
            byte[][] singly = Wire.singly(input);
            assertThat(Events.of(singly)).isEqualTo(whole);
            assertThat(allocated(singly)).isLessThan(BASE + PER_BYTE * input.length);
        }
    }

    /** What the decoder itself allocates, with a handler that does nothing. */
    private static long allocated(byte[]... pieces) throws ProtocolException {
        RecordHandler deaf = new RecordHandler() {};
        ByteBuf[] buffers = Arrays.stream(pieces).map(Unpooled::wrappedBuffer).toArray(ByteBuf[]::new);
        return Allocations.of(() -> {
            RecordDecoder decoder = new RecordDecoder(deaf);
            try {
                for (ByteBuf buffer : buffers) {
                    decoder.decode(buffer.readerIndex(0));
                }
            } catch (ProtocolException expected) {
                // the input is in error, as Events said already
            }
        });
    }
}
