package io.gatepool.front;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * A known number of bytes that come in pieces. The array grows with what has come, not with what was announced. Event
 * loop only.
 */
final class HeadBytes {

    private static final int FIRST = 2048;

    private byte[] bytes = {};
    private int used;
    private int wanted;

    /** @param length how many bytes are to come */
    void expect(int length) {
        wanted = length;
        bytes = new byte[Math.min(length, FIRST)];
    }

    /** Takes what belongs to it, and returns whether that is all. */
    boolean take(ByteBuf in) {
        int length = Math.min(in.readableBytes(), wanted - used);
        if (used + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.min(wanted, Math.max(used + length, bytes.length * 2)));
        }
        in.readBytes(bytes, used, length);
        used += length;
        return used == wanted;
    }

    byte[] array() {
        return bytes;
    }

    int length() {
        return used;
    }
}
