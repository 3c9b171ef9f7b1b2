package io.gatepool.pool;

import io.gatepool.cgi.Printable;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The last bytes that a script has written to its stderr: what it said before it failed. Event loop only. */
final class Tail {

    static final int SIZE = 4096;
    private static final int LINE = 400;

    private byte[] bytes = {};
    private int length;
    private boolean cut;

    /** The readable bytes of {@code piece}; the caller keeps the buffer, and its indexes. */
    void add(ByteBuf piece) {
        if (bytes.length == 0) {
            bytes = new byte[SIZE];
        }
        int added = Math.min(piece.readableBytes(), SIZE);
        int kept = Math.min(length, SIZE - added);
        cut |= kept < length || added < piece.readableBytes();
        System.arraycopy(bytes, length - kept, bytes, 0, kept);
        piece.getBytes(piece.writerIndex() - added, bytes, kept, added);
        length = kept + added;
    }

    /** In one line, its own lines parted by a bar; empty when nothing was written. */
    String text() {
        String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1).strip();
        String joined = text.lines()
                .map(String::stripTrailing)
                .filter(line -> !line.isEmpty())
                .reduce("", Tail::join);
        return (cut ? "..." : "") + Printable.of(joined, SIZE * 4);
    }

    /** Its last lines, at most {@code most}. */
    List<String> lines(int most) {
        String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        List<String> lines = text.lines()
                .map(String::stripTrailing)
                .filter(line -> !line.isEmpty())
                .map(line -> Printable.of(line, LINE))
                .toList();
        return lines.subList(Math.max(0, lines.size() - most), lines.size());
    }

    private static String join(String before, String line) {
        return before.isEmpty() ? line : before + " | " + line;
    }
}
