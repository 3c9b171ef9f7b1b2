package io.gatepool.pool;

import io.gatepool.fastcgi.RecordHeader;
import io.gatepool.fastcgi.RecordType;
import io.netty.buffer.ByteBuf;

/** Tells, from the record headers alone, whether bytes are the whole answer to one request. */
final class WholeAnswer {

    private static final int ID_OFFSET = 2;
    private static final int CONTENT_LENGTH_OFFSET = 4;
    private static final int PADDING_LENGTH_OFFSET = 6;

    private WholeAnswer() {}

    /** Whether {@code in} holds whole records of the request, the last of them END_REQUEST, and nothing else. */
    static boolean is(ByteBuf in, int requestId) {
        int position = in.readerIndex();
        int type = 0;
        while (type != RecordType.END_REQUEST.code() && in.writerIndex() - position >= RecordHeader.LENGTH) {
            if (in.getByte(position) != RecordHeader.VERSION
                    || in.getUnsignedShort(position + ID_OFFSET) != requestId) {
                return false;
            }
            type = in.getUnsignedByte(position + 1);
            position += RecordHeader.LENGTH
                    + in.getUnsignedShort(position + CONTENT_LENGTH_OFFSET)
                    + in.getUnsignedByte(position + PADDING_LENGTH_OFFSET);
        }
        return type == RecordType.END_REQUEST.code() && position == in.writerIndex();
    }
}
