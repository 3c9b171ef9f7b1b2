package io.gatepool.fastcgi;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

/** The hot path allocates nothing, a hostile header next to nothing. */
class AllocationTest {

    private static final int ROUNDS = 2000;
    /** One object a round would be 16 bytes a round. */
    private static final long NOTHING = 1024;

    @Test
    void decodingRecordsAllocatesNothing() throws ProtocolException {
        ByteBuf in = Unpooled.wrappedBuffer(Wire.join(
                Wire.captured("nginx-1.22-get-and-post-kept"),
                Wire.captured("haproxy-2.6-get-values-get-and-post-kept"),
                Wire.captured("php-8.2-response-with-stderr")));
        ByteBuf half = in.slice(0, 700);
        ByteBuf rest = in.slice(700, in.readableBytes() - 700);
        RecordDecoder decoder = new RecordDecoder(new RecordHandler() {});
        Allocations.Work<ProtocolException> round = () -> {
            decoder.decode(half.readerIndex(0));
            decoder.decode(rest.readerIndex(0));
        };
        assertThat(Allocations.of(() -> repeat(round))).isLessThan(NOTHING);
    }

    @Test
    void encodingRecordsAllocatesNothing() throws ProtocolException {
        ByteBuf out = Unpooled.buffer(1 << 20);
        ByteBuf body = Unpooled.buffer().writeZero(100_000);
        byte[] environ = new byte[300];
        ParamsEncoder params = new ParamsEncoder(out, 1);
        Allocations.Work<ProtocolException> round = () -> {
            out.clear();
            RecordEncoder.beginRequest(out, 1, Role.RESPONDER, true);
            params.reset(out, 1);
            params.pair(environ, 0, 10, 10, 20);
            params.pair(environ, 0, 10, 20, 200);
            params.finish();
            RecordEncoder.stream(out, RecordType.STDIN, 1, body.readerIndex(0));
            RecordEncoder.streamEnd(out, RecordType.STDIN, 1);
            RecordEncoder.endRequest(out, 1, 0, ProtocolStatus.REQUEST_COMPLETE);
        };
        assertThat(Allocations.of(() -> repeat(round))).isLessThan(NOTHING);
    }

    /** Otherwise these tests would pass by luck: a compiler may leave out an object that the code makes. */
    @Test
    void anObjectThatNeverLeavesItsMethodIsCounted() {
        long[] sum = {0};
        Allocations.Work<RuntimeException> round = () -> {
            // So often that it is compiled by C2 in the first of the two runs.
            for (int i = 0; i < 200_000; i++) {
                sum[0] += new int[] {i, i}.length;
            }
        };
        assertThat(Allocations.of(round)).isGreaterThanOrEqualTo(200_000L * 24);
        assertThat(sum[0]).isEqualTo(800_000L);
    }

    @Test
    void visitingPairsAllocatesNothing() throws ProtocolException {
        byte[] params = new byte[200]; // a hundred empty pairs
        NameValues.Visitor visitor = (name, nameLength, value, valueLength) -> {};
        Allocations.Work<ProtocolException> round = () -> NameValues.parse(params, 0, params.length, visitor);
        assertThat(Allocations.of(() -> repeat(round))).isLessThan(NOTHING);
    }

    @Test
    void aHeaderThatAnnouncesALargeQueryCostsLittle() throws ProtocolException {
        ByteBuf header = Unpooled.wrappedBuffer(Wire.captured("get-values-claims-65535-has-10"));
        RecordHandler deaf = new RecordHandler() {};
        Allocations.Work<ProtocolException> decode = () -> new RecordDecoder(deaf).decode(header.readerIndex(0));
        assertThat(Allocations.of(decode)).isLessThan(1024);
    }

    private static void repeat(Allocations.Work<ProtocolException> round) throws ProtocolException {
        for (int i = 0; i < ROUNDS; i++) {
            round.run();
        }
    }
}
