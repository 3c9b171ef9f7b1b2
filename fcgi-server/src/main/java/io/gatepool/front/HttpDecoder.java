package io.gatepool.front;

import io.gatepool.config.HttpSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes of a connection into requests, by the letter of RFC 9112 and without any of the forgiveness that it
 * allows: two servers in a row that forgive differently can be made to see different requests (request smuggling).
 * Netty's own decoder skips control characters in front of a request, joins folded lines and takes blanks around a
 * chunk's size, and cannot be told not to.
 *
 * <p>The first thing that is wrong ends all reading: it is passed on as a failed {@link LastHttpContent}, and no byte
 * behind it is ever taken for a request. Trailers are checked like fields, and dropped. Owned by the event loop.
 */
final class HttpDecoder extends ByteToMessageDecoder {

    /** All lines of a head together: 100 fields may be 8 KB each, but not on every connection at a time. */
    private static final int MAX_HEAD = 64 * 1024;

    private static final int MAX_CHUNK_LINE = 1024;

    /** Extensions mean nothing here; who sends so much of them only wants to be busy with (CVE-2023-39326). */
    private static final int MAX_EXTENSIONS = 16 * 1024;

    private enum Step {
        REQUEST_LINE,
        FIELDS,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILERS,
        BAD
    }

    private final HttpSettings settings;
    private final ConnectionLimit limit;
    private final int maxHead;
    private Step step = Step.REQUEST_LINE;
    /** Of the request that is being read: a connection that rests has none. */
    private @Nullable HttpHead head;

    /** How much of the bytes at hand is known to hold no line end. */
    private int scanned;

    private boolean blankLineSeen;
    private int headBytes;
    private int fields;
    private long left;
    private int extensions;
    private long headSince;
    private long lastRead = System.nanoTime();

    /** @param limit of what is kept, together with other connections */
    HttpDecoder(HttpSettings settings, ConnectionLimit limit) {
        this.limit = limit;
        this.settings = settings;
        this.maxHead = (int) Math.min(
                (long) settings.headers() * settings.headerSize(), Math.max(MAX_HEAD, 2L * settings.headerSize()));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        lastRead = System.nanoTime();
        super.channelRead(ctx, message);
    }

    /** When the last bytes came, by {@link System#nanoTime()}. */
    long lastReadNanos() {
        return lastRead;
    }

    /** Whether a head has begun and is not complete. */
    boolean isInHead() {
        return headSince != 0;
    }

    /** When the head began that is not complete. */
    long headSinceNanos() {
        return headSince;
    }

    /** A head that came behind the last request has its time from now on: nothing was read meanwhile. */
    void restartClock() {
        lastRead = System.nanoTime();
        if (isInHead()) {
            headSince = lastRead;
        }
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        try {
            switch (step) {
                case REQUEST_LINE -> requestLine(in);
                case FIELDS -> field(in, out);
                case BODY -> body(in, out);
                case CHUNK_SIZE -> chunkSize(in);
                case CHUNK -> chunk(in, out);
                case CHUNK_END -> chunkEnd(in);
                case TRAILERS -> trailer(in, out);
                case BAD -> in.skipBytes(in.readableBytes());
            }
        } catch (HttpHead.Bad | TooLongHttpLineException | TooLongHttpHeaderException e) {
            forgetHead();
            head = null;
            step = Step.BAD;
            headSince = 0;
            in.skipBytes(in.readableBytes());
            LastHttpContent failure = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
            failure.setDecoderResult(DecoderResult.failure(e));
            out.add(failure);
        }
    }

    /**
     * The bytes of the next line without its CRLF, which is consumed; null until it is there.
     *
     * @param limit bytes without the CRLF
     */
    private byte @Nullable [] line(ByteBuf in, int limit) throws HttpHead.Bad {
        int from = in.readerIndex();
        int end = in.indexOf(from + scanned, in.writerIndex(), (byte) '\n');
        int length = (end < 0 ? in.writerIndex() : end) - from;
        if (length > limit + 1) {
            throw tooLong();
        }
        if (end < 0) {
            scanned = length;
            return null;
        }
        scanned = 0;
        if (length == 0 || in.getByte(end - 1) != '\r') {
            throw new HttpHead.Bad("a line ends without CR (RFC 9112, 2.2)");
        }
        byte[] line = new byte[length - 1];
        in.readBytes(line);
        in.skipBytes(2);
        return line;
    }

    private RuntimeException tooLong() throws HttpHead.Bad {
        if (step == Step.REQUEST_LINE) {
            return new TooLongHttpLineException("the request line is too long (http.request_line)");
        }
        if (step == Step.CHUNK_SIZE) {
            throw new HttpHead.Bad("the line with a chunk's size has more than " + MAX_CHUNK_LINE + " bytes");
        }
        return new TooLongHttpHeaderException(
                "a header field of more than " + settings.headerSize() + " bytes (http.header_size)");
    }

