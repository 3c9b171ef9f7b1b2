package io.gatepool.fastcgi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of one connection into the calls of a {@link RecordHandler}, however the bytes are cut.
 *
 * <p>Stream content is never gathered: it is handed on as it arrives, a record split over reads as several fragments.
 * Held back are only headers and fixed bodies (8 bytes, in a field) and the content of a management record that was
 * split (65535 bytes at most, on the heap, growing as the bytes come, so that a header alone costs nothing). There is
 * thus nothing to release when the connection ends, and no allocation per record.
 *
 * <p>A record with no meaning for us is skipped; only framing that cannot be trusted is an error. Once {@link #decode}
 * threw a {@link ProtocolException} it throws the same again. Owned by the thread of its connection; a handler must not
 * call {@code decode}.
 */
public final class RecordDecoder {

    /** Bytes of a BEGIN_REQUEST, END_REQUEST and UNKNOWN_TYPE body, and of a header: each is read as one long. */
    private static final int WORD = 8;

    private static final int FIRST_GATHERING = 256;

    private enum Phase {
        HEADER,
        /** In the first 8 bytes of a fixed body. */
        BODY,
        STREAM,
        MANAGEMENT,
        /** In padding, and in content that says nothing to us. */
        SKIP
    }

    private final RecordHandler handler;

    private Phase phase = Phase.HEADER;
    /** Bytes of a header or body that came so far, the last one lowest. */
    private long word;

    private int wordBytes;

    // The record being read; the type means something in BODY, STREAM and MANAGEMENT only.
    private RecordType type = RecordType.BEGIN_REQUEST;
    private int requestId;
    private int contentLeft;
    private int paddingLength;
    /** Bytes in SKIP that are left to skip. */
    private int rest;

    /** Content so far of a management record that came in pieces. */
    private @Nullable ByteBuf gathered;

    private @Nullable ProtocolException failure;
    private boolean stopped;

    public RecordDecoder(RecordHandler handler) {
        this.handler = handler;
    }

    /**
     * Takes everything that is readable and reports what it completes; it does not release the buffer.
     *
     * @throws ProtocolException if the peer broke the framing, the handler threw it, or an earlier call did; the rest
     *     of the buffer is discarded. (An unchecked exception of the handler passes through and stops the decoder.)
     */
    public void decode(ByteBuf in) throws ProtocolException {
        try {
            if (failure != null && !stopped) {
                throw failure;
            }
            while (!stopped && in.isReadable()) {
                switch (phase) {
                    case HEADER -> header(in);
                    case BODY -> body(in);
                    case STREAM -> stream(in);
                    case MANAGEMENT -> management(in);
                    case SKIP -> skip(in);
                }
            }
        } catch (ProtocolException e) {
            failure = e;
            throw e;
        } catch (RuntimeException | Error e) {
            // A fault of the handler. What it left unread is discarded below, so nothing behind it can be trusted.
            stop();
            throw e;
        } finally {
            in.skipBytes(in.readableBytes());
        }
    }

    /**
     * Discards all further input silently, from the next byte on and for ever; also what would be an error. For a
     * handler that has no more interest, from within a callback as well as between calls of {@link #decode}.
     */
    public void stop() {
        stopped = true;
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
    }

    /**
     * Whether the input so far ended with a whole record, padding included: an end of file here cuts none. False after
     * an error or {@link #stop}, when nothing is known of the input any more.
     */
    public boolean betweenRecords() {
        return phase == Phase.HEADER && wordBytes == 0 && failure == null && !stopped;
    }

    private void header(ByteBuf in) throws ProtocolException {
        if (wordBytes == 0) {
            // At the first byte, not the eighth: who speaks something else may send less and wait for an answer.
            RecordHeader.requireVersion(in.getUnsignedByte(in.readerIndex()));
        }
        if (!gatherWord(in)) {
            return;
        }
        requestId = RecordHeader.requestId(word);
        contentLeft = RecordHeader.contentLength(word);
        paddingLength = RecordHeader.paddingLength(word);
        int code = RecordHeader.type(word);
        RecordType known = RecordType.of(code);
        if (known == null) {
            skipRest();
            if (requestId == RecordHeader.MANAGEMENT_ID) {
                handler.unknownManagement(code);
            }
            return;
        }
        type = known;
        switch (known) {
            case BEGIN_REQUEST, END_REQUEST -> {
                requireRequestId();
                beginBody();
            }
            case ABORT_REQUEST -> {
                requireRequestId();
                skipRest();
                handler.abortRequest(requestId);
            }
            case PARAMS, STDIN, STDOUT, STDERR, DATA -> {
                requireRequestId();
                if (contentLeft > 0) {
                    phase = Phase.STREAM;
                } else {
                    skipRest();
                    handler.streamEnd(known, requestId);
                }
            }
            case GET_VALUES, GET_VALUES_RESULT -> {
                if (requestId != RecordHeader.MANAGEMENT_ID) {
                    skipRest();
                } else if (contentLeft > 0) {
                    phase = Phase.MANAGEMENT;
                } else {
                    skipRest();
                    values(Unpooled.EMPTY_BUFFER, 0);
                }
            }
            case UNKNOWN_TYPE -> {
                if (requestId == RecordHeader.MANAGEMENT_ID) {
                    beginBody();
                } else {
                    skipRest();
                }
            }
        }
    }

    private void body(ByteBuf in) throws ProtocolException {
        // At least 8 bytes of content are announced, so the word never reaches into what follows.
        if (!gatherWord(in)) {
            return;
        }
        contentLeft -= WORD;
        skipRest();
        switch (type) {
            case BEGIN_REQUEST ->
                handler.beginRequest(requestId, (int) (word >>> 48), (word >>> 40 & RecordEncoder.KEEP_CONN) != 0);
            case END_REQUEST -> handler.endRequest(requestId, word >>> 32, (int) (word >>> 24) & 0xff);
            default -> handler.unknownType((int) (word >>> 56));
        }
    }

    private void stream(ByteBuf in) throws ProtocolException {
        int length = Math.min(contentLeft, in.readableBytes());
        int end = in.readerIndex() + length;
        contentLeft -= length;
        if (contentLeft == 0) {
            skipRest();
        }
        handler.stream(type, requestId, in, length);
        in.readerIndex(end);
    }

    private void management(ByteBuf in) throws ProtocolException {
        int length = Math.min(contentLeft, in.readableBytes());
        ByteBuf pieces = gathered;
        if (pieces == null) {
            if (length == contentLeft) {
                int end = in.readerIndex() + length;
                contentLeft = 0;
                skipRest();
                values(in, length);
                in.readerIndex(end);
                return;
            }
            pieces = Unpooled.buffer(Math.min(FIRST_GATHERING, contentLeft), contentLeft);
            gathered = pieces;
        }
        pieces.writeBytes(in, length);
        contentLeft -= length;
        if (contentLeft == 0) {
            gathered = null;
            skipRest();
            try {
                values(pieces, pieces.readableBytes());
            } finally {
                pieces.release();
            }
        }
    }

    private void skip(ByteBuf in) {
        int length = Math.min(rest, in.readableBytes());
        in.skipBytes(length);
        rest -= length;
        if (rest == 0) {
            phase = Phase.HEADER;
        }
    }

    private void values(ByteBuf content, int length) throws ProtocolException {
        if (type == RecordType.GET_VALUES) {
            handler.getValues(content, length);
        } else {
            handler.getValuesResult(content, length);
        }
    }

    /** Content that is left says nothing, and padding never does. Comes before the handler is called: it may throw. */
    private void skipRest() {
        rest = contentLeft + paddingLength;
        phase = rest > 0 ? Phase.SKIP : Phase.HEADER;
    }

    private void beginBody() throws ProtocolException {
        if (contentLeft < WORD) {
            throw new ProtocolException(type + " record with request id " + requestId + ": content of " + contentLeft
                    + " bytes, at least " + WORD + " are needed");
        }
        phase = Phase.BODY;
    }

    /** Takes bytes into {@link #word}; true when it holds eight. */
    private boolean gatherWord(ByteBuf in) {
        if (wordBytes == 0 && in.readableBytes() >= WORD) {
            word = in.readLong();
            return true;
        }
        do {
            word = word << 8 | in.readUnsignedByte();
            wordBytes++;
        } while (wordBytes < WORD && in.isReadable());
        if (wordBytes < WORD) {
            return false;
        }
        wordBytes = 0;
        return true;
    }

    private void requireRequestId() throws ProtocolException {
        if (requestId == RecordHeader.MANAGEMENT_ID) {
            throw new ProtocolException(
                    type + " record with request id 0 in bytes 3 and 4 of its header, 1 to 65535 are allowed");
        }
    }
}
