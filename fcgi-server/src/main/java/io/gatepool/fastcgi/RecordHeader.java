package io.gatepool.fastcgi;

import io.netty.buffer.ByteBuf;

/**
 * The eight bytes in front of every record (section 3.3): version, type, request id (two bytes), content length (two
 * bytes), padding length, one reserved byte.
 */
public final class RecordHeader {

    /** The only version there is. */
    public static final int VERSION = 1;
    /** Bytes of a header. */
    public static final int LENGTH = 8;
    /** Bytes of content that one record can carry. */
    public static final int MAX_CONTENT = 65535;
    /** Bytes of padding that one record can carry. */
    public static final int MAX_PADDING = 255;
    /** The largest request id. */
    public static final int MAX_REQUEST_ID = 65535;
    /** The request id of management records (section 4). */
    static final int MANAGEMENT_ID = 0;

    private static final int TLS_HANDSHAKE = 22;
    private static final int CONTENT_LENGTH_OFFSET = 4;

    private RecordHeader() {}

    /**
     * Appends a header; content and padding are the caller's to append.
     *
     * @param requestId 0 (management) to 65535
     * @param contentLength bytes, 0 to {@link #MAX_CONTENT}
     * @param paddingLength bytes, 0 to {@link #MAX_PADDING}
     * @throws IllegalArgumentException for a number that does not fit its field: cut off, it would shift every record
     *     behind this one
     */
    public static void write(ByteBuf out, RecordType type, int requestId, int contentLength, int paddingLength) {
        out.writeLong(header(type, requestId, contentLength, paddingLength));
    }

    /**
     * Makes all of {@code content} a record, without padding, whose header is written over the bytes in front of it.
     *
     * @param content up to {@link #MAX_CONTENT} bytes, behind at least {@link #LENGTH} that have been read
     * @throws IllegalArgumentException as {@link #write} does
     */
    public static void prepend(ByteBuf content, RecordType type, int requestId) {
        long header = header(type, requestId, content.readableBytes(), 0);
        content.readerIndex(content.readerIndex() - LENGTH);
        content.setLong(content.readerIndex(), header);
    }

    /**
     * The next {@code length} bytes of {@code in}, retained, and in front of them, as bytes that have been read, the
     * header that came with them. Who passes the content on may {@linkplain #prepend write his own} there. Content
     * whose header came with an earlier read has less in front of it, or nothing.
     */
    public static ByteBuf readRetainedContent(ByteBuf in, int length) {
        int room = Math.min(in.readerIndex(), LENGTH);
        ByteBuf content = in.retainedSlice(in.readerIndex() - room, room + length);
        in.skipBytes(length);
        return content.skipBytes(room);
    }

    private static long header(RecordType type, int requestId, int contentLength, int paddingLength) {
        check("request id", requestId, MAX_REQUEST_ID);
        check("content length", contentLength, MAX_CONTENT);
        check("padding length", paddingLength, MAX_PADDING);
        return (long) VERSION << 56
                | (long) type.code() << 48
                | (long) requestId << 32
                | (long) contentLength << 16
                | (long) paddingLength << 8;
    }

    /**
     * Sets the content length of a header that was written before its content was known.
     *
     * @param headerIndex index in {@code out} of the header's first byte
     * @param contentLength bytes, 0 to {@link #MAX_CONTENT}
     */
    public static void setContentLength(ByteBuf out, int headerIndex, int contentLength) {
        check("content length", contentLength, MAX_CONTENT);
        out.setShort(headerIndex + CONTENT_LENGTH_OFFSET, contentLength);
    }

    /** Checks the first byte of a header that came in. */
    static void requireVersion(int firstByte) throws ProtocolException {
        if (firstByte != VERSION) {
            throw new ProtocolException("FastCGI version " + firstByte
                    + " in the first byte of a record header, only 1 is allowed" + otherProtocol(firstByte));
        }
    }

    /** The usual mistake is the wrong protocol on the right port. */
    private static String otherProtocol(int firstByte) {
        if (firstByte >= 'A' && firstByte <= 'Z') {
            return "; the peer seems to speak HTTP";
        }
        return firstByte == TLS_HANDSHAKE ? "; the peer seems to speak TLS" : "";
    }

    // The decoder reads a header as one big-endian long; these take it apart.

    static int version(long header) {
        return (int) (header >>> 56);
    }

    static int type(long header) {
        return (int) (header >>> 48) & 0xff;
    }

    static int requestId(long header) {
        return (int) (header >>> 32) & 0xffff;
    }

    static int contentLength(long header) {
        return (int) (header >>> 16) & 0xffff;
    }

    static int paddingLength(long header) {
        return (int) (header >>> 8) & 0xff;
    }

    private static void check(String field, int value, int max) {
        if (value < 0 || value > max) {
            throw new IllegalArgumentException(field + " " + value + " does not fit a record: 0 to " + max);
        }
    }
}
