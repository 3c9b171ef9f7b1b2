package io.gatepool.fastcgi;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Name-value pairs (section 3.4): length of the name, length of the value, name, value. A length takes one byte up to
 * 127, else four with the top bit set; the long form of a short length is read as well.
 *
 * <p>Strings stand for their bytes, ISO-8859-1. The order of pairs is kept, empty names and values are pairs too, and
 * of pairs of the same name the last one wins where a map is made.
 */
public final class NameValues {

    private static final int MAX_SHORT = 0x7f;
    private static final int LONG_FORM = 0x80000000;

    /** Receives the pairs of {@link #parse}, as places in the array that is parsed; lengths in bytes. */
    @FunctionalInterface
    public interface Visitor {
        void pair(int nameOffset, int nameLength, int valueOffset, int valueLength);
    }

    private NameValues() {}

    /**
     * Visits the pairs in {@code bytes}, from {@code from} to before {@code to}; nothing is copied. In an exception the
     * position of a pair counts from {@code from}.
     *
     * @throws ProtocolException if the last pair is cut off or claims more than there is; the pairs before it have been
     *     visited
     */
    public static void parse(byte[] bytes, int from, int to, Visitor visitor) throws ProtocolException {
        Objects.checkFromToIndex(from, to, bytes.length);
        int at = from;
        while (at < to) {
            int pair = at;
            int nameLength = length(bytes, at, to, pair - from);
            at += lengthOfLength(bytes[at]);
            int valueLength = length(bytes, at, to, pair - from);
            at += lengthOfLength(bytes[at]);
            // As long: both may be 2^31-1, and their sum as int would be negative and pass (CVE-2025-23016).
            if ((long) nameLength + valueLength > to - at) {
                throw new ProtocolException("name-value pair at byte " + (pair - from) + ": name of " + nameLength
                        + " and value of " + valueLength + " bytes, but only " + (to - at) + " are left");
            }
            int value = at + nameLength;
            visitor.pair(at, nameLength, value, valueLength);
            at = value + valueLength;
        }
    }

    /**
     * Bytes of a pair on the wire, its lengths included.
     *
     * @throws ArithmeticException if that is more than an int holds
     */
    public static int encodedLength(int nameLength, int valueLength) {
        int lengths = (nameLength > MAX_SHORT ? 4 : 1) + (valueLength > MAX_SHORT ? 4 : 1);
        return Math.addExact(Math.addExact(nameLength, valueLength), lengths);
    }

    /** Appends a pair whose name and value lie in {@code bytes}. */
    public static void write(
            ByteBuf out, byte[] bytes, int nameOffset, int nameLength, int valueOffset, int valueLength) {
        writeLengths(out, nameLength, valueLength);
        if (nameOffset + nameLength == valueOffset) {
            out.writeBytes(bytes, nameOffset, nameLength + valueLength);
        } else {
            out.writeBytes(bytes, nameOffset, nameLength);
            out.writeBytes(bytes, valueOffset, valueLength);
        }
    }

    /**
     * The pairs in the next {@code length} bytes of {@code in}, in their order; its readerIndex ends up behind them.
     * For management records; the environ of a request is better {@linkplain #parse parsed} in place.
     */
    public static Map<String, String> toMap(ByteBuf in, int length) throws ProtocolException {
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        Map<String, String> pairs = new LinkedHashMap<>();
        parse(
                bytes,
                0,
                length,
                (name, nameLength, value, valueLength) -> pairs.put(
                        new String(bytes, name, nameLength, StandardCharsets.ISO_8859_1),
                        new String(bytes, value, valueLength, StandardCharsets.ISO_8859_1)));
        return pairs;
    }

    /**
     * Appends the pairs in the order of the map.
     *
     * @throws IllegalArgumentException for a character above U+00FF; nothing is written then
     */
    public static void write(ByteBuf out, Map<String, String> pairs) {
        encodedLength(pairs);
        pairs.forEach((name, value) -> write(out, name, value));
    }

    static void write(ByteBuf out, String name, String value) {
        writeLengths(out, name.length(), value.length());
        out.writeCharSequence(name, StandardCharsets.ISO_8859_1);
        out.writeCharSequence(value, StandardCharsets.ISO_8859_1);
    }

    /** Bytes of the pairs on the wire; refuses characters that have none. */
    static long encodedLength(Map<String, String> pairs) {
        long length = 0;
        for (Map.Entry<String, String> pair : pairs.entrySet()) {
            length += encodedLength(pair.getKey(), pair.getValue());
        }
        return length;
    }

    static int encodedLength(String name, String value) {
        requireBytes(name);
        requireBytes(value);
        return encodedLength(name.length(), value.length());
    }

    static void writeLengths(ByteBuf out, int nameLength, int valueLength) {
        writeLength(out, nameLength);
        writeLength(out, valueLength);
    }

    private static void writeLength(ByteBuf out, int length) {
        if (length <= MAX_SHORT) {
            out.writeByte(length);
        } else {
            out.writeInt(length | LONG_FORM);
        }
    }

    private static int lengthOfLength(byte first) {
        return first < 0 ? 4 : 1;
    }

    private static int length(byte[] bytes, int at, int to, int pair) throws ProtocolException {
        if (at == to || to - at < lengthOfLength(bytes[at])) {
            throw new ProtocolException("name-value pair at byte " + pair + ": one of its lengths is cut off after "
                    + (to - at) + " bytes");
        }
        byte first = bytes[at];
        if (first >= 0) {
            return first;
        }
        return (first & MAX_SHORT) << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | (bytes[at + 3] & 0xff);
    }

    private static void requireBytes(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xff) {
                throw new IllegalArgumentException(
                        "character " + i + " of '" + text + "' has no ISO-8859-1 byte: U+0000 to U+00FF have one");
            }
        }
    }
}
