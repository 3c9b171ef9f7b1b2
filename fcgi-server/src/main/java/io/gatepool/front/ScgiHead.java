package io.gatepool.front;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.Printable;
import io.gatepool.cgi.TooManyVariables;
import io.gatepool.fastcgi.ProtocolException;
import io.netty.buffer.ByteBuf;

/**
 * The head of an SCGI request (https://python.ca/scgi/protocol.txt): a netstring, {@code LENGTH:PAIRS,}. Each pair is a
 * name and a value with a NUL behind either; the first one is CONTENT_LENGTH, and SCGI is "1".
 *
 * <p>Read by the letter, but for one thing: nginx before 1.23 passes on a field that a client has sent twice as two
 * HTTP_ variables of one name. Such a client is no reason to close; the last value counts, as on the FastCGI front.
 */
final class ScgiHead implements RequestHead {

    private static final int MAX_DIGITS = 9;
    private static final int SHOWN = 80;

    private enum Part {
        LENGTH,
        PAIRS,
        COMMA,
        COMPLETE
    }

    private final HeadBytes bytes = new HeadBytes();
    private Part part = Part.LENGTH;
    private int digits;
    private int length;
    private Environ environ = new Environ();
    private long contentLength;
    private String refusal = "";

    @Override
    public boolean read(ByteBuf in) throws ProtocolException {
        while (part != Part.COMPLETE && in.isReadable()) {
            switch (part) {
                case LENGTH -> length(in.readByte());
                case PAIRS -> part = bytes.take(in) ? Part.COMMA : Part.PAIRS;
                default -> comma(in.readByte());
            }
        }
        return part == Part.COMPLETE;
    }

    private void length(byte next) throws ProtocolException {
        if (next == ':' && digits > 0) {
            lengthIsKnown();
            return;
        }
        if (next < '0' || next > '9') {
            throw new ProtocolException("SCGI: " + Foreign.described(next) + " at byte " + digits
                    + ", where the length of a netstring "
                    + (digits == 0 ? "is to begin" : "is to go on or end with ':'")
                    + (digits == 0 ? Foreign.guess(next) : ""));
        }
        if (digits == 1 && length == 0) {
            throw new ProtocolException("SCGI: the length of the netstring begins with a zero");
        }
        digits++;
        if (digits > MAX_DIGITS) {
            throw new ProtocolException("SCGI: the length of the netstring has more than " + MAX_DIGITS + " digits");
        }
        length = length * 10 + next - '0';
    }

    private void lengthIsKnown() {
        if (length > MAX_VARIABLES) {
            refusal = "an SCGI head of " + length + " bytes, the limit is " + MAX_VARIABLES;
            part = Part.COMPLETE;
        } else {
            bytes.expect(length);
            part = length == 0 ? Part.COMMA : Part.PAIRS;
        }
    }

    private void comma(byte next) throws ProtocolException {
        if (next != ',') {
            throw new ProtocolException(
                    "SCGI: " + Foreign.described(next) + " behind the netstring of " + length + " bytes, not ','");
        }
        part = Part.COMPLETE;
        pairs();
    }

    private void pairs() throws ProtocolException {
        environ = Environ.over(bytes.array(), length);
        int at = 0;
        while (at < length) {
            int name = at;
            int nameEnd = nul(name, "the name");
            int value = nameEnd + 1;
            int valueEnd = nul(value, "the value of " + text(name, nameEnd));
            pair(name, nameEnd, value, valueEnd);
            at = valueEnd + 1;
        }
        if (length == 0) {
            throw new ProtocolException("SCGI: no headers at all, the first one must be CONTENT_LENGTH");
        }
        contentLength = RequestHead.length("SCGI", environ.getOrEmpty("CONTENT_LENGTH"));
        if (refusal.isEmpty() && !environ.is("SCGI", "1")) {
            throw new ProtocolException(
                    environ.has("SCGI")
                            ? "SCGI: the header SCGI is '" + Printable.of(environ.getOrEmpty("SCGI"), SHOWN)
                                    + "', only version 1 is there"
                            : "SCGI: no header SCGI; it must be \"1\" (nginx: scgi_param SCGI 1;)");
        }
    }

    private int nul(int from, String what) throws ProtocolException {
        for (int at = from; at < length; at++) {
            if (bytes.array()[at] == 0) {
                return at;
            }
        }
        throw new ProtocolException("SCGI: " + what + " at byte " + from
                + " of the netstring has no NUL behind it before its end at " + length);
    }

    private void pair(int name, int nameEnd, int value, int valueEnd) throws ProtocolException {
        if (name == nameEnd) {
            throw new ProtocolException("SCGI: an empty name at byte " + name + " of the netstring");
        }
        if (name == 0 && !text(name, nameEnd).equals("CONTENT_LENGTH")) {
            throw new ProtocolException(
                    "SCGI: the first header is " + text(name, nameEnd) + ", it must be CONTENT_LENGTH");
        }
        int before = environ.size();
        try {
            environ.add(name, nameEnd - name, value, valueEnd - value);
        } catch (TooManyVariables e) {
            refusal = String.valueOf(e.getMessage());
            return;
        }
        if (environ.size() == before && !text(name, nameEnd).startsWith("HTTP_")) {
            throw new ProtocolException("SCGI: " + text(name, nameEnd) + " is there twice, the second time at byte "
                    + name + " of the netstring");
        }
    }

    private String text(int start, int end) {
        return Printable.of(new String(bytes.array(), start, end - start, ISO_8859_1), SHOWN);
    }

    @Override
    public boolean isBegun() {
        return digits > 0;
    }

    @Override
    public Environ environ() {
        return environ;
    }

    @Override
    public long contentLength() {
        return contentLength;
    }

    @Override
    public String refusal() {
        return refusal;
    }
}
