package io.gatepool.pool;

import io.gatepool.cgi.Printable;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Makes log lines of what a process writes to its stderr, in whatever pieces it comes. A line longer than the limit is
 * cut; the rest of it is dropped. Event loop only.
 */
final class LineSplitter {

    private static final int LIMIT = 2000;
    private static final int BLOCK = 4096;

    private final BooleanSupplier gate;
    private final Consumer<String> lines;
    private final StringBuilder partial = new StringBuilder();
    private byte[] block = {};
    private boolean begun;
    private boolean wanted;
    private boolean cut;

    LineSplitter(Consumer<String> lines) {
        this(() -> true, lines);
    }

    /** @param gate asked at the beginning of each line whether it is wanted at all: one that is not costs nothing */
    LineSplitter(BooleanSupplier gate, Consumer<String> lines) {
        this.gate = gate;
        this.lines = lines;
    }

    /** The readable bytes of {@code piece}; the caller keeps the buffer. */
    void add(ByteBuf piece) {
        if (block.length == 0) {
            block = new byte[BLOCK];
        }
        while (piece.isReadable()) {
            int length = Math.min(piece.readableBytes(), BLOCK);
            piece.readBytes(block, 0, length);
            split(length);
        }
    }

    private void split(int length) {
        int start = 0;
        for (int at = 0; at < length; at++) {
            if (block[at] == '\n') {
                append(start, at);
                end();
                start = at + 1;
            }
        }
        append(start, length);
    }

    private void append(int start, int end) {
        if (!begun && end > start) {
            begun = true;
            wanted = gate.getAsBoolean();
        }
        if (wanted) {
            int fits = Math.min(end - start, LIMIT - partial.length());
            partial.append(new String(block, start, fits, StandardCharsets.ISO_8859_1));
            cut |= fits < end - start;
        }
    }

    /** A last line without a line end counts too. */
    void finish() {
        end();
    }

    private void end() {
        int length = partial.length();
        if (length > 0 && partial.charAt(length - 1) == '\r') {
            partial.setLength(length - 1);
        }
        if (!partial.isEmpty()) {
            lines.accept(Printable.of(partial.toString(), LIMIT * 4) + (cut ? " (cut)" : ""));
        }
        partial.setLength(0);
        begun = false;
        wanted = false;
        cut = false;
    }
}
