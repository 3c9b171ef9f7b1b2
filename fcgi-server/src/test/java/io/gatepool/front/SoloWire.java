package io.gatepool.front;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepool.cgi.Environ;
import io.gatepool.fastcgi.ProtocolException;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Requests of SCGI and uwsgi as bytes, and what a decoder makes of any bytes. Text has one char for each byte. */
final class SoloWire {

    private SoloWire() {}

    /** An SCGI request: names and values in turn, each of which gets its NUL. */
    static byte[] scgi(String body, String... pairs) {
        return netstring(String.join("\0", pairs) + "\0", body);
    }

    /** A netstring, and what follows it. */
    static byte[] netstring(String content, String body) {
        return (content.length() + ":" + content + "," + body).getBytes(ISO_8859_1);
    }

    /** A uwsgi request of modifier1 0. */
    static byte[] uwsgi(String body, String... pairs) {
        ByteArrayOutputStream variables = new ByteArrayOutputStream();
        for (String string : pairs) {
            variables.write(string.length());
            variables.write(string.length() >> 8);
            variables.writeBytes(string.getBytes(ISO_8859_1));
        }
        return uwsgi(0, variables.size(), variables.toByteArray(), body);
    }

    /** A uwsgi packet with all its fields, and what follows it. */
    static byte[] uwsgi(int modifier1, int size, byte[] variables, String body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(modifier1);
        out.write(size);
        out.write(size >> 8);
        out.write(0);
        out.writeBytes(variables);
        out.writeBytes(body.getBytes(ISO_8859_1));
        return out.toByteArray();
    }

    /**
     * What comes out: {@code head {A=b}}, the body if there is any, {@code end}, and {@code error MESSAGE} as the last
     * one.
     */
    static List<String> events(SoloProtocol protocol, byte[]... pieces) {
        List<String> events = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        SoloDecoder decoder = new SoloDecoder(protocol.newHead(), new SoloDecoder.Handler() {
            @Override
            public void head(Environ environ, String refusal) {
                events.add("head " + environ.toMap() + refusal);
            }

            @Override
            public void body(io.netty.buffer.ByteBuf piece) {
                body.append(piece.toString(ISO_8859_1));
            }

            @Override
            public void end() {
                events.add("end");
            }
        });
        try {
            for (byte[] piece : pieces) {
                decoder.decode(Unpooled.wrappedBuffer(piece));
            }
        } catch (ProtocolException e) {
            events.add("error " + e.getMessage());
        }
        if (!body.isEmpty()) {
            events.add(1, "body " + body);
        }
        return events;
    }

    /** The same bytes in pieces of chance. */
    static byte[][] cut(byte[] input, SplittableRandom random) {
        List<byte[]> pieces = new ArrayList<>();
        int longest = 1 + random.nextInt(40);
        for (int at = 0; at < input.length; ) {
            int length = Math.min(1 + random.nextInt(longest), input.length - at);
            pieces.add(Arrays.copyOfRange(input, at, at + length));
            at += length;
        }
        return pieces.toArray(byte[][]::new);
    }
}
