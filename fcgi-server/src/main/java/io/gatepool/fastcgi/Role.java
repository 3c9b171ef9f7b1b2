package io.gatepool.fastcgi;

import org.jspecify.annotations.Nullable;

/** What a request asks of the application (sections 5.1 and 6). */
public enum Role {
    RESPONDER(1),
    AUTHORIZER(2),
    FILTER(3);

    private static final Role[] ROLES = values();

    private final int code;

    Role(int code) {
        this.code = code;
    }

    /** The number on the wire, 1 to 3. */
    public int code() {
        return code;
    }

    /** The role of that code, null for one to be answered with {@link ProtocolStatus#UNKNOWN_ROLE}. */
    public static @Nullable Role of(int code) {
        return code >= 1 && code <= ROLES.length ? ROLES[code - 1] : null;
    }
}
