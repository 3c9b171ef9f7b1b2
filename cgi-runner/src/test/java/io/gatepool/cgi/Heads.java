package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** What tests of heads share. */
final class Heads {

    static final int LIMIT = 1024;

    private Heads() {}

    /** The head at the beginning of this output, which has it whole. */
    static ResponseHead parse(String output) throws MalformedHead {
        ResponseHead head = new ResponseHeadParser(LIMIT).feed(buffer(output));
        if (head == null) {
            throw new AssertionError("no head yet: " + output);
        }
        return head;
    }

    /** What the parser says at last: a head, or why there is none. */
    static MalformedHead fault(String output) {
        ResponseHeadParser parser = new ResponseHeadParser(LIMIT);
        try {
            @Nullable ResponseHead head = parser.feed(buffer(output));
            if (head != null) {
                throw new AssertionError("it is a head: " + head);
            }
            return parser.endOfOutput();
        } catch (MalformedHead e) {
            return e;
        }
    }

    static String written(ResponseHead head) {
        ByteBuf out = Unpooled.buffer();
        head.writeTo(out);
        return out.toString(ISO_8859_1);
    }

    /** Puts control characters for their names, which a table of CSV would not take as they are. */
    static String controls(String text) {
        return text.replace("{NUL}", "\0")
                .replace("{SOH}", "\u0001")
                .replace("{CR}", "\r")
                .replace("{ESC}", "\u001b")
                .replace("{DEL}", "\u007f");
    }

    static ByteBuf buffer(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(ISO_8859_1));
    }
}
