package io.gatepool.fastcgi;

import io.netty.buffer.ByteBuf;

/**
 * Appends the PARAMS stream of one request, pair by pair (sections 3.4 and 5.2).
 *
 * <p>A pair lies whole in one record, since php parses record by record and drops a connection whose pair goes on in
 * the next; only a pair longer than any record is split. A record is opened by the first pair that needs it, and its
 * content length is set when it is closed: between the first pair and {@link #finish} nobody else may write to the
 * buffer or discard bytes of it.
 *
 * <p>Usable for one request after the other by {@link #reset}, to keep the encoding free of allocation. Owned by the
 * thread of its connection.
 */
public final class ParamsEncoder {

    private static final int CLOSED = -1;

    private ByteBuf out;
    private int requestId;
    /** Index in {@link #out} of the open record's header, or CLOSED. */
    private int headerIndex = CLOSED;

    private boolean finished;

    /**
     * @param out the buffer to append to
     * @param requestId 1 to 65535
     */
    public ParamsEncoder(ByteBuf out, int requestId) {
        this.out = out;
        this.requestId = requestId;
    }

    /** Makes it ready for another request, whatever became of the one before. */
    public void reset(ByteBuf out, int requestId) {
        this.out = out;
        this.requestId = requestId;
        headerIndex = CLOSED;
        finished = false;
    }

    /** Appends a pair whose name and value lie in {@code bytes}; offsets and lengths in bytes. */
    public void pair(byte[] bytes, int nameOffset, int nameLength, int valueOffset, int valueLength) {
        requireUnfinished();
        int length = NameValues.encodedLength(nameLength, valueLength);
        if (length > room()) {
            close();
        }
        if (length > RecordHeader.MAX_CONTENT) {
            open();
            NameValues.writeLengths(out, nameLength, valueLength);
            split(bytes, nameOffset, nameLength);
            split(bytes, valueOffset, valueLength);
        } else {
            if (headerIndex == CLOSED) {
                open();
            }
            NameValues.write(out, bytes, nameOffset, nameLength, valueOffset, valueLength);
        }
    }

    /** What follows goes into another record. */
    public void nextRecord() {
        requireUnfinished();
        close();
    }

    /** Closes the last record and appends the empty one that ends the stream. */
    public void finish() {
        requireUnfinished();
        close();
        RecordEncoder.streamEnd(out, RecordType.PARAMS, requestId);
        finished = true;
    }

    private void split(byte[] bytes, int offset, int length) {
        int at = offset;
        int end = offset + length;
        while (at < end) {
            if (room() == 0) {
                close();
                open();
            }
            int piece = Math.min(room(), end - at);
            out.writeBytes(bytes, at, piece);
            at += piece;
        }
    }

    /** Bytes of content that the open record still takes, none if there is none. */
    private int room() {
        return headerIndex == CLOSED ? 0 : RecordHeader.MAX_CONTENT - content();
    }

    private int content() {
        return out.writerIndex() - headerIndex - RecordHeader.LENGTH;
    }

    private void open() {
        headerIndex = out.writerIndex();
        RecordHeader.write(out, RecordType.PARAMS, requestId, 0, 0);
    }

    private void close() {
        if (headerIndex != CLOSED) {
            RecordHeader.setContentLength(out, headerIndex, content());
            headerIndex = CLOSED;
        }
    }

    private void requireUnfinished() {
        if (finished) {
            throw new IllegalStateException(
                    "the PARAMS of request " + requestId + " are finished; reset() begins anew");
        }
    }
}
