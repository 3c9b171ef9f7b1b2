package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineSplitterTest {

    private final List<String> lines = new ArrayList<>();
    private final LineSplitter splitter = new LineSplitter(lines::add);

    private void add(String piece) {
        ByteBuf bytes = Unpooled.copiedBuffer(piece, StandardCharsets.ISO_8859_1);
        splitter.add(bytes);
        assertThat(bytes.isReadable()).isFalse();
        assertThat(bytes.refCnt()).isOne();
    }

    @Test
    void aLineMayComeInAnyPieces() {
        for (char letter : "one\ntwo\n".toCharArray()) {
            add(String.valueOf(letter));
        }
        assertThat(lines).containsExactly("one", "two");
    }

    @Test
    void aPieceMayHoldManyLines() {
        add("one\ntwo\nthr");
        assertThat(lines).containsExactly("one", "two");
    }

    @Test
    void aLastLineNeedsNoEnd() {
        add("last");
        assertThat(lines).isEmpty();
        splitter.finish();
        splitter.finish();
        assertThat(lines).containsExactly("last");
    }

    @Test
    void emptyLinesAndCarriageReturnsAreNoNews() {
        add("\n\r\none\r\n\n");
        assertThat(lines).containsExactly("one");
    }

    @Test
    void anEndlessLineIsCutAndTheNextIsWhole() {
        for (int piece = 0; piece < 1000; piece++) {
            add("0123456789");
        }
        add("\nnext\n");
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).hasSize(2000 + " (cut)".length()).endsWith(" (cut)");
        assertThat(lines.get(1)).isEqualTo("next");
    }

    @Test
    void controlCharactersNeverReachTheLog() {
        add("red \u001b[31m\u0000\u0007\n");
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).startsWith("red ").matches("[ -~]*");
    }

    @Test
    void theGateIsAskedOncePerLineAndWhatItRefusesIsDropped() {
        List<String> told = new ArrayList<>();
        int[] asked = {0};
        LineSplitter everySecond = new LineSplitter(() -> asked[0]++ % 2 == 0, told::add);
        ByteBuf bytes = Unpooled.copiedBuffer("one\n\ntwo\nth", StandardCharsets.ISO_8859_1);
        everySecond.add(bytes);
        everySecond.add(Unpooled.copiedBuffer("ree\nfour\nfi", StandardCharsets.ISO_8859_1));
        everySecond.add(Unpooled.copiedBuffer("ve", StandardCharsets.ISO_8859_1));
        everySecond.finish();
        assertThat(told).containsExactly("one", "three", "five");
        assertThat(asked[0]).isEqualTo(5);
    }

    @Test
    void linesMayBeLongerThanTheBlockTheyAreReadIn() {
        add("x".repeat(1999) + "\n" + "y".repeat(1999) + "\n" + "z".repeat(1999) + "\n");
        assertThat(lines).containsExactly("x".repeat(1999), "y".repeat(1999), "z".repeat(1999));
    }
}
