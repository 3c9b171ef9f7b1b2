package io.gatepool.front;

import io.gatepool.cgi.Environ;
import io.gatepool.config.Durations;
import io.gatepool.exchange.Application;
import io.gatepool.exchange.Cause;
import io.gatepool.fastcgi.ProtocolException;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection from a web server that speaks SCGI or uwsgi: it brings one request, gets one answer, and ends with it.
 * Owned by the event loop.
 */
final class SoloConnection extends ChannelInboundHandlerAdapter implements SoloDecoder.Handler, OpenConnections.Member {

    /** So much of a body that nobody wants is read and dropped, so that the web server gets to read the answer. */
    private static final int LINGER_BYTES = 16 << 20;

    private static final int LINGER_SECONDS = 5;

    /** A request that was under way when its address was closed has so long to show itself. */
    private static final int GRACE_MILLIS = 1000;

    private final SoloFront front;
    private final FrontContext shared;
    private final SoloProtocol protocol;
    private final SoloDecoder decoder;
    private final long openedNanos = System.nanoTime();
    private @Nullable ChannelHandlerContext context;
    private @Nullable Intake intake;
    private boolean trustedPeer;
    private boolean inputShut;
    private boolean outputShut;
    private boolean ending;
    private boolean sent;
    private long lingered;

    SoloConnection(SoloFront front, FrontContext shared, SoloProtocol protocol) {
        this.front = front;
        this.shared = shared;
        this.protocol = protocol;
        this.decoder = new SoloDecoder(protocol.newHead(), this);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not in a pipeline yet");
        }
        return context;
    }

    long openedNanos() {
        return openedNanos;
    }

    /** Whether a request is to come, or its answer has not gone out. */
    @Override
    public boolean isBusy() {
        return !sent;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        trustedPeer = shared.trusted().test(ctx.channel().remoteAddress());
        front.opened(this);
        super.channelActive(ctx);
    }

    /** The address is closed: a request that has begun is served, and one that the web server has sent already. */
    @Override
    public void drain() {
        context()
                .executor()
                .schedule(
                        () -> {
                            if (!decoder.isBegun()) {
                                context().close();
                            }
                        },
                        GRACE_MILLIS,
                        TimeUnit.MILLISECONDS);
    }

    /** Its head has not come in time. */
    void late() {
        front.log()
                .info(
                        "connection from {} closed: {} within {} (http.header_timeout)",
                        peer(),
                        decoder.isBegun() ? "the head was not complete" : "nothing came",
                        Durations.text(front.headTimeout()));
        context().close();
    }

    // ---- from the web server ----

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            if (ending) {
                lingered += in.readableBytes();
                if (lingered > LINGER_BYTES) {
                    ctx.close();
                }
            } else {
                decoder.decode(in);
            }
        } catch (ProtocolException e) {
            front.log().warn("connection from {} closed: {}", peer(), e.getMessage());
            ctx.close();
        } finally {
            in.release();
        }
    }

    @Override
    public void head(Environ environ, String refusal) {
        front.headIsComplete(this);
        SoloEnviron.complete(environ);
        Application application = front.router().route(environ);
        SoloReply reply = new SoloReply(this, protocol, front.log(), environ.is("REQUEST_METHOD", "HEAD"));
        Intake begun = new Intake(shared, application, Role.RESPONDER, environ, reply, false, trustedPeer);
        intake = begun;
        begun.body().whenWritten(this::readOn);
        if (refusal.isEmpty()) {
            begun.begin();
        } else {
            begun.exchange().fail(Cause.HEADERS_TOO_LARGE, refusal);
        }
    }

    @Override
    public void body(ByteBuf piece) {
        if (intake != null) {
            intake.append(piece);
            if (!intake.exchange().isOver() && intake.body().isCongested()) {
                // A disk that does not keep up with an upload holds the sender, not the daemon's memory.
                context().channel().config().setAutoRead(false);
            }
        }
    }

    @Override
    public void end() {
        if (intake != null) {
            intake.submit();
        }
    }

    /** Not after the end of the input: Netty has taken the socket out of epoll then, and fails to put it back. */
    private void readOn() {
        if (!inputShut) {
            context().channel().config().setAutoRead(true);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() && intake != null) {
            intake.exchange().writable();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            inputShut(ctx);
        }
        super.userEventTriggered(ctx, event);
    }

    /** The peer will send no more. On a Unix socket, where we hear of that, it may still read. */
    private void inputShut(ChannelHandlerContext ctx) {
        inputShut = true;
        if (HalfClosed.hasGone(ctx.channel()) || outputShut || !(decoder.isComplete() || ending)) {
            ctx.close();
            return;
        }
        HalfClosed.keepInEpoll(ctx.channel());
        HalfClosed.awaitHangUp(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        front.closed(this);
        if (!ending && decoder.isBegun() && !decoder.isComplete()) {
            front.log()
                    .debug(
                            "connection from {} ended in the middle of {}",
                            peer(),
                            decoder.isHeadComplete() ? "a body" : "a head");
        }
        decoder.stop();
        if (intake != null) {
            intake.exchange().cancel();
        }
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ConnectionFault.tell(front.log(), ctx.channel(), cause);
        ctx.close();
    }

    private String peer() {
        return ConnectionFault.peer(context().channel());
    }

    // ---- to the web server ----

    /** The answer is complete: the end of the connection tells so. */
    void answered() {
        if (ending) {
            return;
        }
        ending = true;
        decoder.stop();
        front.headIsComplete(this);
        ChannelHandlerContext ctx = context();
        readOn();
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> {
            sent = true;
            if (!done.isSuccess() || inputShut || decoder.isComplete()) {
                ctx.close();
            } else {
                linger(ctx);
            }
        });
    }

    /** To close with input unread would be a reset, and could cost the web server the answer. */
    private void linger(ChannelHandlerContext ctx) {
        outputShut = true;
        ((DuplexChannel) ctx.channel()).shutdownOutput();
        Patience.closeAfter(ctx, LINGER_SECONDS, TimeUnit.SECONDS);
    }

    /** The answer ends incomplete. Only a reset tells that where no length was announced, and only TCP has one. */
    void cut() {
        if (ending) {
            return;
        }
        ending = true;
        decoder.stop();
        Channel channel = context().channel();
        context()
                .writeAndFlush(Unpooled.EMPTY_BUFFER)
                .addListener(done -> {
                    sent = true;
                    if (channel instanceof SocketChannel) {
                        channel.config().setOption(ChannelOption.SO_LINGER, 0);
                    }
                })
                .addListener(ChannelFutureListener.CLOSE);
    }
}
