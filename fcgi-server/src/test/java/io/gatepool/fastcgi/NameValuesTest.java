package io.gatepool.fastcgi;

import static io.gatepool.fastcgi.Wire.bytes;
import static io.gatepool.fastcgi.Wire.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameValuesTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = """
                    nothing,                     '',                         ''
                    a pair,                      01 02 61 6263,              a=bc
                    long form of short lengths,  80000001 80000002 61 6263,  a=bc
                    long name short value,       80000001 02 61 6263,        a=bc
                    empty value,                 01 00 61,                   a=
                    empty name,                  00 01 61,                   =a
                    empty pair,                  00 00,                      =
                    empty pair in long form,     80000000 80000000,          =
                    same name twice,             0101 6162 0101 6163,        a=b a=c
                    bytes above 127,             01 01 ff fe,                ÿ=þ
                    """)
    void pairsAreVisitedInTheirOrder(String name, String wire, String pairs) throws ProtocolException {
        assertThat(String.join(" ", parse(hex(wire)))).isEqualTo(pairs);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(textBlock = """
                    both lengths 2^31-1,       ffffffff ffffffff 6162,  name of 2147483647 and value of 2147483647 bytes; but only 2 are left
                    name length 2^31-1,        ffffffff 00 61,          name of 2147483647 and value of 0 bytes; but only 1 are left
                    value length 2^31-1,       01 ffffffff 61,          name of 1 and value of 2147483647 bytes; but only 1 are left
                    sum wraps round,           ffffffff 80000003 6162,  name of 2147483647 and value of 3 bytes; but only 2 are left
                    one byte short,            01 02 61 62,             name of 1 and value of 2 bytes; but only 2 are left
                    no value length,           01,                      one of its lengths is cut off after 0 bytes
                    cut in the name length,    80 0000,                 one of its lengths is cut off after 3 bytes
                    cut in the value length,   01 80 00,                one of its lengths is cut off after 2 bytes
                    """)
    void aPairThatClaimsMoreThanThereIsIsRefused(String name, String wire, String reason) {
        assertThatThrownBy(() -> parse(hex(wire)))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("name-value pair at byte 0: " + reason.replace(';', ','));
    }

    @Test
    void thePairsBeforeABrokenOneHaveBeenVisited() {
        List<String> pairs = new ArrayList<>();
        byte[] wire = hex("0101 6162 0105 61");
        assertThatThrownBy(() -> NameValues.parse(wire, 0, wire.length, visitor(wire, pairs)))
                .hasMessageContaining("at byte 4");
        assertThat(pairs).containsExactly("a=b");
    }

    @Test
    void onlyTheGivenRangeIsRead() throws ProtocolException {
        List<String> pairs = new ArrayList<>();
        byte[] wire = hex("ff 0101 6162 ff");
        NameValues.parse(wire, 1, 5, visitor(wire, pairs));
        assertThat(pairs).containsExactly("a=b");
    }

    @Test
    void theEndOfTheRangeIsALimitEvenIfTheArrayGoesOn() {
        byte[] wire = hex("0101 6162");
        assertThatThrownBy(() -> NameValues.parse(wire, 0, 3, (n, nl, v, vl) -> {}))
                .isInstanceOf(ProtocolException.class);
    }

    @ParameterizedTest
    @CsvSource({"0, 00", "127, 7f", "128, 80000080", "255, 800000ff", "65536, 80010000"})
    void theShortestLengthIsWritten(int length, String wire) {
        ByteBuf out = Unpooled.buffer();
        NameValues.write(out, new byte[length], 0, length, 0, 0);
        assertThat(ByteBufUtil.hexDump(out, 0, wire.length() / 2)).isEqualTo(wire);
        assertThat(NameValues.encodedLength(length, 0)).isEqualTo(out.readableBytes());
    }

    @Test
    void aLengthThatNoIntHoldsIsRefused() {
        assertThatThrownBy(() -> NameValues.encodedLength(Integer.MAX_VALUE, Integer.MAX_VALUE))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void nameAndValueMayLieApart() {
        ByteBuf out = Unpooled.buffer();
        NameValues.write(out, bytes("value name"), 6, 4, 0, 5);
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).isEqualTo("\4\5namevalue");
    }

    @Test
    void ofTheSameNameTheLastWinsInAMap() throws ProtocolException {
        assertThat(NameValues.toMap(Unpooled.wrappedBuffer(hex("0101 6162 0101 6163")), 8))
                .containsExactly(Map.entry("a", "c"));
    }

    @Test
    void aMapTakesOnlyItsLengthFromTheBuffer() throws ProtocolException {
        ByteBuf in = Unpooled.wrappedBuffer(hex("0101 6162 ff"));
        assertThat(NameValues.toMap(in, 4)).containsExactly(Map.entry("a", "b"));
        assertThat(in.readableBytes()).isEqualTo(1);
    }

    @Test
    void aCharacterWithoutAByteIsRefusedBeforeAnythingIsWritten() {
        ByteBuf out = Unpooled.buffer();
        Map<String, String> pairs = new LinkedHashMap<>();
        pairs.put("a", "b");
        pairs.put("price", "5 €");
        assertThatThrownBy(() -> NameValues.write(out, pairs))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("character 2 of '5 €' has no ISO-8859-1 byte: U+0000 to U+00FF have one");
        assertThat(out.isReadable()).isFalse();
    }

    @Test
    void whatWasWrittenIsRead() throws ProtocolException {
        SplittableRandom random = new SplittableRandom(3875);
        for (int round = 0; round < 3000; round++) {
            Map<String, String> pairs = new LinkedHashMap<>();
            for (int i = random.nextInt(6); i > 0; i--) {
                pairs.put(text(random), text(random));
            }
            ByteBuf wire = Unpooled.buffer();
            NameValues.write(wire, pairs);
            assertThat(wire.readableBytes()).isEqualTo((int) NameValues.encodedLength(pairs));
            assertThat(NameValues.toMap(wire, wire.readableBytes()).entrySet())
                    .containsExactlyElementsOf(pairs.entrySet());
        }
    }

    /** Any characters that have a byte, of a length around which the form changes, or any. */
    private static String text(SplittableRandom random) {
        int length =
                switch (random.nextInt(4)) {
                    case 0 -> random.nextInt(3);
                    case 1 -> 126 + random.nextInt(4);
                    case 2 -> random.nextInt(40);
                    default -> random.nextInt(700);
                };
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append((char) random.nextInt(256));
        }
        return text.toString();
    }

    private static List<String> parse(byte[] wire) throws ProtocolException {
        List<String> pairs = new ArrayList<>();
        NameValues.parse(wire, 0, wire.length, visitor(wire, pairs));
        return pairs;
    }

    private static NameValues.Visitor visitor(byte[] wire, List<String> pairs) {
        return (name, nameLength, value, valueLength) ->
                pairs.add(new String(wire, name, nameLength, StandardCharsets.ISO_8859_1)
                        + "="
                        + new String(wire, value, valueLength, StandardCharsets.ISO_8859_1));
    }
}
