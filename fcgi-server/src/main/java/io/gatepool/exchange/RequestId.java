package io.gatepool.exchange;

import io.gatepool.cgi.Environ;

/**
 * The id of a request: the one that a trusted web server has given it, so that its log and ours tell of the same, or
 * one of our own. The application gets it as REQUEST_ID.
 */
public final class RequestId {

    /** What applications, and their stderr, know it as. */
    public static final String VARIABLE = "REQUEST_ID";

    /** Where proxies put theirs. */
    public static final String HEADER = "HTTP_X_REQUEST_ID";

    private static final int LONGEST = 128;
    private static final String OTHERS = "._:@/+=-";

    private RequestId() {}

    /**
     * Settles the id of a request that has just come, and tells its application.
     *
     * @param trusted whether the peer may say what it is: as REQUEST_ID, which only a web server's configuration can
     *     set, or as X-Request-Id; what is not fit for a log is not taken. From all others REQUEST_ID is overwritten
     */
    public static void settle(Exchange exchange, boolean trusted) {
        Environ environ = exchange.environ();
        if (trusted) {
            String given = environ.getOrEmpty(VARIABLE);
            String id = given.isEmpty() ? environ.getOrEmpty(HEADER) : given;
            if (isFit(id)) {
                exchange.callIt(id);
            }
        }
        environ.set(VARIABLE, exchange.id());
    }

    /** 1 to 128 of letters, digits and {@code . _ : @ / + = -}. */
    static boolean isFit(String id) {
        if (id.isEmpty() || id.length() > LONGEST) {
            return false;
        }
        for (int at = 0; at < id.length(); at++) {
            char c = id.charAt(at);
            boolean plain = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!plain && OTHERS.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }
}
