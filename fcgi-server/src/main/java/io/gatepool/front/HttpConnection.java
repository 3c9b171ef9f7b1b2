package io.gatepool.front;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gatepool.cgi.Environ;
import io.gatepool.config.Durations;
import io.gatepool.config.HttpSettings;
import io.gatepool.exchange.Application;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One HTTP/1.1 connection: requests one after the other, pipelined ones waiting for their turn. Reading stops when more
 * has come than the request that is being answered, so a client cannot fill the memory with requests it has not got
 * answers to.
 *
 * <p>Owned by the event loop.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter implements OpenConnections.Member {

    private static final Logger LOG = LoggerFactory.getLogger("http");

    /** After an early answer so much of an unread body is dropped, that the client may read the answer. */
    private static final int LINGER_BYTES = 16 << 20;

    private static final int LINGER_SECONDS = 5;

    private static final int DRAIN_MILLIS = 50;

    /** The same for one that nothing has come on yet: who has just connected is about to send. */
    private static final int FIRST_REQUEST_MILLIS = 1000;

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII);
    private static final byte[] CLOSES = "connection: close\r\n".getBytes(US_ASCII);
    private static final byte[] STAYS = "connection: keep-alive\r\n".getBytes(US_ASCII);
    private static final byte[] NOTHING = {};

    /** Where a connection stands, for its timeouts. */
    enum Stage {
        IDLE,
        RECEIVING,
        ANSWERING
    }

    private final FrontContext shared;
    private final HttpSettings settings;
    private final HttpFront front;
    /** Nearly always empty: it takes no room before it has to. */
    private final Deque<HttpObject> pipelined = new ArrayDeque<>(0);

    private @Nullable ChannelHandlerContext context;
    private @Nullable HttpEnviron environs;
    private @Nullable Intake intake;
    private @Nullable HttpReply reply;
    private Stage stage = Stage.IDLE;
    private boolean trustedPeer;
    private boolean keepAlive;
    private boolean http10;
    private boolean discarding;
    private boolean used;
    private boolean draining;
    private boolean parted;
    private long discarded;
    private long lastReadNanos = System.nanoTime();
    private final HttpDecoder decoder;
    private final SendWatch sending = new SendWatch();

    HttpConnection(HttpFront front, FrontContext shared, HttpSettings settings, HttpDecoder decoder) {
        this.decoder = decoder;
        this.front = front;
        this.shared = shared;
        this.settings = settings;
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return context;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        trustedPeer = shared.trusted().test(ctx.channel().remoteAddress());
        front.open().opened(this);
        super.channelActive(ctx);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        lastReadNanos = System.nanoTime();
        if (discarding) {
            discard(message);
        } else if (stage == Stage.ANSWERING || !pipelined.isEmpty()) {
            pipelined.add((HttpObject) message);
            // Only now: to stop and go on with each request would be two calls of the kernel.
            context().channel().config().setAutoRead(false);
        } else {
            receive((HttpObject) message);
        }
    }

    private void discard(Object message) {
        if (message instanceof HttpContent content) {
            discarded += content.content().readableBytes();
        }
        ReferenceCountUtil.release(message);
        if (discarded > LINGER_BYTES) {
            context().close();
        }
    }

    private void receive(HttpObject message) {
        try {
            if (message.decoderResult().isFailure()) {
                refuse(HttpRefusal.ofDecoder(message.decoderResult().cause()));
                return;
            }
            if (message instanceof HttpRequest request) {
                begin(request);
            }
            if (message instanceof HttpContent content && intake != null) {
                intake.append(content.content());
                // It may have been refused, and answered, in this moment.
                if (isCongested()) {
                    context().channel().config().setAutoRead(false);
                }
            }
            if (message instanceof LastHttpContent && intake != null) {
                complete(intake);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(HttpRequest request) {
        stage = Stage.RECEIVING;
        used = true;
        keepAlive = HttpUtil.isKeepAlive(request) && !draining;
        HttpRefusal refusal = HttpRefusal.of(request);
        RequestTarget target = null;
        if (refusal == null) {
            try {
                target = RequestTarget.parse(request.uri());
            } catch (RequestTarget.Bad e) {
                refusal = new HttpRefusal(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
            }
        }
        if (refusal != null || target == null) {
            refuse(refusal);
            return;
        }
        ChannelHandlerContext ctx = context();
        Environ environ = environs().of(request, target);
        Application application = front.router().route(target.path());
        boolean http11 = request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0;
        http10 = !http11;
        HttpReply begun = new HttpReply(this, ctx, request.method().equals(HttpMethod.HEAD), http11);
        reply = begun;
        Intake made = new Intake(shared, application, Role.RESPONDER, environ, begun, true, trustedPeer);
        if (discarding) {
            // Refused at once (too large): it has been answered already.
            return;
        }
        intake = made;
        made.body().whenWritten(this::relieved);
        if (http11 && HttpUtil.is100ContinueExpected(request)) {
            ctx.writeAndFlush(Unpooled.wrappedBuffer(CONTINUE));
        }
        made.begin();
    }

    /** Made when there is a request: many connections are closed without one. */
    private HttpEnviron environs() {
        HttpEnviron made = environs;
        if (made == null) {
            Channel channel = context().channel();
            made = new HttpEnviron(front.server(channel.localAddress()), channel.remoteAddress());
            environs = made;
        }
        return made;
    }

    /** The disk, or the script, has caught up with the body. */
    private void relieved() {
        lastReadNanos = System.nanoTime();
        context().channel().config().setAutoRead(pipelined.isEmpty());
    }

    private void complete(Intake received) {
        stage = Stage.ANSWERING;
        received.submit();
    }

    /** Answers a request that never gets to an application, and closes: the framing of what follows is not trusted. */
    private void refuse(@Nullable HttpRefusal refusal) {
        HttpRefusal why = refusal == null ? HttpRefusal.BAD : refusal;
        // Clients that are late come by the thousand and mean nothing.
        LOG.atLevel(why.status().equals(HttpResponseStatus.REQUEST_TIMEOUT) ? Level.DEBUG : Level.INFO)
                .log(
                        "request from {} refused: {} {}",
                        ConnectionFault.peer(context().channel()),
                        why.status().code(),
                        why.detail());
        if (intake != null) {
            intake.exchange().cancel();
        }
        if (reply != null && reply.hasBegun()) {
            // A script that reads its body as it comes has begun to answer: all that can be told is a visible end.
            context().close();
            return;
        }
        context().writeAndFlush(Unpooled.wrappedBuffer(why.response()));
        linger();
    }

    /** The value of the field Date. */
    byte[] date() {
        return front.date();
    }

    /**
     * Settles, as the head goes out, whether the connection stays.
     *
     * @return the line that tells the client; empty if there is nothing to tell
     */
    byte[] announceEnd(boolean close) {
        keepAlive &= !close && !draining && stage == Stage.ANSWERING;
        if (!keepAlive) {
            return CLOSES;
        }
        // RFC 9112, C.2.2: such a client waits for the end of the connection unless it is told.
        return http10 ? STAYS : NOTHING;
    }

    /** The response has gone out to its end. */
    void answered(boolean close) {
        intake = null;
        reply = null;
        if (!keepAlive || close) {
            linger();
            return;
        }
        stage = Stage.IDLE;
        lastReadNanos = System.nanoTime();
        decoder.restartClock();
        if (pipelined.isEmpty()) {
            context().channel().config().setAutoRead(true);
        } else {
            // Not from within the answer to the last one: a long pipeline must not become a deep stack.
            context().executor().execute(this::nextPipelined);
        }
    }

    private void nextPipelined() {
        while (stage != Stage.ANSWERING && !discarding) {
            HttpObject message = pipelined.poll();
            if (message == null) {
                context().channel().config().setAutoRead(!isCongested());
                return;
            }
            receive(message);
        }
    }

    /**
     * Sends the end of our side, reads what still comes (or a reset would cost the client the answer), then closes.
     * That begins when the last byte has gone out: Netty drops what is still on its way when the output is shut.
     */
    private void linger() {
        intake = null;
        reply = null;
        discarding = true;
        pipelined.forEach(ReferenceCountUtil::release);
        pipelined.clear();
        ChannelHandlerContext ctx = context();
        if (!ctx.channel().isActive()) {
            return;
        }
        ctx.channel().config().setAutoRead(true);
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            if (!sent.isSuccess()) {
                ctx.close();
                return;
            }
            parted = true;
            endOutput(ctx);
            Patience.closeAfter(ctx, LINGER_SECONDS, TimeUnit.SECONDS);
        });
    }

    /** Over TLS the end must be said before it is shown, or the client takes it for a truncation (RFC 8446, 6.1). */
    private void endOutput(ChannelHandlerContext ctx) {
        DuplexChannel channel = (DuplexChannel) ctx.channel();
        SslHandler encryption = encryption();
        if (encryption == null) {
            channel.shutdownOutput();
        } else {
            encryption.closeOutbound().addListener(said -> channel.shutdownOutput());
        }
    }

    private @Nullable SslHandler encryption() {
        return context().pipeline().get(SslHandler.class);
    }

    /**
     * The daemon is being stopped: no further request on this connection. One that the kernel has received already is
     * read in the next round of the loop, and answered; so is the first one of whoever has just connected.
     */
    @Override
    public void drain() {
        draining = true;
        context()
                .executor()
                .schedule(this::closeIfIdle, used ? DRAIN_MILLIS : FIRST_REQUEST_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void closeIfIdle() {
        if (stage == Stage.IDLE && !decoder.isInHead() && pipelined.isEmpty()) {
            parted = true;
            context().close();
        }
    }

    /** Whether there is a request, or an answer, that is not through. */
    @Override
    public boolean isBusy() {
        return !parted;
    }

    /** Called every second. */
    void checkTimeouts(long nowNanos) {
        if (!context().channel().isActive()) {
            return;
        }
        if (sending.isStuck(context().channel(), nowNanos, settings.sendTimeout())) {
            LOG.info(
                    "connection from {} closed: it took nothing for {} (http.send_timeout)",
                    ConnectionFault.peer(context().channel()),
                    Durations.text(settings.sendTimeout()));
            context().close();
            return;
        }
        if (stage == Stage.IDLE && decoder.isInHead()) {
            checkHead(nowNanos);
            return;
        }
        long silent = nowNanos - lastReadNanos;
        if (stage == Stage.IDLE && silent > settings.keepAlive().toNanos()) {
            context().close();
        } else if (stage == Stage.RECEIVING
                && !discarding
                && !isCongested()
                && silent > settings.readTimeout().toNanos()) {
            refuse(silence());
        }
    }

    private void checkHead(long nowNanos) {
        if (discarding) {
            return;
        }
        if (nowNanos - decoder.headSinceNanos() > settings.headerTimeout().toNanos()) {
            refuse(new HttpRefusal(
                    HttpResponseStatus.REQUEST_TIMEOUT,
                    "the head took more than " + Durations.text(settings.headerTimeout()) + " (http.header_timeout)"));
        } else if (nowNanos - decoder.lastReadNanos() > settings.readTimeout().toNanos()) {
            refuse(silence());
        }
    }

    private HttpRefusal silence() {
        return new HttpRefusal(
                HttpResponseStatus.REQUEST_TIMEOUT,
                "nothing came for " + Durations.text(settings.readTimeout()) + " (http.read_timeout)");
    }

    private boolean isCongested() {
        return intake != null && intake.body().isCongested();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (intake != null && ctx.channel().isWritable()) {
            intake.exchange().writable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        front.open().closed(this);
        if (intake != null) {
            intake.exchange().cancel();
        }
        if (reply != null) {
            reply.drop();
        }
        pipelined.forEach(ReferenceCountUtil::release);
        pipelined.clear();
        discarding = true;
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ConnectionFault.tell(LOG, ctx.channel(), cause);
        ctx.close();
    }
}
