package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Durations;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Holder;
import io.gatepool.exchange.Place;
import io.gatepool.fastcgi.RecordHeader;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request id of a {@link WorkerConnection}: the request that is on it, what goes out of it, what comes back, and
 * its deadlines. It is busy until the worker has finished, also when nobody waits for the answer any more.
 *
 * <p>When the client leaves, the worker is told (ABORT_REQUEST), but the id stays taken until the worker has said that
 * it is done.
 *
 * <p>Owned by the event loop.
 */
final class RequestSlot implements Holder {

    /** A worker that is replaced because of a request may take its time over others first. */
    private static final long ENDS_WITH_NANOS = TimeUnit.HOURS.toNanos(1);

    private final int firstId;
    private final WorkerConnection connection;
    private final Worker worker;
    private final AppSettings settings;
    private final AnswerReader answer;
    private final SlowWatch slow;
    private final WorkerProtocol protocol;
    private int id;
    private @Nullable RequestWriter writer;
    private boolean reused;
    private boolean alone;
    private boolean aborted;
    private long submittedNanos;
    private long startedNanos;
    private long lastByteNanos;
    private long firstByteFromNanos;

    RequestSlot(int id, WorkerConnection connection, Worker worker, AppSettings settings, PoolContext context) {
        this.firstId = id;
        this.id = id;
        this.connection = connection;
        this.worker = worker;
        this.settings = settings;
        this.answer = new AnswerReader(worker, settings.responseHead(), this::abort);
        this.slow = new SlowWatch(settings, context.files());
        this.protocol = WorkerProtocol.of(settings);
    }

    int id() {
        return id;
    }

    /** On a new connection every id is unused. */
    void renewId() {
        id = firstId;
    }

    /**
     * Takes another id if the worker was told that its request is not wanted. Go's net/http/fcgi ends such a request at
     * once, and sends what its handler writes all the same: it must not be taken for the answer to the next request.
     *
     * @param step to the next id that no other slot will have
     * @return false when there is none
     */
    boolean leaveAbortedId(int step) {
        if (!aborted) {
            return true;
        }
        id += step;
        return id <= RecordHeader.MAX_REQUEST_ID;
    }

    /** Whether its id is one that {@link #leaveAbortedId} is to leave. */
    boolean isLeft() {
        return aborted && answer.hasEnded();
    }

    AnswerReader answer() {
        return answer;
    }

    /** Whether it was sent over a connection that had been used before. */
    boolean isReused() {
        return reused;
    }

    /** Whether nothing else was on the connection when it was sent. */
    boolean wasAlone() {
        return alone;
    }

    /** When the worker may have begun with it. */
    long startedNanos() {
        return startedNanos;
    }

    // ---- out ----

    /** @param first whether nothing else is on the connection */
    void begin(Exchange request, boolean first) {
        alone = first;
        aborted = false;
        answer.expect(request);
        if (request.attempts() > 0) {
            worker.owner().app().log().warn("{} {} runs again on {}", request.id(), request.title(), worker.pid());
        }
        request.dispatchedTo(this);
        request.workedOnBy(worker.pid());
        startedNanos = request.dispatchedNanos();
        submittedNanos = request.submittedNanos();
        lastByteNanos = startedNanos;
        firstByteFromNanos = startedNanos;
    }

    /** @param again whether the connection has been used before */
    void write(WorkerSocket open, Exchange request, boolean again) {
        reused = again;
        RequestWriter made = protocol.writer(open, id, request);
        writer = made;
        made.start();
        if (alone) {
            open.flush();
        } else {
            // The worker has something to do, and more may follow.
            open.flushSoon();
        }
    }

    /** The worker reads the body: that is a sign of life too. */
    void writable(long nowNanos) {
        if (writer != null) {
            lastByteNanos = nowNanos;
            writer.more();
        }
    }

    /** Whether the worker has been sent all of it, and nothing else lies in the connection. */
    boolean isSentCleanly() {
        return writer != null && writer.isReusable();
    }

    /** Whether nothing of it can come in the way of other requests: all of it was sent, or its id is not used again. */
    boolean isSentWhole() {
        return aborted || (writer != null && writer.isComplete());
    }

    /** Whether some of it has gone out. */
    boolean isBegun() {
        return writer != null && writer.isBegun();
    }

    /** Nothing more goes out: should it run elsewhere, its body is read there from the beginning. */
    void endWriting() {
        if (writer != null) {
            writer.stop();
            writer = null;
        }
    }

    // ---- in ----

    /** Something has come, or is waited for from now on. */
    void heard(long nowNanos) {
        lastByteNanos = nowNanos;
    }

    /** The request that was before it at the worker has ended: its turn has come. */
    void itsTurn(long nowNanos) {
        startedNanos = nowNanos;
        lastByteNanos = nowNanos;
        firstByteFromNanos = nowNanos;
    }

    /** When something of it came last. */
    long lastByteNanos() {
        return lastByteNanos;
    }

    @Override
    public void resume(Exchange request) {
        lastByteNanos = System.nanoTime();
        connection.resume();
    }

    // ---- things go wrong ----

    /** The client has gone, or gatepool has failed the request for a reason of its own. */
    @Override
    public void cancelled(Exchange request) {
        if (request == answer.exchange()) {
            answer.take();
            abort();
        }
    }

    /** Nobody waits for the rest. */
    void abort() {
        aborted |= writer != null;
        connection.abort(writer);
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
        worker.concerns().endsWith(request, ENDS_WITH_NANOS);
        connection.takeBack();
        worker.overdue(request.id() + " " + request.title() + " was killed");
    }

    /**
     * Looks for passed deadlines, also of a request that nobody waits for any more.
     *
     * @param heldUp whether nothing is read from the connection, because of a slow reader of another response perhaps:
     *     then the silence is not the worker's
     */
    void tick(long nowNanos, boolean heldUp) {
        Exchange request = answer.exchange();
        if (heldUp) {
            lastByteNanos = nowNanos;
            firstByteFromNanos = nowNanos;
        }
        slow.look(request, nowNanos);
        if (nowNanos - submittedNanos > settings.timeouts().request().toNanos()) {
            expire(
                    Cause.REQUEST_TIMEOUT,
                    "request_timeout",
                    Durations.text(settings.timeouts().request()));
        } else if (!answer.hasOutput()
                && nowNanos - firstByteFromNanos
                        > settings.timeouts().firstByte().toNanos()) {
            expire(
                    Cause.FIRST_BYTE_TIMEOUT,
                    "first_byte_timeout",
                    Durations.text(settings.timeouts().firstByte()));
        } else if (nowNanos - lastByteNanos > settings.timeouts().output().toNanos()) {
            expire(
                    Cause.OUTPUT_TIMEOUT,
                    "output_timeout",
                    Durations.text(settings.timeouts().output()));
        }
    }

    private void expire(Cause cause, String key, String value) {
        Exchange request = answer.exchange();
        String what = request == null ? "an abandoned request" : request.id() + " " + request.title();
        if (request != null) {
            worker.concerns().endsWith(request, ENDS_WITH_NANOS);
        }
        connection.takeBack();
        answer.fail(cause, "worker " + worker.pid() + " went over " + key + " = " + value);
        worker.overdue(what + " went over " + key + " = " + value);
    }
}
