package io.gatepool.fastcgi;

import static io.gatepool.fastcgi.Wire.bytes;
import static io.gatepool.fastcgi.Wire.join;
import static io.gatepool.fastcgi.Wire.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a decoder and its handler treat each other: fragments, buffers, errors, stopping. */
class RecordDecoderStateTest {

    private final Events events = new Events();
    private final RecordDecoder decoder = new RecordDecoder(events);

    @Test
    void streamContentIsHandedOnAsItArrives() throws ProtocolException {
        byte[] record = record(5, 1, "abcd");
        decoder.decode(Unpooled.wrappedBuffer(record, 0, 10));
        assertThat(events.lines()).containsExactly("STDIN 1 ab");
    }

    @Test
    void everythingReadableIsConsumed() throws ProtocolException {
        ByteBuf in = Unpooled.wrappedBuffer(join(record(5, 1, "abcd"), new byte[] {1, 5}));
        decoder.decode(in);
        assertThat(in.isReadable()).isFalse();
    }

    @Test
    void theBufferStaysTheCallers() throws ProtocolException {
        ByteBuf in = Unpooled.wrappedBuffer(record(5, 1, "abcd"));
        decoder.decode(in);
        assertThat(in.refCnt()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 12})
    void aHandlerMayReadLessOrMoreThanItsFragment(int read) throws ProtocolException {
        List<Integer> lengths = new ArrayList<>();
        RecordDecoder greedy = new RecordDecoder(new RecordHandler() {
            @Override
            public void stream(RecordType type, int requestId, ByteBuf in, int length) {
                lengths.add(length);
                in.skipBytes(Math.min(read, in.readableBytes()));
            }
        });
        greedy.decode(Unpooled.wrappedBuffer(join(record(5, 1, "abcd"), record(5, 1, "ef"))));
        assertThat(lengths).containsExactly(4, 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 30})
    void aHandlerMayReadLessOrMoreThanAQuery(int read) throws ProtocolException {
        List<String> seen = new ArrayList<>();
        RecordDecoder greedy = new RecordDecoder(new RecordHandler() {
            @Override
            public void getValues(ByteBuf in, int length) {
                seen.add("GET_VALUES of " + length);
                in.skipBytes(Math.min(read, in.readableBytes()));
            }

            @Override
            public void abortRequest(int requestId) {
                seen.add("ABORT");
            }
        });
        greedy.decode(Unpooled.wrappedBuffer(join(record(9, 0, "\1\0a"), record(2, 1, ""))));
        assertThat(seen).containsExactly("GET_VALUES of 3", "ABORT");
    }

    @Test
    void aRetainedSliceOutlivesTheCall() throws ProtocolException {
        List<ByteBuf> kept = new ArrayList<>();
        RecordDecoder keeping = new RecordDecoder(new RecordHandler() {
            @Override
            public void getValues(ByteBuf in, int length) {
                kept.add(in.retainedSlice(in.readerIndex(), length));
            }
        });
        // Cut inside the content, so that the decoder's own buffer is the one that is kept.
        byte[] query = record(9, 0, "\1\0a");
        keeping.decode(Unpooled.wrappedBuffer(query, 0, 9));
        keeping.decode(Unpooled.wrappedBuffer(query, 9, 2));
        assertThat(kept.get(0).toString(StandardCharsets.ISO_8859_1)).isEqualTo("\1\0a");
        assertThat(kept.get(0).release()).isTrue();
    }

    @Test
    void aGatheredQueryIsReleasedAfterItsUse() throws ProtocolException {
        List<ByteBuf> lent = new ArrayList<>();
        RecordDecoder lending = new RecordDecoder(new RecordHandler() {
            @Override
            public void getValues(ByteBuf in, int length) {
                lent.add(in);
            }
        });
        for (byte[] piece : Wire.singly(record(9, 0, "\1\0a"))) {
            lending.decode(Unpooled.wrappedBuffer(piece));
        }
        assertThat(lent).hasSize(1).allMatch(buffer -> buffer.refCnt() == 0);
    }

    @Test
    void anErrorIsThrownAgainByEveryLaterCall() {
        assertThatThrownBy(() -> decoder.decode(Unpooled.wrappedBuffer(bytes("x"))))
                .isInstanceOf(ProtocolException.class);
        assertThatThrownBy(() -> decoder.decode(Unpooled.wrappedBuffer(record(2, 1, ""))))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining("version 120");
        assertThat(events.lines()).isEmpty();
    }

    @Test
    void theInputBehindAnErrorIsDiscarded() {
        ByteBuf in = Unpooled.wrappedBuffer(bytes("xyz"));
        assertThatThrownBy(() -> decoder.decode(in)).isInstanceOf(ProtocolException.class);
        assertThat(in.isReadable()).isFalse();
    }

