package io.gatepool.pool;

import io.gatepool.cgi.MalformedHead;
import io.gatepool.cgi.ResponseHead;
import io.gatepool.cgi.ResponseHeadParser;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import io.gatepool.fastcgi.ProtocolStatus;
import io.gatepool.fastcgi.RecordHeader;
import io.gatepool.fastcgi.RecordType;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a worker answers to the requests of one id: records in, {@link Exchange} out. It knows what has come of the
 * present answer; what follows from that for the connection is {@link WorkerConnection}'s affair. Owned by the event
 * loop.
 */
final class AnswerReader {

    private static final long UNTOLD = Long.MIN_VALUE;

    /** What is known, when the connection has ended, of an answer that ends with it. */
    enum Extent {
        NOTHING,
        /** Less than its Content-Length. */
        CUT,
        /** Perhaps all of it: nothing says how long it is. */
        UNTOLD,
        WHOLE
    }

    private final Worker worker;
    private final int headLimit;
    private final Runnable unwanted;
    /** Made when something comes: most requests have none. */
    private @Nullable LineSplitter stderr;

    private @Nullable Exchange exchange;
    /** The one that the answer belongs to, also when nobody waits for it any more. */
    private @Nullable Exchange asked;

    private @Nullable ResponseHeadParser parser;
    /** Bytes of the body that the head has announced and that have not come; or {@link #UNTOLD}. */
    private long missing;

    private boolean heard;
    private boolean anyOutput;
    private boolean headPassedOn;
    private boolean ended = true;
    private boolean surplus;
    private boolean refused;

    /**
     * @param headLimit the largest head of a response, in bytes
     * @param unwanted called when the rest of an answer is of no use
     */
    AnswerReader(Worker worker, int headLimit, Runnable unwanted) {
        this.worker = worker;
        this.headLimit = headLimit;
        this.unwanted = unwanted;
    }

    /** The connection is lost: what came of the stderr is all there is. */
    void disconnected() {
        endErrors();
    }

    /** The next answer is that to {@code request}. */
    void expect(Exchange request) {
        exchange = request;
        asked = request;
        parser = new ResponseHeadParser(headLimit);
        stderr = null;
        missing = UNTOLD;
        heard = false;
        anyOutput = false;
        headPassedOn = false;
        ended = false;
        surplus = false;
        refused = false;
    }

    /** The request that waits for the answer; null when nobody does, or does any more. */
    @Nullable
    Exchange exchange() {
        return exchange;
    }

    /** The same, and nobody waits any more. */
    @Nullable
    Exchange take() {
        Exchange taken = exchange;
        exchange = null;
        return taken;
    }

    /** Fails the request, if anybody waits for it. */
    void fail(Cause cause, String detail) {
        Exchange request = take();
        if (request != null) {
            request.fail(cause, detail);
        }
    }

    /** Where in {@code in} the answer ends, of which nothing had come; or {@link WholeAnswer#NONE}. */
    int wholeEnd(ByteBuf in, int from, int requestId) {
        return heard || exchange == null ? WholeAnswer.NONE : WholeAnswer.end(in, from, requestId);
    }

    /** Whether some of the response has come; then it cannot be asked for again. */
    boolean hasOutput() {
        return anyOutput;
    }

    /** Whether some of the response has been passed on. */
    boolean hasPassedOn() {
        return headPassedOn;
    }

    /** Whether END_REQUEST has come, or nothing is expected. */
    boolean hasEnded() {
        return ended;
    }

    /** Whether something came behind the end, which would be taken for the answer to the next request. */
    boolean hasSurplus() {
        return surplus;
    }

    /** Whether the worker has ended it without having begun, for it to run elsewhere. */
    boolean wasRefused() {
        return refused;
    }

    /** A piece of one of its streams: {@code length} bytes from the reader index on. */
    void stream(RecordType type, ByteBuf in, int length) {
        if (isSurplus()) {
            return;
        }
        if (type == RecordType.STDERR) {
            errors(in.slice(in.readerIndex(), length));
        } else if (type == RecordType.STDOUT && exchange != null) {
            anyOutput = true;
            output(exchange, in, length);
        }
    }

    private void errors(ByteBuf bytes) {
        Exchange request = asked;
        if (stderr == null && request != null) {
            String id = request.id();
            AppLog log = worker.owner().app().log();
            stderr = new LineSplitter(
                    log::takesErrorLine, line -> log.warn("worker {} {} stderr: {}", worker.pid(), id, line));
        }
        if (stderr != null) {
            stderr.add(bytes);
        }
    }

