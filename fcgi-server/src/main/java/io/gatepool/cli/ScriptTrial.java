package io.gatepool.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepool.cgi.Origins;
import io.gatepool.cgi.ResponseHead;
import io.gatepool.config.AppSettings;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Failure;
import io.gatepool.exchange.ResponseSink;
import io.gatepool.front.OwnRequest;
import io.gatepool.pool.App;
import io.gatepool.pool.ScriptWatch;
import io.gatepool.process.Command;
import io.gatepool.process.ExitStatus;
import io.gatepool.process.Privileges;
import io.gatepool.server.Workbench;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request to a CGI application, run as the daemon would run it, and everything that is to be seen of it. When a
 * script leads to another by a local redirect, the last one counts.
 *
 * <p>Filled by the event loop and the spawner; read when {@link #run} has returned.
 */
final class ScriptTrial implements ScriptWatch {

    /** Of output and errors, in bytes: enough for every head. */
    private static final int KEPT = 64 << 10;

    private static final long TICK_MILLIS = 100;

    private final OutputStream body;
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Map<String, String> origins = new HashMap<>();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private @Nullable Command command;
    private int wrapper;
    private Privileges privileges = Privileges.OWN;
    private int scripts;
    private long outputBytes;
    private long startingNanos;
    private long startedNanos;
    private long firstByteNanos;
    private long endedNanos;
    private boolean running;
    private boolean over;
    private boolean answered;
    private boolean cut;
    private @Nullable ResponseHead head;
    private long bodyBytes;
    private @Nullable ExitStatus exit;
    private @Nullable Failure failure;
    private @Nullable IOException bodyFailure;

    /** @param body where the body of the response goes */
    ScriptTrial(OutputStream body) {
        this.body = body;
    }

    /**
     * Runs the request to the end of its script.
     *
     * @throws OwnRequest.Bad when its target is none that can be served
     */
    void run(Workbench bench, AppSettings settings, HttpRequest request, InputStream requestBody)
            throws OwnRequest.Bad, InterruptedException {
        OwnRequest.environ(request);
        App app = new App(settings, bench.pool(), this::over);
        bench.pool().loop().execute(() -> {
            app.start();
            bench.pool()
                    .loop()
                    .scheduleAtFixedRate(
                            () -> app.tick(System.nanoTime()), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
            try {
                OwnRequest.begin(bench.front(), app, request, new Sink()).send(requestBody);
            } catch (OwnRequest.Bad | IOException e) {
                bodyFailure = new IOException("the request could not be made: " + e.getMessage(), e);
                finished.countDown();
            }
        });
        finished.await();
    }

    private void finishIfAll() {
        if (over && answered && !running) {
            finished.countDown();
        }
    }

    private void over(Exchange exchange) {
        over = true;
        failure = exchange.failure();
        finishIfAll();
    }

    // ---- the script ----

    @Override
    public Origins origins() {
        return origins::put;
    }

    @Override
    public void starting(Command starting, int wrapperWords, Privileges whose) {
        scripts++;
        output.reset();
        errors.reset();
        outputBytes = 0;
        firstByteNanos = 0;
        exit = null;
        command = starting;
        wrapper = wrapperWords;
        privileges = whose;
        running = true;
        startingNanos = System.nanoTime();
    }

    @Override
    public void started() {
        startedNanos = System.nanoTime();
    }

    @Override
    public void output(ByteBuf bytes) {
        if (firstByteNanos == 0) {
            firstByteNanos = System.nanoTime();
        }
        outputBytes += bytes.readableBytes();
        keep(output, bytes);
    }

    @Override
    public void error(ByteBuf bytes) {
        keep(errors, bytes);
    }

    private static void keep(ByteArrayOutputStream to, ByteBuf bytes) {
        byte[] some = new byte[Math.min(bytes.readableBytes(), KEPT - to.size())];
        bytes.getBytes(bytes.readerIndex(), some);
        to.writeBytes(some);
    }

    @Override
    public void ended(ExitStatus status) {
        endedNanos = System.nanoTime();
        exit = status;
        running = false;
        finishIfAll();
    }

    @Override
    public void notStarted() {
        command = null;
        running = false;
        finishIfAll();
    }

    // ---- what was seen ----

    /** What was started; null when nothing was. */
    @Nullable
    Command command() {
        return command;
    }

    /** How many words at the beginning of its argv change the state of the process only. */
    int wrapper() {
        return wrapper;
    }

    Privileges privileges() {
        return privileges;
    }

    /** Where the variables come from, by name. */
    Map<String, String> originByName() {
        return origins;
    }

    /** How many scripts were started, one by a local redirect of the other. */
    int scripts() {
        return scripts;
    }

    /** The first 64 KiB of what it wrote, one char per byte. */
    String output() {
        return output.toString(ISO_8859_1);
    }

    long outputBytes() {
        return outputBytes;
    }

    /** The first 64 KiB of what it wrote to stderr, one char per byte. */
    String errors() {
        return errors.toString(ISO_8859_1);
    }

    /** From the request of its start to its start, in nanoseconds. */
    long spawnNanos() {
        return startedNanos - startingNanos;
    }

    /** To the first byte of its output; negative without one. */
    long firstByteNanos() {
        return firstByteNanos == 0 ? -1 : firstByteNanos - startingNanos;
    }

    long endNanos() {
        return endedNanos - startingNanos;
    }

    /** How it ended; null when it was not started. */
    @Nullable
    ExitStatus exit() {
        return exit;
    }

    /** The head that the client got, be it that of an error page. */
    @Nullable
    ResponseHead head() {
        return head;
    }

    /** The bytes of the body that the client got. */
    long bodyBytes() {
        return bodyBytes;
    }

    /** Whether the client saw the response end too early. */
    boolean isCut() {
        return cut;
    }

    /** Why gatepool failed the request; null when it did not. */
    @Nullable
    Failure failure() {
        return failure;
    }

    /** What kept the body of request or response from its way; null when nothing did. */
    @Nullable
    IOException bodyFailure() {
        return bodyFailure;
    }

    /** Where the response goes. */
    private final class Sink implements ResponseSink {

        @Override
        public void head(ResponseHead sent) {
            head = sent;
        }

        @Override
        public void content(ByteBuf bytes) {
            bodyBytes += bytes.readableBytes();
            try {
                bytes.readBytes(body, bytes.readableBytes());
            } catch (IOException e) {
                bodyFailure = e;
            } finally {
                bytes.release();
            }
        }

        @Override
        public void flush() {}

        @Override
        public void end(long appStatus) {
            answered = true;
            finishIfAll();
        }

        @Override
        public void abort() {
            cut = true;
            answered = true;
            finishIfAll();
        }

        @Override
        public boolean isWritable() {
            return true;
        }
    }
}
