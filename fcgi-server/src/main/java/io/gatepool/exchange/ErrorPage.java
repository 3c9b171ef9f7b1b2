package io.gatepool.exchange;

import io.gatepool.cgi.ResponseHead;
import io.gatepool.cgi.ResponseHeadParser;
import io.gatepool.cgi.StatusPhrases;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/**
 * The page of a failure that is gatepool's own: the status, what happened, the cause's name and the request id to look
 * for in the log. The detail stays in the log: it may tell of paths and programs.
 */
record ErrorPage(ResponseHead head, ByteBuf body) {

    /** Long enough for a worker to come back, short enough for a person to wait; seconds. */
    private static final int RETRY_AFTER = 1;

    static ErrorPage of(String id, Failure failure) {
        Cause cause = failure.cause();
        String title = cause.status() + " " + StatusPhrases.of(cause.status());
        byte[] page = """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><title>%1$s</title></head>
                <body><h1>%1$s</h1>
                <p>%2$s</p>
                <p><small>%3$s &middot; request %4$s &middot; gatepool</small></p>
                </body></html>
                """.formatted(title, cause.sentence(), cause.text(), id).getBytes(StandardCharsets.UTF_8);
        String head = "Status: " + title + "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: "
                + page.length + "\r\nX-Gatepool-Cause: " + cause.text()
                + (cause.isPassing() ? "\r\nRetry-After: " + RETRY_AFTER : "") + "\r\n\r\n";
        return new ErrorPage(ResponseHeadParser.whole(head), Unpooled.wrappedBuffer(page));
    }
}
