package io.gatepool.pool;

import io.gatepool.cgi.CgiProcess;
import io.gatepool.cgi.MalformedHead;
import io.gatepool.cgi.Printable;
import io.gatepool.cgi.ResponseHead;
import io.gatepool.cgi.ResponseHeadParser;
import io.gatepool.config.AppSettings;
import io.gatepool.config.Durations;
import io.gatepool.config.ScriptSettings;
import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Holder;
import io.gatepool.exchange.Place;
import io.gatepool.exchange.RequestBody;
import io.gatepool.exchange.RequestStatus;
import io.gatepool.process.Errno;
import io.gatepool.process.ExitStatus;
import io.gatepool.process.Wrapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request answered by one script: from looking the script up to the reaping of its process. The request may be over
 * long before the process is (the client left, a deadline passed); the run ends when the process has.
 *
 * <p>Owned by the event loop; its process is born elsewhere ({@link ScriptBirth}).
 */
final class CgiRun implements Holder, ScriptBirth.Parent {

    /** A script that has closed its output usually ends at once, and then its status can be told with the answer. */
    private static final long STATUS_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** One that is ending has so long, on a machine where others run first. */
    private static final long END_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Of its stderr, for those who ask why it failed. */
    private static final int LAST_LINES = 20;

    private final AppSettings settings;
    private final PoolContext context;
    private final CgiBackend backend;
    private final Exchange request;
    private final ScriptBirth birth;
    private final LineSplitter stderr;
    private final SlowWatch slow;
    private final Tail lastErrors = new Tail();
    private @Nullable Exchange exchange;
    private @Nullable ResponseHeadParser parser;
    private @Nullable CgiProcess process;
    private boolean anyOutput;
    private long lastOutputNanos;
    private long outputEndedNanos;
    private long termNanos;
    private boolean killed;
    /** The script has read all of the body that has come, and waits for the client. */
    private boolean awaitingBody;

    private boolean completed;

    CgiRun(Exchange exchange, AppSettings settings, PoolContext context, ScriptCommand command, CgiBackend backend) {
        this.request = exchange;
        this.exchange = exchange;
        this.settings = settings;
        this.context = context;
        this.backend = backend;
        this.parser = new ResponseHeadParser(settings.responseHead());
        this.slow = new SlowWatch(settings, context.files());
        // A local redirect runs a second script for the same request.
        String run = exchange.redirects() == 0 ? "" : "-" + exchange.redirects();
        this.birth = new ScriptBirth(context, command, settings.name() + "/script/" + exchange.serial() + run, this);
        this.stderr = new LineSplitter(backend.app().log()::takesErrorLine, this::errorLine);
    }

    void start() {
        request.dispatchedTo(this);
        lastOutputNanos = request.dispatchedNanos();
        ScriptPlace.Query query = ScriptPlace.Query.of(request);
        ByteBuf body = wholeBody();
        boolean moreInput = request.body().unread() > 0 || !request.body().isComplete();
        request.body().whenMore(this::bodyCame);
        birth.begin(query, request.environ(), body, moreInput);
    }

    /** A body that is passed on is never read before the script runs: it could not be read again if that fails. */
    private void bodyCame() {
        if (awaitingBody) {
            awaitingBody = false;
            wantsInput();
        }
    }

    /** A body in memory goes along with the birth; a larger one is fed from its file. */
    private ByteBuf wholeBody() {
        ByteBuf[] whole = {Unpooled.EMPTY_BUFFER};
        RequestBody gathered = request.body();
        if (!gathered.isPassedOn() && gathered.unread() > 0 && gathered.isInMemory()) {
            request.body().read(bytes -> whole[0] = bytes);
        }
        return whole[0];
    }

    @Override
    public void started(CgiProcess running) {
        process = running;
        request.workedOnBy(running.pid());
        // What it is in truth, for the access log, whatever the web server has called it.
        request.environ().set("SCRIPT_FILENAME", birth.place().scriptFilename());
        backend.app().events().spawned(System.nanoTime() - request.dispatchedNanos());
        if (exchange == null) {
            terminate();
        }
    }

    @Override
    public void postponed(String reason) {
        Exchange waiting = exchange;
        exchange = null;
        if (waiting == null) {
            backend.ended(this);
        } else {
            waiting.body().rewind();
            backend.postponed(this, waiting, reason);
        }
    }

    @Override
    public void refused(Cause cause, String detail) {
        fail(cause, detail);
        backend.ended(this);
    }

    @Override
    public void neverBorn() {
        backend.ended(this);
    }

