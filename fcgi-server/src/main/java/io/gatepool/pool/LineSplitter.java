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

    private final BooleanSupplier gate;
    private final Consumer<String> lines;
    private final StringBuilder partial = new StringBuilder();
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
        while (piece.isReadable()) {
            int end = piece.bytesBefore((byte) '\n');
            int length = end < 0 ? piece.readableBytes() : end;
            append(piece, length);
            if (end >= 0) {
                piece.skipBytes(1);
                end();
            }
        }
    }

    private void append(ByteBuf piece, int length) {
        if (!begun && length > 0) {
            begun = true;
            wanted = gate.getAsBoolean();
        }
        if (!wanted) {
            piece.skipBytes(length);
            return;
        }
        int fits = Math.min(length, LIMIT - partial.length());
        partial.append(piece.toString(piece.readerIndex(), fits, StandardCharsets.ISO_8859_1));
        cut |= fits < length;
        piece.skipBytes(length);
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
        cut = false;
    }
}
