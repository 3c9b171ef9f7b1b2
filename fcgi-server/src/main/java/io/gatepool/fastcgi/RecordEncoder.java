package io.gatepool.fastcgi;

import io.netty.buffer.ByteBuf;
import java.util.Map;

/**
 * Appends whole records to a buffer (sections 4 and 5), except those of PARAMS with content: {@link ParamsEncoder}.
 *
 * <p>No padding is written: peers accept any, and the records of a long stream are aligned by their size. An argument
 * that no record can carry is an {@link IllegalArgumentException} and leaves the buffer as it was. Ids are 1 to 65535.
 */
public final class RecordEncoder {

    /** Bytes of content in the records of a long stream: the most that is a multiple of 8. */
    public static final int STREAM_CONTENT = 65528;

    /** The only flag of BEGIN_REQUEST (section 5.1). */
    static final int KEEP_CONN = 1;

    private static final int BODY = 8;

    private RecordEncoder() {}

    /** Begins a request (section 5.1). */
    public static void beginRequest(ByteBuf out, int requestId, Role role, boolean keepConnection) {
        RecordHeader.write(out, RecordType.BEGIN_REQUEST, requireRequestId(requestId), BODY, 0);
        out.writeLong((long) role.code() << 48 | (keepConnection ? (long) KEEP_CONN << 40 : 0));
    }

    /** Takes a request back (section 5.4); the application still answers it with END_REQUEST. */
    public static void abortRequest(ByteBuf out, int requestId) {
        RecordHeader.write(out, RecordType.ABORT_REQUEST, requireRequestId(requestId), 0, 0);
    }

    /**
     * Ends a request (section 5.5).
     *
     * @param appStatus 0 to 2^32-1; only the low 32 bits are written, so that a negative exit status does no harm
     */
    public static void endRequest(ByteBuf out, int requestId, long appStatus, ProtocolStatus status) {
        RecordHeader.write(out, RecordType.END_REQUEST, requireRequestId(requestId), BODY, 0);
        out.writeLong(appStatus << 32 | (long) status.code() << 24);
    }

    /**
     * Writes a piece of a stream, split into records of at most {@link #STREAM_CONTENT} bytes. It does not end the
     * stream, an empty piece neither: that writes nothing.
     *
     * @param content its readable bytes are copied and its readerIndex ends up behind them
     */
    public static void stream(ByteBuf out, RecordType type, int requestId, ByteBuf content) {
        requireStream(type);
        requireRequestId(requestId);
        while (content.isReadable()) {
            int length = Math.min(content.readableBytes(), STREAM_CONTENT);
            RecordHeader.write(out, type, requestId, length, 0);
            out.writeBytes(content, length);
        }
    }

    /** Ends a stream with its empty record (section 3.3). */
    public static void streamEnd(ByteBuf out, RecordType type, int requestId) {
        requireStream(type);
        RecordHeader.write(out, type, requireRequestId(requestId), 0, 0);
    }

    /**
     * Answers a management record of a type that we do not know (section 4.2).
     *
     * @param type the type that came, 0 to 255
     */
    public static void unknownType(ByteBuf out, int type) {
        if (type < 0 || type > 255) {
            throw new IllegalArgumentException("record type " + type + " does not fit a record: 0 to 255");
        }
        RecordHeader.write(out, RecordType.UNKNOWN_TYPE, RecordHeader.MANAGEMENT_ID, BODY, 0);
        out.writeLong((long) type << 56);
    }

    /**
     * Asks for the values of variables (section 4.1).
     *
     * @param names characters up to U+00FF, together less than a record
     */
    public static void getValues(ByteBuf out, String... names) {
        long length = 0;
        for (String name : names) {
            length += NameValues.encodedLength(name, "");
        }
        managementHeader(out, RecordType.GET_VALUES, length);
        for (String name : names) {
            NameValues.write(out, name, "");
        }
    }

    /**
     * Answers GET_VALUES (section 4.1).
     *
     * @param values characters up to U+00FF, together less than a record; empty if none of the names is known
     */
    public static void getValuesResult(ByteBuf out, Map<String, String> values) {
        managementHeader(out, RecordType.GET_VALUES_RESULT, NameValues.encodedLength(values));
        NameValues.write(out, values);
    }

    private static void managementHeader(ByteBuf out, RecordType type, long length) {
        if (length > RecordHeader.MAX_CONTENT) {
            throw new IllegalArgumentException(type + " of " + length + " bytes does not fit a record, at most "
                    + RecordHeader.MAX_CONTENT + " do");
        }
        RecordHeader.write(out, type, RecordHeader.MANAGEMENT_ID, (int) length, 0);
    }

    private static int requireRequestId(int requestId) {
        if (requestId == RecordHeader.MANAGEMENT_ID) {
            throw new IllegalArgumentException("request id 0 belongs to management records: 1 to 65535");
        }
        return requestId;
    }

    private static void requireStream(RecordType type) {
        if (!type.isStream()) {
            throw new IllegalArgumentException(type + " is not a stream");
        }
    }
}
