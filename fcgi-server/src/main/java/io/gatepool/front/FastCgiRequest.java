package io.gatepool.front;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.ResponseHead;
import io.gatepool.cgi.TooManyVariables;
import io.gatepool.exchange.Application;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.ResponseSink;
import io.gatepool.fastcgi.NameValues;
import io.gatepool.fastcgi.ProtocolException;
import io.gatepool.fastcgi.ProtocolStatus;
import io.gatepool.fastcgi.RecordEncoder;
import io.gatepool.fastcgi.RecordType;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One request id of a {@link FastCgiConnection}, from BEGIN_REQUEST to END_REQUEST: gathers PARAMS, feeds the body into
 * the {@link Intake}, and is the place to which the answer goes. Owned by the event loop.
 */
final class FastCgiRequest implements ResponseSink {

    /** All PARAMS of a request together; web servers allow far less in headers (nginx 32 KiB, Apache 800 KiB). */
    static final int MAX_PARAMS = 1 << 20;

    /** Of STDERR in one request; a web server writes it to its log. */
    private static final int MAX_ERRORS = 64 * 1024;

    /** For what gatepool adds to the variables, or says in other words. */
    private static final int ROOM = 192;

    private static final byte[] NO_PARAMS = {};

    private static final byte[] FOUND = "Status: 302 Found\r\n".getBytes(US_ASCII);

    private final FastCgiConnection connection;
    private final int id;
    private final Role role;
    private final boolean keepConnection;
    private final boolean late;
    private byte @Nullable [] params = NO_PARAMS;
    private long paramsLength;
    private final PromisedLength promised = new PromisedLength();
    private @Nullable Intake intake;
    private boolean stdinEnded;
    private boolean inputEnded;
    private boolean saysOverloaded;
    private int errorBytes;
    private boolean bodiless;
    private ProtocolStatus protocolStatus = ProtocolStatus.REQUEST_COMPLETE;

    /** @param late whether it has come when the connection was about to end: it is refused */
    FastCgiRequest(FastCgiConnection connection, int id, Role role, boolean keepConnection, boolean late) {
        this.connection = connection;
        this.id = id;
        this.role = role;
        this.keepConnection = keepConnection;
        this.late = late;
    }

    int id() {
        return id;
    }

    boolean isCongested() {
        // What is over does not wait for the disk any more.
        return intake != null
                && !intake.exchange().isOver()
                && (intake.body().isCongested() || intake.data().isCongested());
    }

    void stream(RecordType type, ByteBuf in, int length) throws ProtocolException {
        switch (type) {
            case PARAMS -> params(in, length);
            case STDIN -> {
                Intake begun = begun(type);
                // Nothing behind the end of a stream belongs to it, nor does a stream that the role does not have.
                if (!stdinEnded) {
                    begun.append(in, length);
                    holdBackIfCongested();
                }
            }
            case DATA -> {
                Intake begun = begun(type);
                if (role == Role.FILTER && !inputEnded) {
                    begun.appendData(in, length);
                    holdBackIfCongested();
                }
            }
            default -> throw new ProtocolException(type + " is not for a web server to send (request id " + id + ")");
        }
    }

    private void holdBackIfCongested() {
        if (isCongested()) {
            connection.congested();
        }
    }

    private Intake begun(RecordType type) throws ProtocolException {
        if (intake == null) {
            throw new ProtocolException(type + " before the end of PARAMS (request id " + id + ")");
        }
        return intake;
    }

    void streamEnd(RecordType type) throws ProtocolException {
        switch (type) {
            case PARAMS -> paramsEnd();
            case STDIN -> {
                begun(type);
                stdinEnded = true;
                if (role != Role.FILTER) {
                    inputComplete(type);
                }
            }
            case DATA -> {
                if (role == Role.FILTER) {
                    inputComplete(type);
                }
            }
            default -> {}
        }
    }

    private void inputComplete(RecordType type) throws ProtocolException {
        Intake begun = begun(type);
        if (!inputEnded) {
            inputEnded = true;
            begun.submit();
        }
    }

    private void params(ByteBuf in, int length) throws ProtocolException {
        byte[] collected = params;
        if (collected == null) {
            throw new ProtocolException("PARAMS after the end of PARAMS (request id " + id + ")");
        }
        // Beyond the limit only the count goes on: the request is refused when all of them are here.
        if (paramsLength + length <= MAX_PARAMS) {
            int at = (int) paramsLength;
            if (at + length > collected.length) {
                // Nearly always all of them are in one record.
                collected = Arrays.copyOf(collected, Math.max(at + length + ROOM, collected.length * 2));
                params = collected;
            }
            in.getBytes(in.readerIndex(), collected, at, length);
        }
        paramsLength += length;
    }

