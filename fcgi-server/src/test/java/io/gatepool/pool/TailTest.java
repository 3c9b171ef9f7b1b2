package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TailTest {

    private final Tail tail = new Tail();

    private void add(String piece) {
        ByteBuf bytes = Unpooled.copiedBuffer(piece, StandardCharsets.ISO_8859_1);
        tail.add(bytes);
        assertThat(bytes.readableBytes()).isEqualTo(piece.length());
    }

    @Test
    void withoutAnyBytesItIsEmpty() {
        assertThat(tail.text()).isEmpty();
        add("\n \n");
        assertThat(tail.text()).isEmpty();
    }

    @Test
    void linesArePartedByABar() {
        add("one\r\n\ntw");
        add("o\nthree\n");
        assertThat(tail.text()).isEqualTo("one | two | three");
    }

    @Test
    void onlyTheEndIsKeptHoweverItCame() {
        StringBuilder all = new StringBuilder();
        for (int piece = 0; piece < 2000; piece++) {
            String text = piece + ";";
            all.append(text);
            add(text);
        }
        assertThat(tail.text()).isEqualTo("..." + all.substring(all.length() - Tail.SIZE));
    }

    @Test
    void ofAPieceThatIsLargerThanAllTheEndIsKept() {
        add("before");
        add("x".repeat(10_000) + "end");
        assertThat(tail.text()).isEqualTo("..." + "x".repeat(Tail.SIZE - 3) + "end");
    }

    @Test
    void controlCharactersNeverReachTheLog() {
        add("red \u001b[31m\u0000");
        assertThat(tail.text()).startsWith("red ").matches("[ -~]*");
    }
}
