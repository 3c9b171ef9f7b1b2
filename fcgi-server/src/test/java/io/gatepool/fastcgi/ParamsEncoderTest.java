package io.gatepool.fastcgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParamsEncoderTest {

    /** Names and values are cut from it; a pair is told by its place and lengths. */
    private static final byte[] SOURCE = source();

    private final ByteBuf out = Unpooled.buffer();
    private final ParamsEncoder encoder = new ParamsEncoder(out, 1);

    @Test
    void withoutPairsThereIsOnlyTheEmptyRecord() {
        encoder.finish();
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo("0104000100000000");
    }

    @Test
    void pairsShareARecord() {
        encoder.pair(Wire.bytes("ab"), 0, 1, 1, 1);
        encoder.pair(Wire.bytes("cd"), 0, 1, 1, 1);
        encoder.finish();
        assertThat(ByteBufUtil.hexDump(out))
                .isEqualTo("0104000100080000" + "01016162" + "01016364" + "0104000100000000");
    }

    @Test
    void anotherRecordBeginsWhereWanted() {
        encoder.nextRecord();
        encoder.pair(Wire.bytes("ab"), 0, 1, 1, 1);
        encoder.nextRecord();
        encoder.nextRecord();
        encoder.pair(Wire.bytes("cd"), 0, 1, 1, 1);
        encoder.finish();
        assertThat(ByteBufUtil.hexDump(out))
                .isEqualTo("0104000100040000" + "01016162" + "0104000100040000" + "01016364" + "0104000100000000");
    }

    // A pair of name 1 and value v takes v + 6 bytes here.
    @ParameterizedTest
    @CsvSource({"1000,  64523, 65535", "1000,  64524, 1006 64530", "65529, 0,     65535 3", "0,     65529, 3 65535"})
    void aPairThatDoesNotFitBeginsANewRecord(int first, int second, String contents) {
        encoder.pair(SOURCE, 0, 1, 1, first);
        encoder.pair(SOURCE, 0, 1, 1, second);
        encoder.finish();
        assertThat(contents(out)).isEqualTo(contents + " 0");
    }

    @ParameterizedTest
    @CsvSource({
        "65530,  65535 1 0",
        "131064, 65535 65535 0",
        "200000, 65535 65535 65535 3401 0",
    })
    void onlyAPairLongerThanARecordIsSplit(int value, String contents) throws ProtocolException {
        encoder.pair(SOURCE, 0, 1, 1, value);
        encoder.finish();
        assertThat(contents(out)).isEqualTo(contents);
        assertThat(pairs(streamOf(out))).containsExactly("0+1 1+" + value);
    }

    @Test
    void aLongNameIsSplitToo() throws ProtocolException {
        encoder.pair(SOURCE, 0, 150000, 150000, 50000);
        encoder.finish();
        assertThat(pairs(streamOf(out))).containsExactly("0+150000 150000+50000");
    }

    @Test
    void aSplitPairLeavesThePairsAroundItWhole() {
        encoder.pair(SOURCE, 0, 1, 1, 1);
        encoder.pair(SOURCE, 0, 1, 1, 65530);
        encoder.pair(SOURCE, 0, 1, 1, 1);
        encoder.finish();
        assertThat(contents(out)).isEqualTo("4 65535 5 0");
    }

    @Test
    void itAppendsToWhatIsThere() {
        RecordEncoder.beginRequest(out, 1, Role.RESPONDER, true);
        encoder.pair(SOURCE, 0, 1, 1, 1);
        encoder.finish();
        RecordEncoder.streamEnd(out, RecordType.STDIN, 1);
        assertThat(contents(out)).isEqualTo("8 4 0 0");
    }

    @Test
    void resetServesAnotherRequestAndBuffer() {
        encoder.pair(SOURCE, 0, 1, 1, 1);
        ByteBuf other = Unpooled.buffer();
        encoder.reset(other, 2);
        encoder.pair(Wire.bytes("ab"), 0, 1, 1, 1);
        encoder.finish();
        assertThat(ByteBufUtil.hexDump(other)).isEqualTo("0104000200040000" + "01016162" + "0104000200000000");
    }

    @Test
    void afterFinishItTakesNothing() {
        encoder.finish();
        assertThatThrownBy(() -> encoder.pair(SOURCE, 0, 1, 1, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(encoder::finish).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void everyRecordParsesByItselfAndThePairsComeBack() throws ProtocolException {
        SplittableRandom random = new SplittableRandom(1999);
        for (int round = 0; round < 2000; round++) {
            List<String> written = new ArrayList<>();
            out.clear();
            encoder.reset(out, 1 + random.nextInt(65535));
            for (int i = random.nextInt(20); i > 0; i--) {
                int nameLength = random.nextInt(1 << random.nextInt(10));
                int valueLength = random.nextInt(1 << random.nextInt(16));
                int name = random.nextInt(1000);
                // Behind the name, as in an environ, or anywhere.
                int value = random.nextBoolean() ? name + nameLength : random.nextInt(1000);
                encoder.pair(SOURCE, name, nameLength, value, valueLength);
                written.add(text(SOURCE, name, nameLength) + "=" + text(SOURCE, value, valueLength));
            }
            encoder.finish();
            assertThat(pairsRecordByRecord(out)).isEqualTo(written);
        }
    }

    private static byte[] source() {
        byte[] source = new byte[300_000];
        new SplittableRandom(42).nextBytes(source);
        return source;
    }

    private static String text(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
    }

    /** The content lengths of the records in the buffer. */
    private static String contents(ByteBuf records) {
        List<String> lengths = new ArrayList<>();
        for (int at = 0; at < records.writerIndex(); ) {
            int length = records.getUnsignedShort(at + 4);
            lengths.add(String.valueOf(length));
            at += RecordHeader.LENGTH + length;
        }
        return String.join(" ", lengths);
    }

    private static byte[] streamOf(ByteBuf records) throws ProtocolException {
        ByteBuf stream = Unpooled.buffer();
        new RecordDecoder(new RecordHandler() {
                    @Override
                    public void stream(RecordType type, int requestId, ByteBuf in, int length) {
                        stream.writeBytes(in, length);
                    }
                })
                .decode(records);
        return ByteBufUtil.getBytes(stream);
    }

    /** Pairs as places in SOURCE: they must be written one behind the other there. */
    private static List<String> pairs(byte[] stream) throws ProtocolException {
        List<String> pairs = new ArrayList<>();
        NameValues.parse(stream, 0, stream.length, (name, nameLength, value, valueLength) -> {
            assertThat(text(stream, name, nameLength)).isEqualTo(text(SOURCE, 0, nameLength));
            assertThat(text(stream, value, valueLength)).isEqualTo(text(SOURCE, nameLength, valueLength));
            pairs.add("0+" + nameLength + " " + nameLength + "+" + valueLength);
        });
        return pairs;
    }

    /** As php does it: a pair that goes on in the next record is an error. */
    private static List<String> pairsRecordByRecord(ByteBuf records) throws ProtocolException {
        List<String> pairs = new ArrayList<>();
        new RecordDecoder(new RecordHandler() {
                    @Override
                    public void stream(RecordType type, int requestId, ByteBuf in, int length)
                            throws ProtocolException {
                        byte[] content = ByteBufUtil.getBytes(in, in.readerIndex(), length);
                        NameValues.parse(
                                content,
                                0,
                                length,
                                (name, nameLength, value, valueLength) -> pairs.add(
                                        text(content, name, nameLength) + "=" + text(content, value, valueLength)));
                    }
                })
                .decode(records);
        return pairs;
    }
}
