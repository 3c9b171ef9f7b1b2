package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.RequestStatus;
import io.gatepool.fastcgi.ProtocolException;
import io.gatepool.fastcgi.ProtocolStatus;
import io.gatepool.fastcgi.RecordHandler;
import io.gatepool.fastcgi.RecordType;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a worker: we are the web server of the specification. There is one request on it at a time or,
 * where the application multiplexes (FastCGI 3.3), one on each of several ids.
 *
 * <p>It is made when there is a request to send (libfcgi closes a connection on which nothing comes within 2 seconds)
 * and kept with FCGI_KEEP_CONN. An application that closes it, at once or after idle minutes, has done nothing wrong.
 * Where the {@link WorkerProtocol} has no end of an answer but that of the connection, it is made for each request.
 *
 * <p>When a connection is lost under a request, the request goes to another worker if it cannot have been executed (the
 * connect or the write failed, or it waited behind another one at a worker that serves in order) or if repeating it is
 * harmless and nothing of the answer had come; otherwise it fails, and what was already sent on is visibly cut.
 *
 * <p>Owned by the event loop.
 */
final class WorkerConnection implements WorkerSocket.Listener, RecordHandler {

    /** After a failed connect or a lost connection: the news of the worker's end may be on its way. */
    private static final long PAUSE_MILLIS = 20;

    /** How long a process that ends may take to. */
    private static final long FATE_MILLIS = 1000;

    /** How long a connection may stay open, and silent, when its worker has ended. */
    private static final long GONE_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Worker worker;
    private final AppSettings settings;
    private final PoolContext context;
    private final RequestSlots slots;
    private final boolean inOrder;
    private final WorkerProtocol protocol;
    private AnswerDecoder decoder;
    private @Nullable WorkerSocket socket;
    private long goneNanos;
    private long lastEndNanos;
    private long served;
    private boolean surplus;
    private boolean resting;
    private boolean closing;
    private boolean listed;
    /** Its connection has ended with the process: how that ends says whether the answer is all of it. */
    private @Nullable RequestSlot undecided;

    /** @param multiplexing how many requests it may take at a time, and what the worker does with them */
    WorkerConnection(Worker worker, AppSettings settings, PoolContext context, Multiplexing multiplexing) {
        this.worker = worker;
        this.settings = settings;
        this.context = context;
        this.protocol = WorkerProtocol.of(settings);
        this.decoder = protocol.decoder(this);
        this.inOrder = multiplexing.inOrder();
        this.slots = new RequestSlots(multiplexing, id -> new RequestSlot(id, this, worker, settings, context));
    }

    Worker worker() {
        return worker;
    }

    /** Whether the worker works on nothing here, wanted or not. */
    boolean isIdle() {
        return slots.isEmpty() && !resting;
    }

    /** Whether somebody waits for an answer. */
    boolean isServing() {
        return slots.isServing();
    }

    /** Whether a further request may be sent while there are some on it. */
    boolean hasRoom() {
        WorkerSocket open = socket;
        return slots.hasRoom()
                && open != null
                && open.isOpen()
                && !closing
                && !resting
                && worker.isReady()
                && worker.owner().keeping().keeps();
    }

    /** Whether its first request has begun lately, and has not begun to answer. */
    boolean isLikelyToEndSoon(long withinNanos, long nowNanos) {
        RequestSlot first = slots.first();
        return first != null
                && first.answer().exchange() != null
                && !first.answer().hasOutput()
                && nowNanos - first.startedNanos() < withinNanos;
    }

    /** How many requests the worker has to deal with before it comes to the next one. */
    int inFlight() {
        return slots.size();
    }

    /** Whether requests wait on it behind one that has taken for so long. */
    boolean isStuck(long forNanos, long nowNanos) {
        RequestSlot first = slots.first();
        return slots.hasWaiting() && first != null && nowNanos - first.startedNanos() > forNanos;
    }

    /** Whether requests wait on it behind another one. */
    boolean hasWaiting() {
        return slots.hasWaiting();
    }

    /** Whether it stands in the list of those that may take more; kept by {@link Sharing}. */
    boolean isListed() {
        return listed;
    }

