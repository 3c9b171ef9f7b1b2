package io.gatepool.fastcgi;

import org.jspecify.annotations.Nullable;

/** The types of record (sections 3.3 and 8); the code is the second byte of the record header. */
public enum RecordType {
    BEGIN_REQUEST(1),
    ABORT_REQUEST(2),
    END_REQUEST(3),
    PARAMS(4),
    STDIN(5),
    STDOUT(6),
    STDERR(7),
    DATA(8),
    GET_VALUES(9),
    GET_VALUES_RESULT(10),
    UNKNOWN_TYPE(11);

    private static final RecordType[] TYPES = values();

    private final int code;

    RecordType(int code) {
        this.code = code;
    }

    /** The number on the wire, 1 to 11. */
    public int code() {
        return code;
    }

    /** Whether records of this type are pieces of a stream that an empty record ends (section 3.3). */
    public boolean isStream() {
        return code >= 4 && code <= 8;
    }

    /** The type of that code, null for one that FastCGI 1.0 does not define. */
    public static @Nullable RecordType of(int code) {
        return code >= 1 && code <= TYPES.length ? TYPES[code - 1] : null;
    }
}
