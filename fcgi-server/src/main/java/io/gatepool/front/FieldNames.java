package io.gatepool.front;

import io.netty.util.AsciiString;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which CGI variable a header field of HTTP becomes (RFC 3875, 4.1.18), if any. The few names that are in use are
 * remembered. Owned by the event loop.
 */
final class FieldNames {

    /** So many, and as long: clients can make up names. */
    private static final int REMEMBERED = 200;

    private static final int LONGEST = 64;

    /**
     * Framing of this connection, settled here; and httpoxy (CVE-2016-5385): HTTP_PROXY would be taken for the proxy to
     * use.
     */
    private static final Set<String> DROPPED =
            Set.of("connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "expect", "proxy");

    private final Map<AsciiString, Field> known = new HashMap<>();

    /**
     * What is done with a field.
     *
     * @param variable its name as a CGI variable; empty if it is not passed on
     * @param separator between several of them; empty if the last one counts
     * @param isForwarding whether it is what a proxy says of a client
     */
    record Field(String variable, String separator, boolean isForwarding) {

        boolean isDropped() {
            return variable.isEmpty();
        }

        /** Whether several make one, as a list. */
        boolean isList() {
            return !separator.isEmpty();
        }
    }

    /** @param sent the name as it was sent */
    Field of(CharSequence sent) {
        AsciiString name = AsciiString.of(sent);
        Field field = known.get(name);
        if (field == null) {
            field = make(name.toString());
            if (known.size() < REMEMBERED && name.length() <= LONGEST) {
                known.put(name, field);
            }
        }
        return field;
    }

    private static Field make(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        // X_Forwarded_For would pass for X-Forwarded-For.
        if (DROPPED.contains(lower) || name.indexOf('_') >= 0) {
            return new Field("", "", false);
        }
        String variable = name.toUpperCase(Locale.ROOT).replace('-', '_');
        if (variable.equals("CONTENT_TYPE") || variable.equals("CONTENT_LENGTH")) {
            return new Field(variable, "", false);
        }
        return new Field("HTTP_" + variable, lower.equals("cookie") ? "; " : ", ", Forwarded.isForwarding(lower));
    }
}