    private void paramsEnd() throws ProtocolException {
        byte[] collected = params;
        if (collected == null) {
            throw new ProtocolException("a second end of PARAMS (request id " + id + ")");
        }
        params = null;
        boolean tooLarge = paramsLength > MAX_PARAMS;
        Environ environ = tooLarge ? new Environ() : Environ.over(collected, (int) paramsLength);
        String refusal = tooLarge
                ? "PARAMS of " + paramsLength + " bytes, the limit is " + MAX_PARAMS
                : parse(collected, environ);
        Application application = connection.router().route(environ);
        if (!application.serves(role)) {
            end(0, ProtocolStatus.UNKNOWN_ROLE);
            return;
        }
        saysOverloaded = application.saysOverloaded();
        Intake begun = new Intake(connection.shared(), application, role, environ, this, false, connection.isTrusted());
        intake = begun;
        begun.body().whenWritten(connection::relieved);
        begun.data().whenWritten(connection::relieved);
        if (!refusal.isEmpty()) {
            begun.exchange().fail(Cause.HEADERS_TOO_LARGE, refusal);
        } else if (late) {
            begun.exchange().fail(Cause.STOPPING, "it came over a connection that ends with the requests on it");
        } else if (role == Role.AUTHORIZER) {
            // FastCGI 6.3: an authorizer is given no STDIN.
            stdinEnded = true;
            inputComplete(RecordType.PARAMS);
        } else {
            begun.begin();
        }
    }

    /** Returns why the request has to be refused, or nothing. */
    private String parse(byte[] collected, Environ environ) throws ProtocolException {
        String[] refusal = {""};
        NameValues.parse(collected, 0, (int) paramsLength, (nameOffset, nameLength, valueOffset, valueLength) -> {
            try {
                environ.add(nameOffset, nameLength, valueOffset, valueLength);
            } catch (TooManyVariables e) {
                refusal[0] = e.getMessage();
            }
        });
        return refusal[0];
    }

    /** ABORT_REQUEST (FastCGI 5.4): stop, and answer END_REQUEST. */
    void abortedByPeer() {
        if (intake != null) {
            intake.exchange().cancel();
        }
        end(0, ProtocolStatus.REQUEST_COMPLETE);
    }

    /** The peer half-closed: a body that is not complete will never be. */
    void inputEnded() {
        if (!inputEnded) {
            connectionLost();
            connection.cut(this);
        }
    }

    void connectionLost() {
        if (intake != null) {
            intake.exchange().cancel();
        }
    }

    void writable() {
        if (intake != null) {
            intake.exchange().writable();
        }
    }

    // ---- the answer ----

    @Override
    public boolean isWritable() {
        return connection.isWritable();
    }

    /** FCGI_OVERLOADED goes with the page, not instead of it: HAProxy 2.6 would wait for one until its timeout. */
    @Override
    public boolean refuse(Cause cause) {
        if (cause == Cause.QUEUE_FULL && saysOverloaded) {
            protocolStatus = ProtocolStatus.OVERLOADED;
        }
        return false;
    }

    @Override
    public void head(ResponseHead head) {
        boolean isHead = intake != null && intake.exchange().isMethod("HEAD");
        bodiless = PromisedLength.isBodiless(isHead, head.status());
        if (!bodiless) {
            promised.promise(head.contentLength());
        }
        // RFC 3875, 6.2.3: CGI means 302 by a Location alone; mod_proxy_fcgi and Caddy make 200 of it. A path alone
        // many
        // servers follow themselves.
        boolean redirects = !head.hasStatus() && head.status() == 302 && !head.isLocalRedirect();
        ByteBuf out = connection.context().alloc().buffer(head.size() + (redirects ? FOUND.length : 0));
        if (redirects) {
            out.writeBytes(FOUND);
        }
        head.writeTo(out);
        connection.write(RecordType.STDOUT, id, out);
    }

    @Override
    public void content(ByteBuf bytes) {
        // RFC 3875, 4.3.3: many programs answer HEAD as they do GET. HAProxy makes 502 of what follows such a head.
        if (!bodiless && promised.admits(bytes)) {
            connection.write(RecordType.STDOUT, id, bytes);
        } else {
            bytes.release();
        }
    }

    @Override
    public boolean error(ByteBuf bytes) {
        int length = Math.min(bytes.readableBytes(), MAX_ERRORS - errorBytes);
        if (length > 0 && connection.isWritable()) {
            errorBytes += length;
            connection.write(RecordType.STDERR, id, bytes.retainedSlice(bytes.readerIndex(), length));
            connection.flush();
        }
        return true;
    }

    @Override
    public void flush() {
        connection.flush();
    }

    @Override
    public void end(long appStatus) {
        if (!promised.isKept(FastCgiConnection.LOG)) {
            abort();
            return;
        }
        RecordEncoder.streamEnd(connection.pending(), RecordType.STDOUT, id);
        if (errorBytes > 0) {
            RecordEncoder.streamEnd(connection.pending(), RecordType.STDERR, id);
        }
        end(appStatus, protocolStatus);
    }

    private void end(long appStatus, ProtocolStatus status) {
        RecordEncoder.endRequest(connection.pending(), id, appStatus, status);
        connection.ended(this, keepConnection);
    }

    @Override
    public void abort() {
        connection.cut(this);
    }
}
