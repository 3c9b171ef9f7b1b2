package io.gatepool.pool;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepool.cgi.Environ;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The head of an SCGI request (https://python.ca/scgi/protocol.txt): a netstring of names and values, a NUL behind
 * each; first CONTENT_LENGTH, then SCGI, which is "1", then the rest. Stateless.
 */
final class ScgiEncoder {

    private static final byte[] CONTENT_LENGTH = "CONTENT_LENGTH".getBytes(ISO_8859_1);
    private static final byte[] SCGI = "SCGI".getBytes(ISO_8859_1);

    private ScgiEncoder() {}

    /**
     * Writes all of it, up to the body.
     *
     * <p>A name or value with a NUL in it is left out, as it is for a CGI script: there it would end, and what follows
     * be taken for further variables. So is an empty name.
     *
     * @param bodyLength in bytes, whatever the environ says of it
     */
    static void head(ByteBuf out, Environ environ, long bodyLength) {
        byte[] first = ("CONTENT_LENGTH\0" + bodyLength + "\0SCGI\0001\0").getBytes(ISO_8859_1);
        int[] length = {first.length};
        environ.forEach((bytes, name, nameLength, value, valueLength) -> {
            if (goes(bytes, name, nameLength, value, valueLength)) {
                length[0] += nameLength + valueLength + 2;
            }
        });
        out.writeCharSequence(length[0] + ":", ISO_8859_1);
        out.writeBytes(first);
        environ.forEach((bytes, name, nameLength, value, valueLength) -> {
            if (goes(bytes, name, nameLength, value, valueLength)) {
                out.writeBytes(bytes, name, nameLength).writeByte(0);
                out.writeBytes(bytes, value, valueLength).writeByte(0);
            }
        });
        out.writeByte(',');
    }

    private static boolean goes(byte[] bytes, int name, int nameLength, int value, int valueLength) {
        return nameLength > 0
                && !is(CONTENT_LENGTH, bytes, name, nameLength)
                && !is(SCGI, bytes, name, nameLength)
                && !hasNul(bytes, name, nameLength)
                && !hasNul(bytes, value, valueLength);
    }

    private static boolean is(byte[] wanted, byte[] bytes, int offset, int length) {
        return length == wanted.length && Arrays.equals(wanted, 0, length, bytes, offset, offset + length);
    }

    private static boolean hasNul(byte[] bytes, int offset, int length) {
        for (int at = offset; at < offset + length; at++) {
            if (bytes[at] == 0) {
                return true;
            }
        }
        return false;
    }
}
