package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;

/**
 * Makes a head that a web server can take from one that is sound but not clean; few scripts need it.
 *
 * <p>Both methods trust that a {@link HeadScan} found the form good.
 */
final class HeadRewrite {

    private static final byte[] STATUS = "Status: ".getBytes(US_ASCII);
    private static final byte[] STATUS_OK = "Status: 200 OK".getBytes(US_ASCII);

    private static final byte[] LINE_END = {'\r', '\n'};

    private final byte[] head;
    private final ByteArrayOutputStream out;

    private HeadRewrite(byte[] head) {
        this.head = head;
        this.out = new ByteArrayOutputStream(head.length + 64);
    }

    /** The head with every field in one line; nothing else changes. */
    static byte[] unfolded(byte[] head) {
        return new HeadRewrite(head).unfold();
    }

    /** The head in CGI form: the status first, no hop-by-hop fields, no repetitions, CRLF. */
    static byte[] cleaned(HeadScan scan) {
        return new HeadRewrite(scan.head).clean(scan);
    }

    private byte[] unfold() {
        int at = line(0);
        // The first line is no continuation, and the last one, the blank line, has none.
        while (at < head.length) {
            int start = HeadScan.skipBlanks(head, at);
            if (start == at) {
                lineEnd();
                at = line(at);
            } else if (head[start] == '\n' || head[start] == '\r') {
                // Blanks alone add nothing, not even the one space.
                at = HeadScan.afterLineEnd(head, start);
            } else {
                out.write(' ');
                at = line(start);
            }
        }
        lineEnd();
        return out.toByteArray();
    }

    /** Writes the text of a line without blanks and line end at its end; returns where the next one begins. */
    private int line(int start) {
        int end = HeadScan.textEnd(head, start);
        out.write(head, start, HeadScan.trimmed(head, start, end) - start);
        return HeadScan.afterLineEnd(head, end);
    }

    private byte[] clean(HeadScan scan) {
        if (scan.status != 0) {
            out.writeBytes(STATUS);
            out.write(head, scan.statusStart, scan.statusEnd - scan.statusStart);
            lineEnd();
        }
        boolean lengthWritten = false;
        int at = scan.nph ? HeadScan.afterLineEnd(head, HeadScan.textEnd(head, 0)) : 0;
        int end = HeadScan.textEnd(head, at);
        while (end > at) {
            FieldName name = FieldName.of(head, at, HeadScan.nameEnd(head, at));
            boolean drop = name == FieldName.STATUS
                    || name == FieldName.HOP_BY_HOP
                    || (name == FieldName.CONTENT_LENGTH && lengthWritten);
            lengthWritten |= name == FieldName.CONTENT_LENGTH;
            if (!drop) {
                out.write(head, at, end - at);
                lineEnd();
            }
            at = HeadScan.afterLineEnd(head, end);
            end = HeadScan.textEnd(head, at);
        }
        if (out.size() == 0) {
            // A head needs a field, and this says nothing new.
            out.writeBytes(STATUS_OK);
            lineEnd();
        }
        lineEnd();
        return out.toByteArray();
    }

    private void lineEnd() {
        out.writeBytes(LINE_END);
    }
}
