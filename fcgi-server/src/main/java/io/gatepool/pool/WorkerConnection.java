package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Durations;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Holder;
import io.gatepool.exchange.Place;
import io.gatepool.exchange.RequestStatus;
import io.gatepool.fastcgi.ProtocolException;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a worker, with at most one request on it: we are the web server of the specification.
 *
 * <p>It is made when there is a request to send (libfcgi closes a connection on which nothing comes within 2 seconds)
 * and kept with FCGI_KEEP_CONN. An application that closes it, at once or after idle minutes, has done nothing wrong.
 *
 * <p>When a connection is lost under a request, the request goes to another worker if it cannot have been executed (the
 * connect or the write failed) or if repeating it is harmless and nothing of the answer had come; otherwise it fails,
 * and what was already sent on is visibly cut.
 *
 * <p>When the client leaves, the worker is told (ABORT_REQUEST), but the connection stays busy until the worker has
 * finished: the next request would only wait behind it.
 *
 * <p>Owned by the event loop.
 */
final class WorkerConnection implements Holder, WorkerSocket.Listener {

    /** One request at a time, so there is only one id. */
    private static final int REQUEST_ID = 1;

    /** After a failed connect or a lost connection: the news of the worker's end may be on its way. */
    private static final long PAUSE_MILLIS = 20;

    /** A worker that is replaced because of a request may take its time over others first. */
    private static final long ENDS_WITH_NANOS = TimeUnit.HOURS.toNanos(1);

    /** How long a connection may stay open, and silent, when its worker has ended. */
    private static final long GONE_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Worker worker;
    private final AppSettings settings;
    private final PoolContext context;
    private final AnswerReader answer;
    private final SlowWatch slow;
    private @Nullable WorkerSocket socket;
    private @Nullable RequestWriter writer;
    private boolean busy;
    private boolean reused;
    private long submittedNanos;
    private long startedNanos;
    private long lastByteNanos;
    private long goneNanos;
    private long lastEndNanos;
    private long served;
    private boolean resting;

    WorkerConnection(Worker worker, AppSettings settings, PoolContext context) {
        this.worker = worker;
        this.settings = settings;
        this.context = context;
        this.answer = new AnswerReader(worker, REQUEST_ID, settings.responseHead(), this::abort);
        this.slow = new SlowWatch(settings, context.files());
    }

    Worker worker() {
        return worker;
    }

    /** Whether the worker still works on a request here, wanted or not. */
    boolean isBusy() {
        return busy;
    }

    /** Whether somebody waits for its answer. */
    boolean isServing() {
        return answer.exchange() != null;
    }

    // ---- a request goes out ----

    void send(Exchange request) {
        busy = true;
        worker.dispatched();
        answer.expect(request);
        if (request.attempts() > 0) {
            worker.owner().app().log().warn("{} {} runs again on {}", request.id(), request.title(), worker.pid());
        }
        request.dispatchedTo(this);
        request.workedOnBy(worker.pid());
        startedNanos = request.dispatchedNanos();
        submittedNanos = request.submittedNanos();
        lastByteNanos = startedNanos;
        WorkerSocket open = usable(request);
        reused = open != null;
        if (open != null) {
            write(open, request);
        } else {
            connect(request);
        }
    }

    private @Nullable WorkerSocket usable(Exchange request) {
        WorkerSocket open = socket;
        if (open != null && (!open.isOpen() || (!request.isSafe() && mayBeClosing(open)))) {
            socket = null;
            open.close();
        }
        return socket;
    }

    /** What may not be sent twice is not sent into a connection that the worker has just closed, or may be closing. */
    private boolean mayBeClosing(WorkerSocket open) {
        return open.isAtEnd() || worker.owner().keeping().isUnknown();
    }

    private void connect(Exchange request) {
        answer.connected();
        served = 0;
        try {
            WorkerSocket connected = WorkerSocket.connect(context.loop(), worker.socket(), this);
            socket = connected;
            write(connected, request);
        } catch (IOException e) {
            connectFailed(e);
        }
    }

