package io.gatepool.cgi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes the head off what a script writes, in whatever fragments it comes (RFC 3875 section 6).
 *
 * <p>Lines may end in LF or CRLF, mixed too. The usual head comes whole in the first fragment: it is looked for there
 * and copied once. A head in pieces is gathered, never more than the limit.
 *
 * <p>For one response, owned by the event loop. After a head, or a failure, it is spent.
 */
public final class ResponseHeadParser {

    private static final byte[] NOTHING = {};

    /** How much of the line that the last fragment left unfinished is there: it tells a blank line from others. */
    private enum Begun {
        NOT,
        CR_ONLY,
        TEXT
    }

    private final int limit;
    private byte[] kept = NOTHING;
    private int keptLength;
    private Begun begun = Begun.NOT;
    private boolean spent;

    /** @param limit the most bytes that a head may have, its blank line included */
    public ResponseHeadParser(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("the limit of a response head must be at least 1: " + limit);
        }
        this.limit = limit;
    }

    /**
     * The head that {@code text} is, in ISO-8859-1: one that gatepool itself has written.
     *
     * @throws IllegalStateException if it is none, or not all of one
     */
    public static ResponseHead whole(String text) {
        try {
            ResponseHead head = new ResponseHeadParser(text.length() + 1)
                    .feed(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
            if (head != null) {
                return head;
            }
        } catch (MalformedHead e) {
            throw new IllegalStateException(e);
        }
        throw new IllegalStateException("incomplete: " + text);
    }

    /**
     * Takes the next fragment of the output.
     *
     * @param in read up to the end of the blank line, so that the body's first bytes are left in it; all of it while
     *     the head is not complete. It is not released.
     * @return the head, or null if more is needed
     * @throws MalformedHead if this is no head, or it is over the limit; nobody needs the rest of the output then
     */
    public @Nullable ResponseHead feed(ByteBuf in) throws MalformedHead {
        if (spent) {
            throw new IllegalStateException("the head was complete, or malformed, before this fragment");
        }
        int start = in.readerIndex();
        int end = start + Math.min(in.readableBytes(), limit - keptLength);
        int headEnd = headEnd(in, start, end);
        if (headEnd >= 0) {
            spent = true;
            return ResponseHead.of(head(in, headEnd - start));
        }
        keep(in, end - start);
        if (keptLength == limit) {
            spent = true;
            throw overLimit();
        }
        return null;
    }

    /** What to report if the output ended here, that is, before {@link #feed} returned a head. */
    public MalformedHead endOfOutput() {
        if (keptLength == 0) {
            return new MalformedHead("there is no output at all");
        }
        return new MalformedHead("the output ended before the blank line that ends the header")
                .blaming(fault(keptLength));
    }

    private MalformedHead overLimit() {
        int wholeLines = keptLength;
        while (wholeLines > 0 && kept[wholeLines - 1] != '\n') {
            wholeLines--;
        }
        return new MalformedHead("the header is longer than response_head = " + limit + " bytes allows")
                .blaming(fault(wholeLines > 0 ? wholeLines : keptLength));
    }

    /** What would be wrong if the blank line came after this many bytes. */
    private MalformedHead fault(int length) {
        byte[] head = Arrays.copyOf(kept, length + 2);
        head[length] = '\n';
        head[length + 1] = '\n';
        try {
            ResponseHead.of(head);
            return new MalformedHead("no line is to blame");
        } catch (MalformedHead fault) {
            return fault;
        }
    }

    /** The memory that a head in pieces takes, in bytes. */
    int gathered() {
        return kept.length;
    }

    /** The index after the blank line, or -1 if it does not end before {@code end}. */
    private int headEnd(ByteBuf in, int start, int end) {
        int lineStart = start;
        while (lineStart < end) {
            int lineFeed = in.indexOf(lineStart, end, (byte) '\n');
            begun = begun(in, lineStart, lineFeed < 0 ? end : lineFeed);
            if (lineFeed < 0) {
                return -1;
            }
            if (begun != Begun.TEXT) {
                return lineFeed + 1;
            }
            begun = Begun.NOT;
            lineStart = lineFeed + 1;
        }
        return -1;
    }

    private Begun begun(ByteBuf in, int from, int to) {
        if (from == to) {
            return begun;
        }
        boolean carriageReturn = begun == Begun.NOT && to - from == 1 && in.getByte(from) == '\r';
        return carriageReturn ? Begun.CR_ONLY : Begun.TEXT;
    }

    private byte[] head(ByteBuf in, int length) {
        byte[] head = keptLength == 0 ? new byte[length] : Arrays.copyOf(kept, keptLength + length);
        in.readBytes(head, keptLength, length);
        kept = NOTHING;
        return head;
    }

    private void keep(ByteBuf in, int length) {
        if (kept.length - keptLength < length) {
            int doubled = (int) Math.min(limit, 2L * kept.length);
            kept = Arrays.copyOf(kept, Math.max(keptLength + length, doubled));
        }
        in.readBytes(kept, keptLength, length);
        keptLength += length;
    }
}