    void listed(boolean is) {
        listed = is;
    }

    // ---- a request goes out ----

    void send(Exchange request) {
        boolean alone = slots.isEmpty();
        RequestSlot slot = slots.take();
        worker.dispatched();
        slot.begin(request, alone);
        WorkerSocket open = alone ? usable(request) : socket;
        if (open != null) {
            slot.write(open, request, true);
        } else {
            connect(slot, request);
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

    private void connect(RequestSlot slot, Exchange request) {
        decoder = protocol.decoder(this);
        served = 0;
        closing = false;
        surplus = false;
        slots.renewIds();
        try {
            WorkerSocket connected = WorkerSocket.connect(context.loop(), worker.socket(), this);
            socket = connected;
            slot.write(connected, request, false);
        } catch (IOException e) {
            connectFailed(slot, e);
        }
    }

    /** Refused, or not possible just now: the request goes elsewhere, or waits; this connection pauses. */
    private void connectFailed(RequestSlot slot, IOException cause) {
        ConnectFault fault = ConnectFault.of(cause);
        if (fault.isPassing()) {
            worker.owner().notConnected("worker " + worker.pid() + ": " + fault.text());
        }
        Exchange request = slot.answer().take();
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
                            release(slot);
                        },
                        PAUSE_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    @Override
    public void writable(WorkerSocket open) {
        if (open == socket) {
            long now = System.nanoTime();
            slots.forEach(slot -> slot.writable(now));
        }
    }

    // ---- the answer comes ----

    /** Only behind answers that leave the connection usable: otherwise there is no next request to wait for. */
    @Override
    public boolean isAllAnswered(ByteBuf bytes) {
        int end = bytes.readerIndex();
        for (RequestSlot slot : slots) {
            end = slot.isSentCleanly() ? slot.answer().wholeEnd(bytes, end, slot.id()) : WholeAnswer.NONE;
            if (end == WholeAnswer.NONE) {
                return false;
            }
        }
        return end == bytes.writerIndex()
                && !slots.isEmpty()
                && worker.owner().keeping().keeps();
    }

    @Override
    public void received(WorkerSocket from, ByteBuf in) {
        if (from != socket) {
            return;
        }
        long now = System.nanoTime();
        RequestSlot first = slots.first();
        if (first != null && (inOrder || slots.depth() == 1)) {
            first.heard(now);
        }
        try {
            decoder.decode(in);
        } catch (ProtocolException e) {
            String why = "worker " + worker.pid() + " sent no " + protocol.text() + ": " + e.getMessage();
            slots.atWork().forEach(slot -> slot.answer().fail(Cause.PROTOCOL_ERROR, why));
            from.close();
        }
        if (resting) {
            return;
        }
        for (RequestSlot slot = ended(); slot != null; slot = ended()) {
            finished(slot, now);
        }
        if (surplus && from == socket) {
            // An answer that nobody has asked for: the next request would get it. Those that are on their way may end.
            closing = true;
            if (slots.isEmpty()) {
                socket = null;
                from.close();
                lost();
            }
        }
    }

    private @Nullable RequestSlot ended() {
        return resting ? null : slots.ended();
    }

    @Override
    public void stream(RecordType type, int id, ByteBuf in, int length) {
        RequestSlot slot = slots.withId(id);
        if (slot != null) {
            if (slots.depth() > 1) {
                slot.heard(System.nanoTime());
            }
            slot.answer().stream(type, in, length);
            surplus |= slot.answer().hasSurplus();
        }
    }

    @Override
    public void endRequest(int id, long appStatus, int protocolStatus) {
        RequestSlot slot = slots.withId(id);
        if (slot != null) {
            if (AnswerReader.isRefusal(ProtocolStatus.of(protocolStatus)) && !slot.wasAlone()) {
                slots.refused(slot);
            }
            // gatepool's own worker refuses what it has not begun with when it ends.
            slot.answer().endRequest(appStatus, protocolStatus, inOrder || !slot.wasAlone());
            surplus |= slot.answer().hasSurplus();
        }
    }

    @Override
    public void receivedAll(WorkerSocket from) {
        if (from != socket) {
            return;
        }
        for (RequestSlot slot : slots) {
            Exchange current = slot.answer().exchange();
            if (current != null) {
                current.flush();
                if (current.isSaturated()) {
                    from.pause();
                }
            }
        }
    }

    /** A response that was saturated takes more; or nobody waits for it any more. */
    void resume() {
        if (socket != null && !slots.isHeldUp()) {
            socket.resume();
        }
    }

    /** The worker has ended the request. What it did not want to read cannot be left on the connection. */
    private void finished(RequestSlot slot, long nowNanos) {
        boolean clean = slots.depth() > 1 ? slot.isSentWhole() : slot.isSentCleanly();
        slot.endWriting();
        slot.answer().take();
        if (slot.answer().hasOutput()) {
            worker.owner().answered(nowNanos - slot.startedNanos(), slot.wasAlone());
        }
        boolean wasFirst = slot == slots.first();
        slots.landed(slot);
        RequestSlot next = slots.first();
        if (next != null && inOrder && wasFirst) {
            next.itsTurn(nowNanos);
        }
        served++;
        lastEndNanos = nowNanos;
        Keeping keeping = worker.owner().keeping();
        keeping.answered(served);
        WorkerSocket open = socket;
        if (open != null) {
            closing |= !clean || surplus || !(keeping.isUnknown() || keeping.keeps());
            closing |= !slot.leaveAbortedId(slots.depth());
            if (slot.answer().wasRefused() && slots.isEmpty()) {
                socket = null;
                open.close();
                pause(slot);
                return;
            }
            if (closing && slots.isEmpty()) {
                socket = null;
                open.close();
            } else {
                resume();
                if (keeping.isUnknown()) {
                    rest(open, keeping, slot);
                    return;
                }
            }
        }
        freed(slot);
    }

    /** The worker took nothing at all: the news of its end may be on its way. */
    private void pause(RequestSlot slot) {
        resting = true;
        context.loop()
                .schedule(
                        () -> {
                            resting = false;
                            freed(slot);
                        },
                        PAUSE_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    /** The connection takes no request until it is known whether the application keeps it. */
    private void rest(WorkerSocket open, Keeping keeping, RequestSlot slot) {
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
                            freed(slot);
                        },
                        Keeping.REST_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    /** The id, which is in flight, takes another request. */
    private void release(RequestSlot slot) {
        slots.landed(slot);
        freed(slot);
    }

    private void freed(RequestSlot slot) {
        slots.freed(slot);
        worker.freed(this);
    }

    // ---- things go wrong ----

    @Override
    public void closed(WorkerSocket gone) {
        if (gone != socket) {
            return;
        }
        socket = null;
        RequestSlot first = slots.first();
        if (protocol.endsWithConnection() && first != null && isEndOfAnswer(first, gone)) {
            return;
        }
        worker.connectionLost();
        boolean unheard = first == null || (first.isReused() && !first.answer().hasOutput());
        if (worker.isReady() && (resting || unheard)) {
            worker.owner().keeping().closed(served, System.nanoTime() - lastEndNanos);
        }
        lost();
    }

    /** Deals with the end of a connection that is the end of its answer. Returns false if it is none. */
    private boolean isEndOfAnswer(RequestSlot slot, WorkerSocket gone) {
        AnswerReader answer = slot.answer();
        if (answer.exchange() == null) {
            // One that is ended because of the request has not answered it.
            if (worker.fate() != Worker.Fate.LIVES) {
                return false;
            }
            completed(slot);
            return true;
        } else if (!gone.hasEnded()) {
            return false;
        }
        switch (answer.extent()) {
            case NOTHING, CUT -> {
                return false;
            }
            case WHOLE -> completed(slot);
            case UNTOLD -> {
                switch (worker.fate()) {
                    case LIVES -> completed(slot);
                    case ENDS -> waitForItsFate(slot);
                    case ENDED_WELL -> completed(slot);
                    case ENDED_BADLY -> {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private void completed(RequestSlot slot) {
        slot.answer().endOfConnection();
        finished(slot, System.nanoTime());
    }

    private void waitForItsFate(RequestSlot slot) {
        undecided = slot;
        context.loop().schedule(() -> decide(slot), FATE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Its process has ended, or does not come to its end. */
    private void decide(RequestSlot slot) {
        if (slot != undecided) {
            return;
        }
        undecided = null;
        if (worker.fate() == Worker.Fate.ENDED_WELL || slot.answer().exchange() == null) {
            completed(slot);
        } else {
            worker.connectionLost();
            lost();
        }
    }

    /** The connection is lost under whatever is on it. */
    private void lost() {
        decoder.stop();
        RequestSlot first = slots.first();
        for (RequestSlot slot : slots.lastFirst()) {
            slot.answer().disconnected();
            lost(slot, slot == first || !inOrder);
        }
    }

    /** @param hadItsTurn whether the worker may have begun with it */
    private void lost(RequestSlot slot, boolean hadItsTurn) {
        AnswerReader answer = slot.answer();
        boolean maybeExecuted = hadItsTurn && slot.isBegun();
        boolean wasSent = maybeExecuted || (hadItsTurn && !slot.isReused());
        slot.endWriting();
        Exchange request = answer.take();
        if (request != null) {
            if (wasSent) {
                worker.concerns().lost(request);
                request.sent();
            }
            String what = "worker " + worker.pid() + " closed the connection";
            if (answer.hasPassedOn()) {
                request.fail(Cause.TRUNCATED, what + " in mid-answer" + answer.shortfall());
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
        context.loop().schedule(() -> release(slot), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
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

    /** Requests that wait here behind another one go back to the queue; the worker is told that they are not wanted. */
    void takeBack() {
        for (RequestSlot slot : slots.waiting()) {
            Exchange request = slot.answer().take();
            if (request != null) {
                slot.abort();
                worker.owner().app().again(request);
            }
        }
    }

    @Override
    public void failed(RuntimeException mistake) {
        worker.owner().app().log().error("connection to worker {}: {}", worker.pid(), mistake.toString(), mistake);
    }

    /** The requests that somebody waits for. */
    List<RequestStatus> current() {
        return slots.requests().stream().map(RequestStatus::of).toList();
    }

    /**
     * Nobody waits for the rest of a request. A worker that waits for a body that will not come sees the end of file,
     * unless there are other requests on the connection.
     */
    void abort(@Nullable RequestWriter writer) {
        WorkerSocket open = socket;
        if (open != null && open.isOpen()) {
            resume();
            if (writer != null && writer.abort() && slots.size() == 1) {
                closing = true;
                open.shutdownOutput();
            } else if (writer != null && protocol.endsWithConnection()) {
                open.shutdownInput();
            }
        }
    }

    /** The process is to end, and has nothing more to do here. */
    void closeIfIdle() {
        WorkerSocket open = socket;
        if (isIdle() && open != null) {
            open.close();
        }
    }

    /** The process has ended: what it still wrote lies in the socket, the end of file behind it. */
    void workerGone() {
        if (undecided != null) {
            decide(undecided);
        }
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
        if (isAnyStillRead()) {
            context.loop().schedule(() -> closeWhenRead(open), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            open.close();
        }
    }

    private boolean isAnyStillRead() {
        for (RequestSlot slot : slots) {
            if (isStillRead(slot)) {
                return true;
            }
        }
        return false;
    }

    private boolean isStillRead(RequestSlot slot) {
        Exchange request = slot.answer().exchange();
        boolean silent = System.nanoTime() - Math.max(slot.lastByteNanos(), goneNanos) > GONE_GRACE_NANOS;
        return request != null && (!silent || request.isSaturated());
    }

    /** Looks for passed deadlines. Those of requests that wait for their turn begin with it. */
    void tick(long nowNanos) {
        if (slots.isEmpty() || worker.state() == WorkerState.STOPPING) {
            return;
        }
        boolean heldUp = slots.isHeldUp();
        slots.atWork().forEach(slot -> slot.tick(nowNanos, heldUp));
    }
}
