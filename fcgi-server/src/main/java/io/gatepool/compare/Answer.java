package io.gatepool.compare;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a server answers to one request.
 *
 * @param type the Content-Type; empty without
 * @param body its first megabyte
 * @param length of the whole body
 */
@SuppressWarnings("ArrayRecordComponent") // Compared below, by its bytes.
public record Answer(int status, String type, byte[] body, long length) {

    private static final int KEPT = 1 << 20;
    private static final int SHOWN = 60;
    private static final int OK = 200;
    private static final int ERROR = 500;

    /**
     * Asks once, over a connection of its own; waits as long as the server does.
     *
     * @throws IOException when there is no answer, or only a part of it
     */
    public static Answer of(Target target) throws IOException {
        EmbeddedChannel decoder = new EmbeddedChannel(new HttpResponseDecoder() {
            @Override
            protected boolean isContentAlwaysEmpty(HttpMessage message) {
                return target.head() || super.isContentAlwaysEmpty(message);
            }
        });
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(target.socket()));
            ByteBuffer out = ByteBuffer.wrap(target.request());
            while (out.hasRemaining()) {
                channel.write(out);
            }
            Collected answer = new Collected();
            ByteBuffer in = ByteBuffer.allocate(1 << 16);
            while (channel.read(in) >= 0) {
                ByteBuf bytes = Unpooled.copiedBuffer(in.flip());
                in.clear();
                decoder.writeInbound(bytes);
                if (answer.take(decoder)) {
                    return answer.whole();
                }
            }
            decoder.finish();
            if (answer.take(decoder)) {
                return answer.whole();
            }
            throw new IOException("the connection ended before the answer did");
        } finally {
            decoder.finishAndReleaseAll();
        }
    }

    /** The parts of an answer, until it is whole. */
    private static final class Collected {

        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private int status;
        private String type = "";
        private long length;

        /** Whether that was all. */
        boolean take(EmbeddedChannel decoder) throws IOException {
            boolean last = false;
            for (Object part = decoder.readInbound(); part != null; part = decoder.readInbound()) {
                try {
                    last |= takePart(part);
                } finally {
                    ReferenceCountUtil.release(part);
                }
            }
            return last;
        }

        private boolean takePart(Object part) throws IOException {
            if (part instanceof HttpMessage message && message.decoderResult().isFailure()) {
                throw new IOException(
                        "the answer is no HTTP: " + message.decoderResult().cause());
            }
            if (part instanceof HttpResponse head) {
                status = head.status().code();
                String given = head.headers().get(HttpHeaderNames.CONTENT_TYPE);
                type = given == null ? "" : given;
            }
            if (part instanceof HttpContent content) {
                ByteBuf bytes = content.content();
                length += bytes.readableBytes();
                byte[] some = new byte[Math.min(bytes.readableBytes(), KEPT - body.size())];
                bytes.readBytes(some);
                body.writeBytes(some);
            }
            return status >= OK && (part instanceof LastHttpContent || part instanceof FullHttpResponse);
        }

        Answer whole() {
            return new Answer(status, type, body.toByteArray(), length);
        }
    }

    public boolean isError() {
        return status >= ERROR;
    }

    /** {@code 200 text/html, 1,204 bytes}. */
    public String describe() {
        return status + (type.isEmpty() ? "" : " " + type) + ", " + String.format(java.util.Locale.ROOT, "%,d", length)
                + (length == 1 ? " byte" : " bytes");
    }

    /** In what {@code other} differs first; empty when it does not. The names say whose is whose. */
    public Optional<String> difference(String name, Answer other, String otherName) {
        if (status != other.status) {
            return Optional.of("status " + status + " " + name + ", " + other.status + " " + otherName);
        }
        if (!type.equals(other.type)) {
            return Optional.of("Content-Type '" + type + "' " + name + ", '" + other.type + "' " + otherName);
        }
        int at = Arrays.mismatch(body, other.body);
        if (at < 0) {
            return length == other.length
                    ? Optional.empty()
                    : Optional.of(length + " bytes " + name + ", " + other.length + " " + otherName);
        }
        int line = 1;
        int begin = 0;
        for (int i = 0; i < at; i++) {
            if (body[i] == '\n') {
                line++;
                begin = i + 1;
            }
        }
        return Optional.of("line " + line + " is '" + lineAt(begin) + "' " + name + ", '" + other.lineAt(begin) + "' "
                + otherName);
    }

    private String lineAt(int begin) {
        int end = begin;
        while (end < body.length && body[end] != '\n' && end - begin < SHOWN) {
            end++;
        }
        return new String(body, begin, end - begin, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
    }
}