    private void endErrors() {
        if (stderr != null) {
            stderr.finish();
        }
    }

    private boolean isSurplus() {
        heard = true;
        surplus |= ended;
        return surplus;
    }

    private void output(Exchange request, ByteBuf in, int length) {
        int end = in.readerIndex() + length;
        ResponseHeadParser awaited = parser;
        if (awaited != null) {
            int limit = in.writerIndex();
            in.writerIndex(end);
            try {
                ResponseHead head = awaited.feed(in);
                if (head == null) {
                    return;
                }
                parser = null;
                headPassedOn = true;
                announced(request, head);
                worker.owner().app().log().advice().look(request, head);
                request.head(head);
            } catch (MalformedHead e) {
                fail(Cause.HEAD_MALFORMED, "worker " + worker.pid() + ": " + e.getMessage());
                unwanted.run();
                return;
            } finally {
                in.writerIndex(limit);
            }
        }
        if (end > in.readerIndex()) {
            missing -= missing == UNTOLD ? 0 : end - in.readerIndex();
            request.content(RecordHeader.readRetainedContent(in, end - in.readerIndex()));
        }
    }

    private void announced(Exchange request, ResponseHead head) {
        // RFC 9110, 8.6: then the length is that of what is not sent.
        boolean bodiless = request.isMethod("HEAD") || head.status() == 204 || head.status() == 304;
        if (bodiless) {
            missing = 0;
        } else if (head.contentLength() >= 0) {
            missing = head.contentLength();
        }
    }

    /** How much of an answer has come that ends with its connection. */
    Extent extent() {
        if (!anyOutput) {
            return Extent.NOTHING;
        } else if (missing == UNTOLD) {
            return Extent.UNTOLD;
        }
        return missing > 0 ? Extent.CUT : Extent.WHOLE;
    }

    /** What is missing of the answer, for a message; empty when that is not known. */
    String shortfall() {
        return missing > 0 ? ", " + missing + " bytes short of its Content-Length" : "";
    }

    /** The connection has ended, and with it the answer. */
    void endOfConnection() {
        ended = true;
        complete(0);
    }

    /**
     * The worker has ended the request (FastCGI 5.5).
     *
     * @param elsewhere whether a refusal is no answer: the request was not alone on the connection, or the worker is
     *     one that ends, and the request goes elsewhere
     */
    void endRequest(long appStatus, int protocolStatus, boolean elsewhere) {
        if (isSurplus()) {
            return;
        }
        // The connection is free only when the rest of what was read is known to be nothing.
        ended = true;
        endErrors();
        ProtocolStatus status = ProtocolStatus.of(protocolStatus);
        if (status == ProtocolStatus.REQUEST_COMPLETE) {
            complete(appStatus);
        } else if (isRefusal(status) && anyOutput) {
            fail(Cause.PROTOCOL_ERROR, "worker " + worker.pid() + " refused it after it had begun to answer");
        } else if (isRefusal(status) && elsewhere) {
            notBegun();
        } else if (status == ProtocolStatus.OVERLOADED) {
            fail(Cause.APP_OVERLOADED, "worker " + worker.pid() + " answered FCGI_OVERLOADED");
        } else if (status == ProtocolStatus.UNKNOWN_ROLE) {
            fail(Cause.ROLE_REFUSED, "worker " + worker.pid() + " answered FCGI_UNKNOWN_ROLE");
        } else {
            String what = status == ProtocolStatus.CANT_MPX_CONN
                    ? "FCGI_CANT_MPX_CONN, though it got one request at a time"
                    : "protocol status " + protocolStatus + ", which the specification does not know";
            fail(Cause.PROTOCOL_ERROR, "worker " + worker.pid() + " answered " + what);
        }
    }

    /** Whether the worker says that it has too much to do, on this connection or at all. */
    static boolean isRefusal(@Nullable ProtocolStatus status) {
        return status == ProtocolStatus.OVERLOADED || status == ProtocolStatus.CANT_MPX_CONN;
    }

    /** The worker has not begun with it, and will not. */
    private void notBegun() {
        refused = true;
        Exchange request = take();
        if (request != null) {
            worker.owner().app().again(request);
        }
    }

    private void complete(long appStatus) {
        worker.answeredRequest();
        ResponseHeadParser awaited = parser;
        if (awaited != null) {
            fail(
                    Cause.HEAD_MALFORMED,
                    "worker " + worker.pid() + ": " + awaited.endOfOutput().getMessage());
            return;
        }
        Exchange request = take();
        if (request != null) {
            request.complete(appStatus);
        }
    }
}
