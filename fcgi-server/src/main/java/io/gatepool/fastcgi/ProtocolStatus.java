package io.gatepool.fastcgi;

import org.jspecify.annotations.Nullable;

/** How a request ended as far as the protocol is concerned (section 5.5). */
public enum ProtocolStatus {
    REQUEST_COMPLETE(0),
    /** The application takes one request at a time per connection. */
    CANT_MPX_CONN(1),
    OVERLOADED(2),
    UNKNOWN_ROLE(3);

    private static final ProtocolStatus[] STATUSES = values();

    private final int code;

    ProtocolStatus(int code) {
        this.code = code;
    }

    /** The number on the wire, 0 to 3. */
    public int code() {
        return code;
    }

    /** The status of that code, null for one that FastCGI 1.0 does not define. */
    public static @Nullable ProtocolStatus of(int code) {
        return code >= 0 && code < STATUSES.length ? STATUSES[code] : null;
    }
}
