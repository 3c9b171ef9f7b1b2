package io.gatepool.fastcgi;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** Bytes as they lie on the wire, made without the encoder that is under test. */
final class Wire {

    private Wire() {}

    static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Bytes of hexadecimal digits; blanks are for the reader. */
    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    static byte[] record(int type, int requestId, byte[] content, int padding) {
        byte[] record = new byte[8 + content.length + padding];
        // Padding is noise, so that a decoder that looks at it is found out.
        Arrays.fill(record, (byte) 0xa5);
        record[0] = 1;
        record[1] = (byte) type;
        record[2] = (byte) (requestId >> 8);
        record[3] = (byte) requestId;
        record[4] = (byte) (content.length >> 8);
        record[5] = (byte) content.length;
        record[6] = (byte) padding;
        record[7] = (byte) padding; // reserved
        System.arraycopy(content, 0, record, 8, content.length);
        return record;
    }

    static byte[] record(int type, int requestId, String latin1) {
        return record(type, requestId, bytes(latin1), 0);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    /** The input byte by byte. */
    static byte[][] singly(byte[] input) {
        byte[][] pieces = new byte[input.length][];
        for (int i = 0; i < input.length; i++) {
            pieces[i] = new byte[] {input[i]};
        }
        return pieces;
    }

    /** The input cut at random into pieces, empty ones and short ones among them. */
    static byte[][] cut(byte[] input, RandomGenerator random) {
        List<byte[]> pieces = new ArrayList<>();
        int at = 0;
        while (at < input.length) {
            int longest = 1 << random.nextInt(15);
            int length = Math.min(random.nextInt(longest + 1), input.length - at);
            pieces.add(Arrays.copyOfRange(input, at, at + length));
            at += length;
        }
        return pieces.toArray(byte[][]::new);
    }

    /** An input of the fuzz corpus; those named after a server were captured from it. */
    static byte[] captured(String name) {
        String path = "RecordDecoderFuzzTestInputs/arbitraryBytesDecodeAlikeHoweverTheyAreCut/" + name;
        try (InputStream in = Objects.requireNonNull(Wire.class.getResourceAsStream(path), path)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
