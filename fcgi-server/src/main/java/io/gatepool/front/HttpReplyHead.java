package io.gatepool.front;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gatepool.cgi.ResponseHead;
import io.netty.buffer.ByteBuf;

/**
 * Writes the head of a response as HTTP/1.1 has it (RFC 9112, 4 and 5), from that of CGI: the same fields in the same
 * order, then those that are the server's to set. Bytes are copied from one buffer into the other, since this is done
 * for each response. Used for one response; owned by the event loop.
 */
final class HttpReplyHead {

    /** So many bytes are added to those of the application's head; with many fields there are more. */
    static final int TYPICAL_OWN_BYTES = 192;

    private static final byte[] VERSION = ascii("HTTP/1.1 ");
    private static final byte[] CRLF = ascii("\r\n");
    private static final byte[] SERVER = ascii("server: gatepool\r\n");
    private static final byte[] DATE = ascii("date: ");
    private static final byte[] CONTENT_LENGTH = ascii("content-length: ");
    private static final byte[] CHUNKED = ascii("transfer-encoding: chunked\r\n");

    private final ByteBuf out;
    private boolean dated;
    private boolean named;

    HttpReplyHead(ByteBuf out) {
        this.out = out;
    }

    /**
     * The status line, the application's fields, and Date and Server where it has not set them.
     *
     * @param date the value of Date
     */
    void begin(ResponseHead head, byte[] date) {
        out.writeBytes(VERSION);
        head.writeStatusTo(out);
        out.writeBytes(CRLF);
        // RFC 9110, 8.6: there must be no length with a 204.
        boolean withLength = head.status() != 204;
        head.forEachField((bytes, name, nameEnd, value, valueEnd) -> {
            switch (nameEnd - name) {
                case 4 -> dated |= is("date", bytes, name);
                case 6 -> named |= is("server", bytes, name);
                case 14 -> {
                    if (!withLength && is("content-length", bytes, name)) {
                        return;
                    }
                }
                default -> {}
            }
            out.writeBytes(bytes, name, nameEnd - name);
            out.writeByte(':').writeByte(' ');
            out.writeBytes(bytes, value, valueEnd - value);
            out.writeBytes(CRLF);
        });
        if (!dated) {
            out.writeBytes(DATE).writeBytes(date).writeBytes(CRLF);
        }
        if (!named) {
            out.writeBytes(SERVER);
        }
    }

    void contentLength(long length) {
        out.writeBytes(CONTENT_LENGTH);
        ascii(out, length);
        out.writeBytes(CRLF);
    }

    void chunked() {
        out.writeBytes(CHUNKED);
    }

    /** @param connection the whole line of the field Connection, or nothing */
    void end(byte[] connection) {
        out.writeBytes(connection).writeBytes(CRLF);
    }

    private static boolean is(String lowerCase, byte[] bytes, int from) {
        for (int at = 0; at < lowerCase.length(); at++) {
            // The names that are asked for have letters and '-', which all have this bit in lower case.
            if ((bytes[from + at] | 0x20) != lowerCase.charAt(at)) {
                return false;
            }
        }
        return true;
    }

    /** Writes digits. */
    private static void ascii(ByteBuf out, long number) {
        if (number >= 10) {
            ascii(out, number / 10);
        }
        out.writeByte((int) ('0' + number % 10));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(US_ASCII);
    }
}
