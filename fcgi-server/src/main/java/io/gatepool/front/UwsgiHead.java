package io.gatepool.front;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.Printable;
import io.gatepool.cgi.TooManyVariables;
import io.gatepool.fastcgi.ProtocolException;
import io.netty.buffer.ByteBuf;

/**
 * The head of a request of the uwsgi protocol (uwsgi-docs, "The uwsgi (lowercase) Protocol"): modifier1, the size of
 * the variables as a little-endian 16-bit number, modifier2, then pairs of strings, each behind its own 16-bit length.
 * So a head has at most 65535 bytes.
 *
 * <p>The modifiers with which web servers send requests are taken, and mean all the same here: 0 (Python), 5 (Perl),
 * 9 (CGI) and 14 (PHP). modifier2 chooses one of uWSGI's applications: gatepool has mounts for that.
 */
final class UwsgiHead implements RequestHead {

    private static final int HEADER = 4;
    private static final int SHOWN = 80;

    private final HeadBytes header = new HeadBytes();
    private final HeadBytes bytes = new HeadBytes();
    private boolean begun;
    private boolean sized;
    private boolean complete;
    private int size;
    private Environ environ = new Environ();
    private long contentLength;
    private String refusal = "";

    UwsgiHead() {
        header.expect(HEADER);
    }

    @Override
    public boolean read(ByteBuf in) throws ProtocolException {
        if (!begun && in.isReadable()) {
            begun = true;
            modifier(in.getByte(in.readerIndex()));
        }
        if (!sized) {
            if (!header.take(in)) {
                return false;
            }
            sized = true;
            size = number(header.array(), 1);
            bytes.expect(size);
        }
        if (!complete && bytes.take(in)) {
            complete = true;
            pairs();
        }
        return complete;
    }

    /** Told at the first byte: what speaks another protocol may never send the fourth. */
    private static void modifier(byte modifier1) throws ProtocolException {
        switch (modifier1) {
            case 0, 5, 9, 14 -> {}
            default ->
                throw new ProtocolException("uwsgi: modifier1 is " + (modifier1 & 0xff)
                        + "; requests have 0, 5, 9 or 14" + Foreign.guess(modifier1));
        }
    }

    private static int number(byte[] from, int at) {
        return (from[at] & 0xff) | (from[at + 1] & 0xff) << 8;
    }

    private void pairs() throws ProtocolException {
        environ = Environ.over(bytes.array(), size);
        int at = 0;
        while (at < size) {
            int name = at + 2;
            int nameLength = string(at, "a name");
            int value = name + nameLength + 2;
            int valueLength = string(name + nameLength, "the value of " + text(name, nameLength));
            pair(name, nameLength, value, valueLength);
            at = value + valueLength;
        }
        String announced = environ.getOrEmpty("CONTENT_LENGTH");
        contentLength = announced.isEmpty() ? 0 : RequestHead.length("uwsgi", announced);
    }

    /** The length of the string at {@code at}, of which all is there. */
    private int string(int at, String what) throws ProtocolException {
        int length = at + 2 > size ? 0 : number(bytes.array(), at);
        if (at + 2 + length > size) {
            throw new ProtocolException(
                    "uwsgi: " + what + " at byte " + at + " of the variables goes beyond their " + size + " bytes");
        }
        return length;
    }

    private void pair(int name, int nameLength, int value, int valueLength) throws ProtocolException {
        if (nameLength == 0) {
            throw new ProtocolException("uwsgi: an empty name at byte " + (name - 2) + " of the variables");
        }
        int before = environ.size();
        try {
            environ.add(name, nameLength, value, valueLength);
        } catch (TooManyVariables e) {
            refusal = String.valueOf(e.getMessage());
            return;
        }
        // It says where the body ends: no two readers may see different ones. Of all others the last one counts.
        if (environ.size() == before && text(name, nameLength).equals("CONTENT_LENGTH")) {
            throw new ProtocolException("uwsgi: CONTENT_LENGTH is there twice, the second time at byte " + (name - 2)
                    + " of the variables");
        }
    }

    private String text(int start, int length) {
        return Printable.of(new String(bytes.array(), start, length, ISO_8859_1), SHOWN);
    }

    @Override
    public boolean isBegun() {
        return begun;
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
