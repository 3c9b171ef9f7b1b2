package io.gatepool.pool;

import io.gatepool.cgi.ResponseHead;
import io.gatepool.exchange.Exchange;

/**
 * Tells the people behind an application, once each, what is lawful in its response heads but will cost them an evening
 * behind another web server. Event loop only.
 */
final class HeadAdvice {

    /** nginx's buffer for the head is one page of memory unless told otherwise, and then its answer is 502. */
    private static final int LARGE_BYTES = 4096;

    private final AppLog log;
    private boolean toldLarge;
    private boolean toldUntyped;

    HeadAdvice(AppLog log) {
        this.log = log;
    }

    /** Looks at a head that is about to go out. */
    void look(Exchange request, ResponseHead head) {
        if (!toldLarge && head.size() > LARGE_BYTES) {
            toldLarge = true;
            log.warn(
                    "{} {}: the head of its response has {} bytes; behind nginx set fastcgi_buffer_size to 16k, which"
                            + " has {} for it else (this is told once)",
                    request.id(),
                    request.title(),
                    head.size(),
                    LARGE_BYTES);
        }
        if (!toldUntyped && !head.hasContentType() && hasBody(head)) {
            toldUntyped = true;
            log.warn(
                    "{} {}: its response has no Content-Type, so that web server and browser guess one (this is told"
                            + " once)",
                    request.id(),
                    request.title());
        }
    }

    private static boolean hasBody(ResponseHead head) {
        int status = head.status();
        boolean redirect = status >= 300 && status < 400;
        return status != 204 && !redirect && head.contentLength() != 0;
    }
}
