package io.gatepool.pool;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.MalformedHead;
import io.gatepool.cgi.PathBytes;
import io.gatepool.cgi.ResponseHead;
import io.gatepool.cgi.ResponseHeadParser;
import io.gatepool.config.AppSettings;
import io.gatepool.config.Durations;
import io.gatepool.config.ReadyRequest;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Failure;
import io.gatepool.exchange.RequestBody;
import io.gatepool.exchange.Response;
import io.gatepool.exchange.ResponseSink;
import io.gatepool.fastcgi.ProtocolException;
import io.gatepool.fastcgi.RecordHandler;
import io.gatepool.fastcgi.RecordType;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The request that a new worker must answer before it gets any other ({@code ready}), over a connection of its own. It
 * is made once; whoever wants another try makes another check. Event loop only.
 */
final class ReadyCheck implements WorkerSocket.Listener, RecordHandler {

    private static final int REQUEST_ID = WorkerProtocol.ONLY_ID;

    private final PoolContext context;
    private final ReadyRequest wanted;
    private final Path path;
    private final Consumer<String> done;
    private final Exchange exchange;
    private final WorkerProtocol protocol;
    private final AnswerDecoder decoder;
    private final ResponseHeadParser parser;
    private ScheduledFuture<?> deadline;
    private @Nullable WorkerSocket socket;
    private boolean ended;
    /** What is to be told of the answer when its connection has ended. */
    private @Nullable String verdict;

    /**
     * @param path where the worker listens
     * @param done is told what came instead of the right answer, or an empty text; never before the constructor returns
     */
    ReadyCheck(AppSettings settings, ReadyRequest wanted, PoolContext context, Path path, Consumer<String> done) {
        this.context = context;
        this.wanted = wanted;
        this.path = path;
        this.done = done;
        this.protocol = WorkerProtocol.of(settings);
        this.decoder = protocol.decoder(this);
        this.parser = new ResponseHeadParser(settings.responseHead());
        this.exchange = new Exchange(
                0,
                Role.RESPONDER,
                false,
                environ(settings, wanted),
                new RequestBody(context.loop(), context.files(), 0),
                new RequestBody(context.loop(), context.files(), 0),
                new Response(context.loop(), context.files(), ResponseSink.NOWHERE, 0));
        this.deadline = deadline();
        exchange.whenOver(this::over);
        context.loop().execute(() -> Mapping.of(settings, context).map(exchange, this::send));
    }

    private ScheduledFuture<?> deadline() {
        return context.loop().schedule(this::late, wanted.timeout().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Where no probe has come before, the time does not begin before the worker has taken the request. */
    private void late() {
        WorkerSocket open = socket;
        if (protocol.endsWithConnection() && !ended && open != null && !open.isTaken()) {
            deadline = deadline();
        } else {
            end("did not answer within ready.timeout = " + Durations.text(wanted.timeout()));
        }
    }

    private static Environ environ(AppSettings settings, ReadyRequest wanted) {
        int query = wanted.path().indexOf('?');
        String below = query < 0 ? wanted.path() : wanted.path().substring(0, query);
        Environ environ = new Environ();
        environ.set("GATEWAY_INTERFACE", "CGI/1.1");
        environ.set("SERVER_SOFTWARE", "gatepool");
        environ.set("SERVER_PROTOCOL", "HTTP/1.1");
        environ.set("SERVER_NAME", "localhost");
        environ.set("SERVER_PORT", "80");
        environ.set("SERVER_ADDR", "127.0.0.1");
        environ.set("REMOTE_ADDR", "127.0.0.1");
        environ.set("REMOTE_PORT", "0");
        environ.set("REQUEST_METHOD", "GET");
        environ.set("REQUEST_URI", PathBytes.utf8(Mapping.prefix(settings.mount()) + wanted.path()));
        environ.set("SCRIPT_NAME", PathBytes.utf8(Mapping.prefix(settings.mount()) + below));
        environ.set(
                "QUERY_STRING", PathBytes.utf8(query < 0 ? "" : wanted.path().substring(query + 1)));
        environ.set("HTTP_HOST", "localhost");
        environ.set("HTTP_USER_AGENT", "gatepool");
        return environ;
    }

    private void send(Exchange mapped) {
        if (ended) {
            return;
        }
        try {
            WorkerSocket connected = WorkerSocket.connect(context.loop(), path, this);
            socket = connected;
            protocol.writer(connected, REQUEST_ID, mapped).start();
            connected.flush();
        } catch (IOException e) {
            end("takes no connection: " + e.getMessage());
        }
    }

    private void over(Exchange failed) {
        Failure failure = failed.failure();
        end(failure == null ? "was not sent" : failure.detail());
    }

    /** Gives it up, or brings the news; whatever comes later is of no use. */
    private void end(String problem) {
        if (!ended) {
            close();
            done.accept(problem.isEmpty() ? "" : "GET " + wanted.path() + " " + problem);
        }
    }

    /** Nobody wants to know any more. */
    void close() {
        ended = true;
        deadline.cancel(false);
        decoder.stop();
        exchange.cancel();
        if (socket != null) {
            socket.close();
        }
    }

    // ---- the answer ----

    @Override
    public boolean isAllAnswered(ByteBuf bytes) {
        return false;
    }

    @Override
    public void received(WorkerSocket from, ByteBuf bytes) {
        try {
            decoder.decode(bytes);
        } catch (ProtocolException e) {
            end("was answered with no " + protocol.text() + ": " + e.getMessage());
        }
    }

    @Override
    public void stream(RecordType type, int id, ByteBuf in, int length) {
        if (type != RecordType.STDOUT || id != REQUEST_ID || ended || verdict != null) {
            return;
        }
        try {
            ResponseHead head = parser.feed(in.slice(in.readerIndex(), length));
            if (head != null) {
                int status = head.status();
                judge(status == wanted.status() ? "" : "was answered with " + status + ", not " + wanted.status());
            }
        } catch (MalformedHead e) {
            judge("was answered with a malformed head: " + e.getMessage());
        }
    }

    /** The rest of the answer is read too, where to close before its end would be a fault to the worker. */
    private void judge(String problem) {
        verdict = problem;
        if (!protocol.endsWithConnection()) {
            end(problem);
        }
    }

    @Override
    public void endRequest(int id, long appStatus, int protocolStatus) {
        if (id == REQUEST_ID) {
            end("was not answered");
        }
    }

    @Override
    public void receivedAll(WorkerSocket from) {}

    @Override
    public void writable(WorkerSocket open) {}

    @Override
    public void closed(WorkerSocket lost) {
        end(verdict == null ? "was not answered: the worker closed the connection" : verdict);
    }

    @Override
    public void failed(RuntimeException mistake) {
        end("could not be sent: " + mistake);
    }
}
