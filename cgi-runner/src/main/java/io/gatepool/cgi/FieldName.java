package io.gatepool.cgi;

/** The field names of a response head that mean something to gatepool; all others pass through. */
enum FieldName {
    STATUS,
    LOCATION,
    CONTENT_TYPE,
    CONTENT_LENGTH,
    /** Speaks of one connection, which is not the script's (RFC 3875 section 6.3.4): dropped. */
    HOP_BY_HOP,
    OTHER;

    /** The meaning of the name at this place, in any case; finds out without a String. */
    static FieldName of(byte[] bytes, int start, int end) {
        return switch (end - start) {
            case 2 -> is("te", bytes, start) ? HOP_BY_HOP : OTHER;
            case 6 -> is("status", bytes, start) ? STATUS : OTHER;
            case 7 -> is("upgrade", bytes, start) || is("trailer", bytes, start) ? HOP_BY_HOP : OTHER;
            case 8 -> is("location", bytes, start) ? LOCATION : OTHER;
            case 10 -> is("connection", bytes, start) || is("keep-alive", bytes, start) ? HOP_BY_HOP : OTHER;
            case 12 -> is("content-type", bytes, start) ? CONTENT_TYPE : OTHER;
            case 14 -> is("content-length", bytes, start) ? CONTENT_LENGTH : OTHER;
            case 16 -> is("proxy-connection", bytes, start) ? HOP_BY_HOP : OTHER;
            case 17 -> is("transfer-encoding", bytes, start) ? HOP_BY_HOP : OTHER;
            case 18 -> is("proxy-authenticate", bytes, start) ? HOP_BY_HOP : OTHER;
            default -> OTHER;
        };
    }

    private static boolean is(String lowerCase, byte[] bytes, int start) {
        for (int i = 0; i < lowerCase.length(); i++) {
            byte b = bytes[start + i];
            if ((b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