    @Test
    void anErrorOfTheHandlerPassesThroughAndStays() {
        ProtocolException refused = new ProtocolException("refused");
        RecordDecoder refusing = new RecordDecoder(new RecordHandler() {
            @Override
            public void abortRequest(int requestId) throws ProtocolException {
                throw refused;
            }
        });
        assertThatThrownBy(() -> refusing.decode(Unpooled.wrappedBuffer(record(2, 1, ""))))
                .isSameAs(refused);
        assertThatThrownBy(() -> refusing.decode(Unpooled.wrappedBuffer(record(5, 1, ""))))
                .isSameAs(refused);
    }

    @Test
    void aFaultOfTheHandlerStopsTheDecoder() throws ProtocolException {
        List<String> seen = new ArrayList<>();
        RecordDecoder faulty = new RecordDecoder(new RecordHandler() {
            @Override
            public void abortRequest(int requestId) {
                seen.add("ABORT");
                throw new IllegalStateException("fault");
            }
        });
        byte[] aborts = join(record(2, 1, ""), record(2, 1, ""));
        assertThatThrownBy(() -> faulty.decode(Unpooled.wrappedBuffer(aborts)))
                .isInstanceOf(IllegalStateException.class);
        faulty.decode(Unpooled.wrappedBuffer(aborts));
        assertThat(seen).containsExactly("ABORT");
    }

    @Test
    void aProtocolExceptionHasNoStackTrace() {
        assertThat(new ProtocolException("no").getStackTrace()).isEmpty();
    }

    @Test
    void aHandlerMayStopInMidBuffer() throws ProtocolException {
        Stopping handler = new Stopping();
        ByteBuf in = Unpooled.wrappedBuffer(join(record(5, 1, "a"), record(2, 1, ""), record(2, 1, ""), bytes("junk")));
        handler.decoder.decode(in);
        handler.decoder.decode(Unpooled.wrappedBuffer(bytes("more junk")));
        assertThat(handler.aborts).isEqualTo(1);
        assertThat(in.isReadable()).isFalse();
    }

    @Test
    void stoppingDropsAHalfGatheredQuery() throws ProtocolException {
        byte[] query = record(9, 0, "\1\0a");
        decoder.decode(Unpooled.wrappedBuffer(query, 0, 9));
        decoder.stop();
        decoder.decode(Unpooled.wrappedBuffer(query, 9, 2));
        assertThat(events.lines()).isEmpty();
    }

    @Test
    void stoppingSilencesAnEarlierError() throws ProtocolException {
        assertThatThrownBy(() -> decoder.decode(Unpooled.wrappedBuffer(bytes("x"))))
                .isInstanceOf(ProtocolException.class);
        decoder.stop();
        decoder.decode(Unpooled.wrappedBuffer(bytes("x")));
        assertThat(events.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 5, 8, 9, 10, 11, 12})
    void onlyItsLastByteEndsARecord(int type) throws ProtocolException {
        byte[] record = record(type, type >= 9 ? 0 : 1, new byte[8], 2);
        List<Integer> ends = new ArrayList<>();
        for (int i = 0; i < record.length; i++) {
            decoder.decode(Unpooled.wrappedBuffer(record, i, 1));
            if (decoder.betweenRecords()) {
                ends.add(i);
            }
        }
        assertThat(ends).containsExactly(record.length - 1);
    }

    @Test
    void aNewDecoderIsBetweenRecords() {
        assertThat(decoder.betweenRecords()).isTrue();
    }

    @Test
    void afterAnErrorNothingIsKnownOfTheInput() {
        assertThatThrownBy(() -> decoder.decode(Unpooled.wrappedBuffer(bytes("x"))))
                .isInstanceOf(ProtocolException.class);
        assertThat(decoder.betweenRecords()).isFalse();
    }

    @Test
    void aHandlerThatOverridesNothingIgnoresEveryRecord() throws ProtocolException {
        RecordDecoder deaf = new RecordDecoder(new RecordHandler() {});
        for (int type = 0; type <= 12; type++) {
            for (int id = type >= 1 && type <= 8 ? 1 : 0; id <= 1; id++) {
                deaf.decode(Unpooled.wrappedBuffer(record(type, id, new byte[8], 1)));
                deaf.decode(Unpooled.wrappedBuffer(record(5, 1, "")));
            }
        }
        assertThat(deaf.betweenRecords()).isTrue();
    }

    private static final class Stopping implements RecordHandler {
        final RecordDecoder decoder = new RecordDecoder(this);
        int aborts;

        @Override
        public void abortRequest(int requestId) {
            aborts++;
            decoder.stop();
        }
    }
}