    /** Refused, or not possible just now: the request goes elsewhere, or waits; this connection pauses. */
    private void connectFailed(IOException cause) {
        ConnectFault fault = ConnectFault.of(cause);
        if (fault.isPassing()) {
            worker.owner().notConnected("worker " + worker.pid() + ": " + fault.text());
        }
        Exchange request = answer.take();
        socket = null;
        if (request != null) {
            worker.owner().app().again(request);
        }
        context.loop()
                .schedule(
                        () -> {
                            // Not the news of its end: it lives, but nobody will ever get through to it.
                            if (worker.isReady() && !fault.isPassing()) {
                                worker.retire("it takes no connections: " + fault.text());
                            }
                            free();
                        },
                        PAUSE_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    private void write(WorkerSocket open, Exchange request) {
        RequestWriter made = new RequestWriter(open, REQUEST_ID, request);
        writer = made;
        made.start();
    }

    @Override
    public void writable(WorkerSocket open) {
        if (writer != null && open == socket) {
            // It reads the body: that is a sign of life too.
            lastByteNanos = System.nanoTime();
            writer.more();
        }
    }

    // ---- the answer comes ----

    /** Only behind an answer that leaves the connection usable: otherwise there is no next request to wait for. */
    @Override
    public boolean isWholeAnswer(ByteBuf bytes) {
        RequestWriter sent = writer;
        return sent != null && sent.isReusable() && worker.owner().keeping().keeps() && answer.isWhole(bytes);
    }

    @Override
    public void received(WorkerSocket from, ByteBuf in) {
        if (from != socket) {
            return;
        }
        lastByteNanos = System.nanoTime();
        try {
            answer.decode(in);
        } catch (ProtocolException e) {
            answer.fail(Cause.PROTOCOL_ERROR, "worker " + worker.pid() + " sent no FastCGI: " + e.getMessage());
            from.close();
        }
        if (answer.hasEnded() && busy && !resting) {
            finished();
        } else if (answer.hasSurplus()) {
            socket = null;
            from.close();
        }
    }

    @Override
    public void receivedAll(WorkerSocket from) {
        Exchange current = answer.exchange();
        if (current != null && from == socket) {
            current.flush();
            if (current.isSaturated()) {
                from.pause();
            }
        }
    }

    @Override
    public void resume(Exchange request) {
        lastByteNanos = System.nanoTime();
        if (socket != null) {
            socket.resume();
        }
    }

    /** The worker has ended the request. What it did not want to read cannot be left on the connection. */
    private void finished() {
        RequestWriter sent = writer;
        writer = null;
        answer.take();
        served++;
        lastEndNanos = System.nanoTime();
        Keeping keeping = worker.owner().keeping();
        keeping.answered(served);
        WorkerSocket open = socket;
        if (open != null) {
            if (sent == null
                    || !sent.isReusable()
                    || answer.hasSurplus()
                    || !(keeping.isUnknown() || keeping.keeps())) {
                socket = null;
                open.close();
            } else {
                open.resume();
                if (keeping.isUnknown()) {
                    rest(open, keeping);
                    return;
                }
            }
        }
        free();
    }

    /** The connection takes no request until it is known whether the application keeps it. */
    private void rest(WorkerSocket open, Keeping keeping) {
        resting = true;
        context.loop()
                .schedule(
                        () -> {
                            resting = false;
                            if (socket == open && open.isAtEnd()) {
                                // A busy loop comes to this timer before it comes to the event.
                                socket = null;
                                keeping.closed(served, 0);
                                open.close();
                            } else if (socket == open) {
                                keeping.stayedOpen();
                            }
                            free();
                        },
                        Keeping.REST_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    private void free() {
        busy = false;
        worker.freed(this);
    }

    private void freeLater() {
        context.loop().schedule(this::free, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    // ---- things go wrong ----

    @Override
    public void closed(WorkerSocket lost) {
        if (lost != socket) {
            return;
        }
        socket = null;
        worker.connectionLost();
        answer.disconnected();
        if (worker.isReady() && (!busy || resting || (reused && !answer.hasOutput()))) {
            worker.owner().keeping().closed(served, System.nanoTime() - lastEndNanos);
        }
        if (busy && !resting) {
            lost();
        }
    }

    private void lost() {
        RequestWriter sent = writer;
        writer = null;
        Exchange request = answer.take();
        if (request != null) {
            boolean maybeExecuted = sent != null && sent.isBegun();
            boolean wasSent = maybeExecuted || !reused;
            if (wasSent) {
                worker.lost(request);
                request.sent();
            }
            String what = "worker " + worker.pid() + " closed the connection";
            if (answer.hasPassedOn()) {
                request.fail(Cause.TRUNCATED, what + " in mid-answer");
            } else if (!answer.hasOutput() && (!maybeExecuted || mayRunAgain(request))) {
                if (wasSent) {
                    explainLater(request.id());
                }
                worker.owner().app().again(request);
            } else {
                request.fail(
                        Cause.WORKER_CRASHED,
                        what + " before it had answered; not sent again, since "
                                + (answer.hasOutput() ? "it had begun to answer" : "it may have been executed"));
            }
        }
        freeLater();
    }

    /** Of a request that may have been executed. */
    private boolean mayRunAgain(Exchange request) {
        return settings.queue().retries() && request.isSafe();
    }

    /** Most often its worker has died, and that is told when it is known; else this is the only explanation. */
    private void explainLater(String requestId) {
        context.loop()
                .schedule(
                        () -> {
                            if (worker.isReady()) {
                                worker.owner()
                                        .app()
                                        .log()
                                        .warn(
                                                "worker {} closed the connection in {} without an answer",
                                                worker.pid(),
                                                requestId);
                            }
                        },
                        PAUSE_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void failed(RuntimeException mistake) {
        worker.owner().app().log().error("connection to worker {}: {}", worker.pid(), mistake.toString(), mistake);
    }

    /** The client has gone, or gatepool has failed the request for a reason of its own. */
    @Override
    public void cancelled(Exchange request) {
        if (request == answer.exchange()) {
            answer.take();
            abort();
        }
    }

    @Override
    public Place place() {
        return Place.worker(worker.pid());
    }

    @Override
    public List<String> lastErrors() {
        return worker.lastErrors();
    }

    /** As a request that went over its time. */
    @Override
    public void killed(Exchange request) {
        worker.endsWith(request, ENDS_WITH_NANOS);
        worker.retire(request.id() + " " + request.title() + " was killed");
    }

    /** The request that somebody waits for, if there is one. */
    Optional<RequestStatus> current() {
        return Optional.ofNullable(answer.exchange()).map(RequestStatus::of);
    }

    /** Nobody waits for the rest. A worker that waits for a body that will not come sees the end of file. */
    private void abort() {
        WorkerSocket open = socket;
        if (open != null && open.isOpen()) {
            open.resume();
            if (writer != null && writer.abort()) {
                open.shutdownOutput();
            }
        }
    }

    /** The process is to end, and has nothing more to do here. */
    void closeIfIdle() {
        WorkerSocket open = socket;
        if (!busy && open != null) {
            open.close();
        }
    }

    /** The process has ended: what it still wrote lies in the socket, the end of file behind it. */
    void workerGone() {
        WorkerSocket open = socket;
        if (open != null) {
            goneNanos = System.nanoTime();
            closeWhenRead(open);
        }
    }

    /** A slow client has all the time it needs; a grandchild that holds the socket open has not. */
    private void closeWhenRead(WorkerSocket open) {
        if (socket != open || !open.isOpen()) {
            return;
        }
        Exchange request = answer.exchange();
        boolean silent = System.nanoTime() - Math.max(lastByteNanos, goneNanos) > GONE_GRACE_NANOS;
        if (request == null || (silent && !request.isSaturated())) {
            open.close();
        } else {
            context.loop().schedule(() -> closeWhenRead(open), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** Looks for passed deadlines, also of a request that nobody waits for any more. */
    void tick(long nowNanos) {
        if (!busy || worker.state() == WorkerState.STOPPING) {
            return;
        }
        Exchange request = answer.exchange();
        slow.look(request, nowNanos);
        if (nowNanos - submittedNanos > settings.timeouts().request().toNanos()) {
            expire(
                    Cause.REQUEST_TIMEOUT,
                    "request_timeout",
                    Durations.text(settings.timeouts().request()));
        } else if (!answer.hasOutput()
                && nowNanos - startedNanos > settings.timeouts().firstByte().toNanos()) {
            expire(
                    Cause.FIRST_BYTE_TIMEOUT,
                    "first_byte_timeout",
                    Durations.text(settings.timeouts().firstByte()));
        } else if (isWaitingForOutput(request)
                && nowNanos - lastByteNanos > settings.timeouts().output().toNanos()) {
            expire(
                    Cause.OUTPUT_TIMEOUT,
                    "output_timeout",
                    Durations.text(settings.timeouts().output()));
        }
    }

    /** A worker that may not write, because its reader is slow, is not silent. */
    private static boolean isWaitingForOutput(@Nullable Exchange request) {
        return request == null || !request.isSaturated();
    }

    private void expire(Cause cause, String key, String value) {
        Exchange request = answer.exchange();
        String what = request == null ? "an abandoned request" : request.id() + " " + request.title();
        if (request != null) {
            worker.endsWith(request, ENDS_WITH_NANOS);
        }
        answer.fail(cause, "worker " + worker.pid() + " went over " + key + " = " + value);
        worker.overdue(what + " went over " + key + " = " + value);
    }
}
