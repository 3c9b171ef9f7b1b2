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

    /** What {@link #end} says of an answer that is not whole. */
    static final int NONE = -1;

    /**
     * Where the answer ends: behind whole records of the request, the last of them END_REQUEST.
     *
     * @param from index of its first byte
     * @return an index, at most the writer index; {@link #NONE} if it is not whole, or not one of this request
     */
    static int end(ByteBuf in, int from, int requestId) {
        int position = from;
        int type = 0;
        while (type != RecordType.END_REQUEST.code() && in.writerIndex() - position >= RecordHeader.LENGTH) {
            if (in.getByte(position) != RecordHeader.VERSION
                    || in.getUnsignedShort(position + ID_OFFSET) != requestId) {
                return NONE;
            }
            type = in.getUnsignedByte(position + 1);
            position += RecordHeader.LENGTH
                    + in.getUnsignedShort(position + CONTENT_LENGTH_OFFSET)
                    + in.getUnsignedByte(position + PADDING_LENGTH_OFFSET);
        }
        return type == RecordType.END_REQUEST.code() && position <= in.writerIndex() ? position : NONE;
    }
}
