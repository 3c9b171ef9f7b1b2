package io.gatepool.control;

import io.gatepool.cgi.StatusPhrases;
import io.gatepool.exchange.Exchange;
import java.nio.charset.StandardCharsets;

/** An answer of the admin pages. Its head lets nothing be kept, framed, or run that is not ours. Immutable. */
final class AdminAnswer {

    private static final String SECURITY = """
            Cache-Control: no-store
            Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
            connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
            Cross-Origin-Opener-Policy: same-origin
            Cross-Origin-Resource-Policy: same-origin
            Referrer-Policy: no-referrer
            X-Content-Type-Options: nosniff
            X-Frame-Options: DENY
            """.replace("\n", "\r\n");

    private final int status;
    private final String type;
    private final String more;
    private final byte[] body;

    /**
     * @param more a header field of its own, with its line end; or empty
     * @param body which belongs to the answer from now on
     */
    private AdminAnswer(int status, String type, String more, byte[] body) {
        this.status = status;
        this.type = type;
        this.more = more;
        this.body = body;
    }

    static AdminAnswer of(String type, byte[] body) {
        return new AdminAnswer(200, type, "", body);
    }

    static AdminAnswer of(String type, String body) {
        return of(type, body.getBytes(StandardCharsets.UTF_8));
    }

    /** A line or more for people and their tools. */
    static AdminAnswer text(int status, String text) {
        return new AdminAnswer(status, "text/plain; charset=utf-8", "", (text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** The same with one more header field. */
    AdminAnswer with(String field) {
        return new AdminAnswer(status, type, field + "\r\n", body);
    }

    /** Answers the request. Event loop only. */
    void give(Exchange exchange) {
        OwnPages.answer(
                exchange,
                "Status: " + status + " " + StatusPhrases.of(status) + "\r\nContent-Type: " + type + "\r\n" + SECURITY
                        + more,
                body);
    }
}