    private void requestLine(ByteBuf in) throws HttpHead.Bad {
        if (headSince == 0) {
            headSince = System.nanoTime();
            byte first = in.getByte(in.readerIndex());
            if (first <= ' ' && first >= 0 && (first != '\r' || blankLineSeen)) {
                throw new HttpHead.Bad("blanks in front of the request line");
            }
        }
        byte[] line = line(in, settings.requestLine());
        if (line == null) {
            return;
        }
        if (line.length == 0 && !blankLineSeen) {
            // Some clients send one CRLF too many behind a body (RFC 9112, 2.2).
            blankLineSeen = true;
            headSince = 0;
            return;
        }
        HttpHead begun = new HttpHead();
        begun.requestLine(line);
        head = begun;
        step = Step.FIELDS;
    }

    private byte @Nullable [] fieldLine(ByteBuf in) throws HttpHead.Bad {
        // The colon and a blank are not counted.
        byte[] line = line(in, settings.headerSize() + 2);
        if (line != null && line.length > 0) {
            fields++;
            keep(line.length + 2);
            if (fields > settings.headers()) {
                throw new TooLongHttpHeaderException(
                        "more than " + settings.headers() + " header fields (http.headers)");
            }
            if (headBytes > maxHead) {
                throw new TooLongHttpHeaderException("header fields of more than " + maxHead + " bytes together");
            }
        }
        return line;
    }

    /** Trailers are dropped, but counted. */
    private void keep(int bytes) throws HttpHead.Bad {
        if (step == Step.FIELDS && !limit.takeHead(bytes)) {
            throw new HttpHead.Overloaded();
        }
        headBytes += bytes;
    }

    private void forgetHead() {
        if (step == Step.FIELDS) {
            limit.releaseHead(headBytes);
        }
        headBytes = 0;
        fields = 0;
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) {
        forgetHead();
    }

    private void field(ByteBuf in, List<Object> out) throws HttpHead.Bad {
        byte[] line = fieldLine(in);
        if (line == null) {
            return;
        }
        HttpHead begun = Objects.requireNonNull(head);
        if (line.length > 0) {
            if (begun.field(line) > settings.headerSize()) {
                throw tooLong();
            }
            return;
        }
        HttpRequest request = begun.request();
        HttpHead.Framing framing = begun.framing();
        head = null;
        headSince = 0;
        forgetHead();
        out.add(request);
        if (framing.isChunked()) {
            extensions = 0;
            step = Step.CHUNK_SIZE;
        } else if (framing.isUnknown()) {
            // It is going to be refused; where it ends nobody knows.
            step = Step.BAD;
        } else if (framing.length() == 0) {
            next(out, LastHttpContent.EMPTY_LAST_CONTENT);
        } else {
            left = framing.length();
            step = Step.BODY;
        }
    }

    private void next(List<Object> out, LastHttpContent last) {
        out.add(last);
        blankLineSeen = false;
        headBytes = 0;
        fields = 0;
        step = Step.REQUEST_LINE;
    }

    private void body(ByteBuf in, List<Object> out) {
        ByteBuf piece = in.readRetainedSlice((int) Math.min(left, in.readableBytes()));
        left -= piece.readableBytes();
        if (left == 0) {
            next(out, new DefaultLastHttpContent(piece));
        } else {
            out.add(new DefaultHttpContent(piece));
        }
    }

    private void chunkSize(ByteBuf in) throws HttpHead.Bad {
        byte[] line = line(in, MAX_CHUNK_LINE);
        if (line == null) {
            return;
        }
        left = HttpHead.chunkSize(line);
        extensions += HttpHead.extension(line);
        if (extensions > MAX_EXTENSIONS) {
            throw new HttpHead.Bad("chunk extensions of more than " + MAX_EXTENSIONS + " bytes");
        }
        step = left == 0 ? Step.TRAILERS : Step.CHUNK;
    }

    private void chunk(ByteBuf in, List<Object> out) {
        ByteBuf piece = in.readRetainedSlice((int) Math.min(left, in.readableBytes()));
        left -= piece.readableBytes();
        out.add(new DefaultHttpContent(piece));
        if (left == 0) {
            step = Step.CHUNK_END;
        }
    }

    private void chunkEnd(ByteBuf in) throws HttpHead.Bad {
        int at = in.readerIndex();
        if (in.getByte(at) != '\r' || in.readableBytes() > 1 && in.getByte(at + 1) != '\n') {
            throw new HttpHead.Bad("a chunk is longer than its size");
        }
        if (in.readableBytes() > 1) {
            in.skipBytes(2);
            step = Step.CHUNK_SIZE;
        }
    }

    private void trailer(ByteBuf in, List<Object> out) throws HttpHead.Bad {
        byte[] line = fieldLine(in);
        if (line == null) {
            return;
        }
        if (line.length > 0) {
            new HttpHead().field(line);
        } else {
            next(out, LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }
}
