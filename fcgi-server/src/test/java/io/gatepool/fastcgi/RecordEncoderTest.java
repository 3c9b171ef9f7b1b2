package io.gatepool.fastcgi;

import static io.gatepool.fastcgi.Wire.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordEncoderTest {

    private final ByteBuf out = Unpooled.buffer();

    static Stream<Arguments> records() {
        return Stream.of(
                row(
                        "0101 0001 0008 0000 0001 00 0000000000",
                        out -> RecordEncoder.beginRequest(out, 1, Role.RESPONDER, false)),
                row(
                        "0101 ffff 0008 0000 0003 01 0000000000",
                        out -> RecordEncoder.beginRequest(out, 65535, Role.FILTER, true)),
                row("0102 0005 0000 0000", out -> RecordEncoder.abortRequest(out, 5)),
                row(
                        "0103 0001 0008 0000 00000000 00 000000",
                        out -> RecordEncoder.endRequest(out, 1, 0, ProtocolStatus.REQUEST_COMPLETE)),
                row(
                        "0103 0001 0008 0000 ffffffff 03 000000",
                        out -> RecordEncoder.endRequest(out, 1, 0xffffffffL, ProtocolStatus.UNKNOWN_ROLE)),
                row(
                        "0103 0001 0008 0000 fffffffe 01 000000",
                        out -> RecordEncoder.endRequest(out, 1, -2, ProtocolStatus.CANT_MPX_CONN)),
                row(
                        "0105 0001 0002 0000 6162",
                        out -> RecordEncoder.stream(out, RecordType.STDIN, 1, Unpooled.wrappedBuffer(bytes("ab")))),
                row("", out -> RecordEncoder.stream(out, RecordType.STDOUT, 1, Unpooled.EMPTY_BUFFER)),
                row("0106 0001 0000 0000", out -> RecordEncoder.streamEnd(out, RecordType.STDOUT, 1)),
                row("010b 0000 0008 0000 ff 00000000000000", out -> RecordEncoder.unknownType(out, 255)),
                row("0109 0000 0000 0000", out -> RecordEncoder.getValues(out)),
                row("0109 0000 0006 0000 0100 61 0100 62", out -> RecordEncoder.getValues(out, "a", "b")),
                row("010a 0000 0000 0000", out -> RecordEncoder.getValuesResult(out, Map.of())),
                row(
                        "010a 0000 0008 0000 0101 6131 0101 6232",
                        out -> RecordEncoder.getValuesResult(out, new TreeMap<>(Map.of("a", "1", "b", "2")))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("records")
    void aRecordHasTheBytesOfTheTable(String wire, Consumer<ByteBuf> write) {
        write.accept(out);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo(wire.replace(" ", ""));
    }

    static Stream<Arguments> impossible() {
        return Stream.of(
                row(
                        "request id 0 belongs to management records",
                        out -> RecordEncoder.beginRequest(out, 0, Role.RESPONDER, true)),
                row("request id 0 belongs to management records", out -> RecordEncoder.abortRequest(out, 0)),
                row(
                        "request id 0 belongs to management records",
                        out -> RecordEncoder.endRequest(out, 0, 0, ProtocolStatus.OVERLOADED)),
                row(
                        "request id 0 belongs to management records",
                        out -> RecordEncoder.stream(out, RecordType.STDIN, 0, Unpooled.wrappedBuffer(bytes("x")))),
                row(
                        "request id 0 belongs to management records",
                        out -> RecordEncoder.streamEnd(out, RecordType.STDIN, 0)),
                row("request id 65536 does not fit", out -> RecordEncoder.abortRequest(out, 65536)),
                row("request id -1 does not fit", out -> RecordEncoder.abortRequest(out, -1)),
                row("GET_VALUES is not a stream", out -> RecordEncoder.streamEnd(out, RecordType.GET_VALUES, 1)),
                row(
                        "END_REQUEST is not a stream",
                        out -> RecordEncoder.stream(out, RecordType.END_REQUEST, 1, Unpooled.EMPTY_BUFFER)),
                row("record type 256 does not fit", out -> RecordEncoder.unknownType(out, 256)),
                row("GET_VALUES of 70005 bytes does not fit", out -> RecordEncoder.getValues(out, "n".repeat(70000))),
                row(
                        "GET_VALUES_RESULT of 70009 bytes does not fit",
                        out -> RecordEncoder.getValuesResult(out, Map.of("n", "v".repeat(70003)))),
                row("has no ISO-8859-1 byte", out -> RecordEncoder.getValues(out, "a", "€")),
                row("content length 65536 does not fit", out -> RecordHeader.write(out, RecordType.STDIN, 1, 65536, 0)),
                row("padding length 256 does not fit", out -> RecordHeader.write(out, RecordType.STDIN, 1, 0, 256)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("impossible")
    void whatNoRecordCanCarryIsRefusedAndNothingWritten(String reason, Consumer<ByteBuf> write) {
        assertThatThrownBy(() -> write.accept(out))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
        assertThat(out.isReadable()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 65527, 65528, 65529, 131056, 200000})
    void aStreamIsSplitIntoRecordsThatNeedNoPadding(int length) {
        ByteBuf content = Unpooled.buffer().writeZero(length);
        RecordEncoder.stream(out, RecordType.STDIN, 1, content);
        assertThat(content.isReadable()).isFalse();
        int records = (length + 65527) / 65528;
        assertThat(out.readableBytes()).isEqualTo(length + 8 * records);
        for (int i = 0; i < records; i++) {
            int left = length - i * 65528;
            assertThat(out.getUnsignedShort(i * (65528 + 8) + 4)).isEqualTo(Math.min(left, 65528));
        }
    }

    @Test
    void theContentLengthOfAHeaderMayBeSetAfterwards() {
        out.writeByte(9);
        RecordHeader.write(out, RecordType.STDOUT, 258, 0, 7);
        RecordHeader.setContentLength(out, 1, 65535);
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo("09" + "01060102ffff0700");
    }

    @Test
    void contentIsPassedOnBehindAHeaderOfOurOwn() {
        RecordHeader.write(out, RecordType.STDOUT, 7, 4, 2);
        out.writeBytes(new byte[] {1, 2, 3, 4, 8, 8});
        out.skipBytes(RecordHeader.LENGTH);
        ByteBuf content = RecordHeader.readRetainedContent(out, 4);
        assertThat(out.readableBytes()).isEqualTo(2);
        assertThat(ByteBufUtil.hexDump(content)).isEqualTo("01020304");
        RecordHeader.prepend(content, RecordType.STDOUT, 258);
        assertThat(ByteBufUtil.hexDump(content)).isEqualTo("0106010200040000" + "01020304");
        content.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 8, 20})
    void contentHasNoMoreInFrontOfItThanItsHeader(int read) {
        out.writeZero(read).writeByte(5).skipBytes(read);
        ByteBuf content = RecordHeader.readRetainedContent(out, 1);
        assertThat(content.readerIndex()).isEqualTo(Math.min(read, RecordHeader.LENGTH));
        assertThat(content.readByte()).isEqualTo((byte) 5);
        content.release();
    }

    @Test
    void moreThanOneRecordHoldsIsNotPrepended() {
        out.writeZero(RecordHeader.LENGTH + 65536).skipBytes(RecordHeader.LENGTH);
        assertThatThrownBy(() -> RecordHeader.prepend(out, RecordType.STDOUT, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65536");
        assertThat(out.readerIndex()).isEqualTo(RecordHeader.LENGTH);
    }

    private static Arguments row(String expected, Consumer<ByteBuf> write) {
        return arguments(expected, write);
    }
}