    private void fail(Cause cause, String detail) {
        Exchange waiting = exchange;
        exchange = null;
        if (waiting != null) {
            String said = lastErrors.text();
            waiting.fail(cause, said.isEmpty() ? detail : detail + "; its stderr: " + said);
        }
    }

    /** As a process that lives for one request; nothing before it is born. */
    Optional<AppStatus.WorkerStatus> status() {
        if (process == null) {
            return Optional.empty();
        }
        long now = System.nanoTime();
        return Optional.of(new AppStatus.WorkerStatus(
                pid(),
                termNanos == 0 ? "busy" : "stopping",
                0,
                (now - request.dispatchedNanos()) / 1_000_000_000,
                1,
                exchange == null ? List.of() : List.of(RequestStatus.of(exchange))));
    }

    @Override
    public Place place() {
        return process == null ? Place.LOOKUP : Place.script(process.pid());
    }

    @Override
    public List<String> lastErrors() {
        return lastErrors.lines(LAST_LINES);
    }

    private int pid() {
        return process == null ? 0 : process.pid();
    }

    /** The name of its file, and its pid. */
    private String who() {
        return script() + " (" + pid() + ")";
    }

    private String script() {
        return String.valueOf(birth.place().script().getFileName());
    }

    // ---- the process speaks ----

    @Override
    public void output(ByteBuf bytes) {
        anyOutput = true;
        lastOutputNanos = System.nanoTime();
        context.watch().output(bytes);
        Exchange waiting = exchange;
        if (waiting == null) {
            bytes.release();
            return;
        }
        ResponseHeadParser awaited = parser;
        if (awaited != null) {
            try {
                ResponseHead head = awaited.feed(bytes);
                if (head == null) {
                    bytes.release();
                    return;
                }
                parser = null;
                if (head.isLocalRedirect() && follow(waiting, head)) {
                    bytes.release();
                    return;
                }
                backend.app().log().advice().look(waiting, head);
                waiting.head(head);
            } catch (MalformedHead e) {
                bytes.release();
                headMalformed(e);
                return;
            }
        }
        if (bytes.isReadable()) {
            waiting.content(bytes);
            waiting.flush();
        } else {
            bytes.release();
        }
        if (waiting.isSaturated() && process != null) {
            process.pauseOutput();
        }
    }

    /**
     * The request goes on without this script, which ends as it likes. Returns whether the Location is ours to follow.
     */
    private boolean follow(Exchange waiting, ResponseHead head) {
        String location = head.location().orElse("");
        if (waiting.redirects() >= LocalRedirect.MOST) {
            fail(
                    Cause.REDIRECT_LOOP,
                    who() + " leads to " + Printable.of(location, 200) + ", after " + LocalRedirect.MOST
                            + " redirects before");
            terminate();
            return true;
        }
        if (!LocalRedirect.apply(waiting, location, settings.mount())) {
            return false;
        }
        exchange = null;
        backend.app().redirected(waiting);
        return true;
    }

    private void headMalformed(MalformedHead fault) {
        fail(Cause.HEAD_MALFORMED, who() + ": " + fault.getMessage());
        terminate();
    }

    @Override
    public void resume(Exchange resumed) {
        lastOutputNanos = System.nanoTime();
        if (process != null) {
            process.resumeOutput();
        }
    }

    @Override
    public void error(ByteBuf bytes) {
        context.watch().error(bytes);
        lastErrors.add(bytes);
        Exchange waiting = exchange;
        ScriptSettings.Errors to = settings.scripts().stderr();
        boolean sent = to != ScriptSettings.Errors.LOG && waiting != null && waiting.error(bytes);
        if (!sent || to == ScriptSettings.Errors.BOTH) {
            stderr.add(bytes);
        }
        bytes.release();
    }

    private void errorLine(String line) {
        backend.app().log().warn("{} ({}) {} stderr: {}", script(), pid(), request.id(), line);
    }

    @Override
    public void wantsInput() {
        CgiProcess running = process;
        if (running == null || termNanos != 0) {
            // The end of its input would tell a script that is being stopped that the body was complete.
            return;
        }
        // It reads its input: that is a sign of life too.
        lastOutputNanos = System.nanoTime();
        if (exchange == null) {
            running.endInput();
        } else if (request.body().unread() > 0) {
            request.body().read(running::input);
        } else if (request.body().isComplete()) {
            running.endInput();
        } else {
            awaitingBody = true;
        }
    }

    @Override
    public void outputEnded() {
        outputEndedNanos = System.nanoTime();
    }

