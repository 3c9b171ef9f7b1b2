package io.gatepool.front;

import io.gatepool.cgi.Environ;
import io.gatepool.exchange.Application;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.RequestBody;
import io.gatepool.exchange.RequestId;
import io.gatepool.exchange.Response;
import io.gatepool.exchange.ResponseSink;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.ByteBuf;
import java.util.Locale;

/**
 * What every front does with a request once it has its environ: make the {@link Exchange}, gather the body, compare it
 * with what CONTENT_LENGTH promised, and submit. An application that takes bodies as they come gets the request when
 * one is announced, or its first piece has come. Event loop only.
 */
final class Intake {

    private static final long UNKNOWN = -1;
    private static final long INVALID = -2;

    /** What Caddy says of a chunked body. FastCGI marks the end of a body, so that nothing depends on it. */
    private static final String CADDY_UNKNOWN = "-1";

    private final Application application;
    private final Exchange exchange;
    private final RequestBody body;
    private final RequestBody data;
    private final long announced;
    private final long announcedData;
    private boolean submitted;

    /**
     * @param overHttp whether the body limit is that of the HTTP front
     * @param trusted whether the peer may say what the request is called
     */
    Intake(
            FrontContext shared,
            Application application,
            Role role,
            Environ environ,
            ResponseSink sink,
            boolean overHttp,
            boolean trusted) {
        this.application = application;
        long limit = application.maxBody(overHttp);
        this.body = new RequestBody(shared.loop(), shared.files(), limit, application.takesBodiesAsTheyCome());
        this.data = new RequestBody(shared.loop(), shared.files(), limit);
        Response response = new Response(shared.loop(), shared.files(), sink, application.responseBuffer());
        this.exchange = new Exchange(shared.numbers().next(), role, !overHttp, environ, body, data, response);
        RequestId.settle(exchange, trusted);
        application.opened(exchange);
        this.announced = announcedLength(environ, "CONTENT_LENGTH", overHttp);
        this.announcedData = role == Role.FILTER ? announcedLength(environ, "FCGI_DATA_LENGTH", overHttp) : UNKNOWN;
        if (announced == INVALID || announcedData == INVALID) {
            exchange.fail(
                    Cause.BAD_REQUEST,
                    (announced == INVALID ? "CONTENT_LENGTH" : "FCGI_DATA_LENGTH") + " is not a number of bytes");
        } else if (announced > limit) {
            tooLarge(announced, limit);
        }
    }

    Exchange exchange() {
        return exchange;
    }

    RequestBody body() {
        return body;
    }

    RequestBody data() {
        return data;
    }

    /** The front is ready for the answer, which may come at once. */
    void begin() {
        if (announced > 0) {
            passOn();
        }
    }

    private void passOn() {
        if (body.isPassedOn() && !submitted && !exchange.isOver()) {
            submitted = true;
            if (announced == UNKNOWN) {
                exchange.environ().remove("CONTENT_LENGTH");
            }
            application.submit(exchange);
        }
    }

    /** A piece of the body; the caller keeps the buffer. */
    void append(ByteBuf piece) {
        append(piece, piece.readableBytes());
    }

    /** The same with the next {@code length} bytes of a buffer that holds more: there is no slice for each record. */
    void append(ByteBuf in, int length) {
        if (length == 0) {
            return;
        }
        if (body.isPassedOn() && announced != UNKNOWN && body.received() + length > announced) {
            // What was announced may have been read already: no script gets to see more.
            exchange.fail(Cause.BODY_MISMATCH, "CONTENT_LENGTH announced " + announced + " bytes, more arrived");
            return;
        }
        append(body, in, length);
        passOn();
    }

    /** A piece of a filter's data: the next {@code length} bytes. */
    void appendData(ByteBuf in, int length) {
        append(data, in, length);
    }

    private void append(RequestBody to, ByteBuf in, int length) {
        if (!exchange.isOver() && !to.append(in, length)) {
            tooLarge(to.received(), to.limit());
        }
    }

    private void tooLarge(long size, long limit) {
        exchange.fail(
                Cause.BODY_TOO_LARGE,
                String.format(
                        Locale.ROOT,
                        "a body of %d bytes or more, the limit is %d; set max_body in [app.%s]",
                        size,
                        limit,
                        application.name()));
    }

    /** The body is complete: if it is what was announced, the application gets the request. */
    void submit() {
        if (exchange.isOver()) {
            return;
        }
        if (isCut("CONTENT_LENGTH", announced, body) || isCut("FCGI_DATA_LENGTH", announcedData, data)) {
            return;
        }
        body.end();
        data.end();
        if (submitted) {
            return;
        }
        submitted = true;
        if (announced == UNKNOWN) {
            settleLength();
        }
        application.submit(exchange);
    }

    /** What was cut off on its way must not reach the application as complete. */
    private boolean isCut(String variable, long length, RequestBody arrived) {
        boolean cut = length != UNKNOWN && length != arrived.received();
        if (cut) {
            exchange.fail(
                    Cause.BODY_MISMATCH,
                    variable + " announced " + length + " bytes, " + arrived.received() + " arrived");
        }
        return cut;
    }

    /** The length was unknown, or nginx's empty CONTENT_LENGTH: now it is known. No body means no length. */
    private void settleLength() {
        Environ environ = exchange.environ();
        if (body.received() > 0) {
            environ.set("CONTENT_LENGTH", Long.toString(body.received()));
        } else {
            environ.remove("CONTENT_LENGTH");
        }
    }

    private static long announcedLength(Environ environ, String variable, boolean overHttp) {
        boolean unknown = !environ.has(variable)
                || environ.is(variable, "")
                || (!overHttp && environ.is(variable, CADDY_UNKNOWN));
        return unknown ? UNKNOWN : environ.number(variable, INVALID);
    }
}
