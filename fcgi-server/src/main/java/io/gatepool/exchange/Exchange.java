package io.gatepool.exchange;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.Printable;
import io.gatepool.cgi.ResponseHead;
import io.gatepool.fastcgi.Role;
import io.gatepool.process.ExitStatus;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request in flight, whatever front it came from and whatever backend answers it: its environ, its body, its
 * response and its timings.
 *
 * <p>A front makes it, fills the body and submits it to an {@link Application}. From then on it has a {@link Holder}:
 * the queue, a worker connection, a script. The holder answers with {@link #head}, {@link #content} and
 * {@link #complete}, or with {@link #fail}; the front may {@link #cancel} at any moment. After the first of complete,
 * fail and cancel the exchange is <em>over</em>: the holder is free, and whatever else is said to it is ignored. The
 * client may still be reading then: what it has not taken yet waits in the exchange's own buffer, so a slow reader
 * never holds a worker.
 *
 * <p>Owned by the event loop; the queue's links live in it, so waiting costs no allocation.
 */
public final class Exchange {

    private static final Holder NOBODY = exchange -> {};

    private final int number;
    private final Role role;
    private final boolean mapped;
    private final Environ environ;
    private final RequestBody body;
    private final RequestBody data;
    private final Response response;
    private final long arrivedNanos = System.nanoTime();
    private Holder holder = NOBODY;
    private Consumer<Exchange> whenOver = exchange -> {};
    private long waitingSinceNanos;
    private boolean waiting;
    private long waitedNanos;
    private long submittedNanos;
    private long dispatchedNanos;
    private int attempts;
    private int redirects;
    private boolean over;
    private int pid;
    private @Nullable String id;
    private @Nullable Failure failure;
    private @Nullable ExitStatus exit;

    @Nullable
    Exchange previous;

    @Nullable
    Exchange next;

    boolean listed;

    @Nullable
    Exchange openedBefore;

    @Nullable
    Exchange openedAfter;

    private @Nullable Aftermath aftermath;

    /**
     * @param number from {@link RequestNumbers}
     * @param role what is asked of the application; RESPONDER from every front but FastCGI
     * @param mapped whether a web server has split the path into SCRIPT_NAME and PATH_INFO; otherwise SCRIPT_NAME holds
     *     all of it
     * @param data the FCGI_DATA stream of a FILTER, otherwise an empty body
     */
    public Exchange(
            int number,
            Role role,
            boolean mapped,
            Environ environ,
            RequestBody body,
            RequestBody data,
            Response response) {
        this.number = number;
        this.role = role;
        this.mapped = mapped;
        this.data = data;
        this.environ = environ;
        this.body = body;
        this.response = response;
        data.whenFailed(e -> fail(Cause.SPOOL_FAILED, "request data: " + e.getMessage()));
        body.whenFailed(e -> fail(Cause.SPOOL_FAILED, "request body: " + e.getMessage()));
        response.whenFailed(e -> fail(Cause.SPOOL_FAILED, "response: " + e.getMessage()));
        response.whenRelieved(this::relieved);
    }

    /** The request id in logs: that of the web server if it is trusted, else {@link #serial}. */
    public String id() {
        String known = id;
        if (known == null) {
            known = serial();
            id = known;
        }
        return known;
    }

    /** Gives it the id that a web server has chosen; others may have the same. */
    void callIt(String given) {
        id = given;
    }

    /** Its own number as text, such as {@code r7f3a412}: no other request under way has it. */
    public String serial() {
        return RequestNumbers.text(number);
    }

    public Role role() {
        return role;
    }

    /** Whether a web server has already split the path; otherwise SCRIPT_NAME holds all of it. */
    public boolean isMapped() {
        return mapped;
    }

    public Environ environ() {
        return environ;
    }

    public RequestBody body() {
        return body;
    }

    /** What a FILTER is to filter (FCGI_DATA); empty for the other roles. */
    public RequestBody data() {
        return data;
    }

    /** {@code GET /index.php}, for the log; control characters never get there. */
    public String title() {
        String uri = environ.getOrEmpty("REQUEST_URI");
        if (uri.isEmpty()) {
            uri = environ.getOrEmpty("SCRIPT_NAME") + environ.getOrEmpty("PATH_INFO");
        }
        return Printable.of(environ.getOrEmpty("REQUEST_METHOD") + " " + uri, 200);
    }

    /** Whether repeating the request is harmless: GET, HEAD, OPTIONS and TRACE (RFC 9110, 9.2.1). */
    public boolean isSafe() {
        return isMethod("GET") || isMethod("HEAD") || isMethod("OPTIONS") || isMethod("TRACE");
    }

    /** Whether this is the request's method; upper and lower case differ (RFC 9110, 9.1). */
    public boolean isMethod(String method) {
        return environ.is("REQUEST_METHOD", method);
    }

    /** {@link System#nanoTime()} when the request's head was complete. */
    public long arrivedNanos() {
        return arrivedNanos;
    }

    /** It has arrived as a whole: its time begins, once for all workers it will meet. */
    public void submitted() {
        if (submittedNanos == 0) {
            submittedNanos = System.nanoTime();
        }
    }

    /** {@link System#nanoTime()} when it had arrived as far as its application wants it to. */
    public long submittedNanos() {
        return submittedNanos;
    }

    /** {@link System#nanoTime()} when it last left the queue for a worker; 0 before. */
    public long dispatchedNanos() {
        return dispatchedNanos;
    }

    /**
     * It begins to wait. Going back to the queue does not prolong its patience; the time at a worker does not count.
     */
    public void queued() {
        waitingSinceNanos = System.nanoTime();
        waiting = true;
    }

    /** It was sent to a worker that was lost. */
    public void sent() {
        attempts++;
    }

    /** How many workers were lost with it. */
    public int attempts() {
        return attempts;
    }

    /** It begins again, without its body, as a request for another resource (RFC 3875, 6.2.2). */
    public void redirected() {
        redirects++;
        body.discard();
    }

    /** How often it has begun again. */
    public int redirects() {
        return redirects;
    }

    /** How long it has waited for workers in all until {@code nowNanos}, in nanoseconds. */
    public long waitedNanos(long nowNanos) {
        return waiting ? waitedNanos + nowNanos - waitingSinceNanos : waitedNanos;
    }

    /** Calls {@code action} when the exchange is over: for counters and logs. */
    public void whenOver(Consumer<Exchange> action) {
        whenOver = action;
    }

    /** Passes the exchange on to the next one who works on it. */
    public void heldBy(Holder next) {
        holder = next;
    }

    /** A worker takes it now. */
    public void dispatchedTo(Holder worker) {
        holder = worker;
        pid = 0;
        dispatchedNanos = System.nanoTime();
        waitedNanos = waitedNanos(dispatchedNanos);
        waiting = false;
        body.rewind();
        data.rewind();
    }

    /** The process that works on it, or has. */
    public void workedOnBy(int process) {
        pid = process;
    }

    /** The process that worked on it last; 0 when none did. */
    public int pid() {
        return pid;
    }

    /** Where it is. */
    public Place place() {
        return holder.place();
    }

    public boolean isOver() {
        return over;
    }

    /** Why it failed, or null. */
    public @Nullable Failure failure() {
        return failure;
    }

    /** The process that answers only this request has ended, before the exchange is over. */
    public void exited(ExitStatus status) {
        exit = status;
    }

    /** How the request's own process ended; null without one, or when it had not ended by the end of the exchange. */
    public @Nullable ExitStatus exit() {
        return exit;
    }

    /** The HTTP status that was sent, or 0 when none was. */
    public int status() {
        return response.status();
    }

    /** The HTTP status that was sent; that of the failure when none could be; 0 when there is neither. */
    public int shownStatus() {
        return failure != null && status() == 0 ? failure.cause().status() : status();
    }

    /** The head that was sent, an error page's too; null when there was none. */
    public @Nullable ResponseHead responseHead() {
        return response.head();
    }

    /** The bytes of the response body so far. */
    public long responseBytes() {
        return response.bytes();
    }

    /** The response head. */
    public void head(ResponseHead head) {
        if (!over) {
            response.head(head);
        }
    }

    /**
     * A piece of the response body, which passes to the exchange, with what lies in front:
     * {@link ResponseSink#content}.
     */
    public void content(ByteBuf piece) {
        if (over) {
            piece.release();
        } else {
            response.content(piece);
        }
    }

    /**
     * Some of what the application wrote to its stderr, for the web server's log; the caller keeps the buffer.
     *
     * @return whether it went there; false when the client is none that takes it
     */
    public boolean error(ByteBuf bytes) {
        return !over && response.error(bytes);
    }

    /** The holder has nothing more to give just now: let small pieces go out. */
    public void flush() {
        if (!over) {
            response.flush();
        }
    }

    /** True when so much waits for the client that the holder should pause until {@link Holder#resume}. */
    public boolean isSaturated() {
        return response.isSaturated();
    }

    /** The response is complete; {@code appStatus} as in FastCGI's END_REQUEST. */
    public void complete(long appStatus) {
        if (end()) {
            response.complete(appStatus);
            whenOver.accept(this);
        }
    }

    /** Ends the exchange with an error page or, when a head has gone out, with a visibly truncated response. */
    public void fail(Cause cause, String detail) {
        Holder interrupted = holder;
        if (end()) {
            failure = new Failure(cause, detail);
            aftermath().failedAt(interrupted.place(), interrupted.lastErrors());
            response.fail(id(), failure, exit == null ? 0 : exit.shellCode());
            interrupted.cancelled(this);
            whenOver.accept(this);
        }
    }

    /** Fails it because somebody wanted so, together with what works on it. */
    public void kill(String detail) {
        Holder interrupted = holder;
        fail(Cause.KILLED, detail);
        interrupted.killed(this);
    }

    /** A process that had the request has ended; whether it is over or not. */
    public void processEnded(Place process, ExitStatus status, List<String> stderr) {
        aftermath().ended(new Aftermath.End(process, status, stderr));
    }

    /** What is known, and will yet be known, of the processes under which it failed. */
    public Aftermath aftermath() {
        if (aftermath == null) {
            aftermath = new Aftermath();
        }
        return aftermath;
    }

    /**
     * The client has gone: everybody may forget the request. It has not failed if the client has the whole response and
     * only the application's last word is missing: a WSGI application has its close() called in between.
     */
    public void cancel() {
        Holder interrupted = holder;
        boolean whole = response.isWhole();
        response.discard();
        if (end()) {
            if (!whole) {
                failure = new Failure(Cause.CLIENT_GONE, "the client closed the connection or aborted the request");
                aftermath().failedAt(interrupted.place(), interrupted.lastErrors());
            }
            interrupted.cancelled(this);
            whenOver.accept(this);
        }
    }

    /** The front's connection takes content again. */
    public void writable() {
        response.pump();
    }

    private void relieved() {
        if (!over) {
            holder.resume(this);
        }
    }

    private boolean end() {
        if (over) {
            return false;
        }
        over = true;
        holder = NOBODY;
        body.release();
        data.release();
        return true;
    }
}