    @Override
    public void ended(ExitStatus status) {
        context.watch().ended(status);
        birth.ended();
        stderr.finish();
        if (request.failure() != null || status.signal() != 0 || parser != null) {
            request.processEnded(place(), status, lastErrors());
        }
        Exchange waiting = exchange;
        if (waiting != null) {
            waiting.exited(status);
        }
        if (waiting != null && parser != null) {
            endedWithoutHead(status, parser);
        } else if (waiting != null && status.signal() != 0) {
            fail(Cause.TRUNCATED, who() + " " + described(status) + " in mid-answer");
        }
        complete(status.shellCode());
        backend.ended(this);
    }

    private void endedWithoutHead(ExitStatus status, ResponseHeadParser awaited) {
        OptionalInt notExecuted = Wrapper.execFailure(status, lastErrors.text());
        if (notExecuted.isPresent()) {
            notExecuted(notExecuted.getAsInt());
            return;
        }
        fail(
                Cause.HEAD_MALFORMED,
                who() + " " + described(status) + ": " + awaited.endOfOutput().getMessage());
    }

    /** The program in front of the script could not execute it. */
    private void notExecuted(int errno) {
        if (Errno.isPassing(errno) && !request.body().isPassedOn()) {
            // Where the user has as many processes as he may, only that program can tell.
            postponed("for " + script() + ": " + Errno.describe(errno));
            return;
        }
        Exchange waiting = exchange;
        exchange = null;
        context.files().execute(() -> {
            ExecFailure failure = ExecFailure.of(errno, birth.place(), Errno.describe(errno));
            context.loop().execute(() -> {
                if (waiting != null) {
                    waiting.fail(failure.cause(), failure.detail());
                }
            });
        });
    }

    private String described(ExitStatus status) {
        String limit = settings.process().limits().reasonOf(status);
        return status.describe() + (limit.isEmpty() ? "" : " (" + limit + ")");
    }

    private void complete(long appStatus) {
        Exchange waiting = exchange;
        if (waiting != null && !completed) {
            if (parser != null) {
                fail(Cause.HEAD_MALFORMED, who() + ": " + parser.endOfOutput().getMessage());
                return;
            }
            completed = true;
            exchange = null;
            waiting.complete(appStatus);
            if (process != null) {
                process.endInput();
            }
        }
    }

    // ---- it has to end ----

    @Override
    public void cancelled(Exchange gone) {
        if (exchange != null) {
            exchange = null;
            birth.cancel();
            terminate();
        }
    }

    /** The daemon stops, and has waited long enough. */
    void stop() {
        fail(Cause.STOPPING, "gatepool was stopped before the script had ended");
        terminate();
    }

    private void terminate() {
        if (process != null && termNanos == 0) {
            termNanos = System.nanoTime();
            process.resumeOutput();
            process.terminate();
        }
    }

    void tick(long nowNanos) {
        if (termNanos != 0) {
            if (process != null
                    && !killed
                    && nowNanos - termNanos > settings.timeouts().stop().toNanos()) {
                killed = true;
                backend.app().log().warn("{} ({}) {} did not end on SIGTERM, killed", script(), pid(), request.id());
                process.kill();
            }
            return;
        }
        if (outputEndedNanos != 0 && !statusMayCome(nowNanos - outputEndedNanos)) {
            complete(0);
        }
        Exchange waiting = exchange;
        slow.look(waiting, nowNanos);
        if (waiting == null) {
            // It has closed its output, been answered for, and still runs: within the limit of a request, that is its
            // own affair.
            if (nowNanos - request.submittedNanos()
                    > settings.timeouts().request().toNanos()) {
                terminate();
            }
            return;
        }
        if (nowNanos - waiting.submittedNanos() > settings.timeouts().request().toNanos()) {
            expire(
                    Cause.REQUEST_TIMEOUT,
                    "request_timeout = " + Durations.text(settings.timeouts().request()));
        } else if (!anyOutput
                && nowNanos - waiting.dispatchedNanos()
                        > settings.timeouts().firstByte().toNanos()) {
            expire(
                    Cause.FIRST_BYTE_TIMEOUT,
                    "first_byte_timeout = " + Durations.text(settings.timeouts().firstByte()));
        } else if (!waiting.isSaturated()
                && !awaitingBody
                && nowNanos - lastOutputNanos > settings.timeouts().output().toNanos()) {
            expire(
                    Cause.OUTPUT_TIMEOUT,
                    "output_timeout = " + Durations.text(settings.timeouts().output()));
        }
    }

    /** Whether a script that has closed its output so long ago is about to end. One that is not, lives on. */
    private boolean statusMayCome(long nanos) {
        return nanos <= STATUS_WAIT_NANOS
                || (!completed && nanos <= END_WAIT_NANOS && process != null && process.isExiting());
    }

    private void expire(Cause cause, String limit) {
        fail(cause, who() + " went over " + limit);
        terminate();
    }
}
