package io.gatepool.pool;

import io.gatepool.fastcgi.NameValues;
import io.gatepool.fastcgi.ProtocolException;
import io.gatepool.fastcgi.RecordDecoder;
import io.gatepool.fastcgi.RecordEncoder;
import io.gatepool.fastcgi.RecordHandler;
import io.gatepool.process.Descriptors;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.UnixChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out when a new worker is ready. A successful connect says nothing, since gatepool itself has called listen; so
 * the probe asks FCGI_GET_VALUES (FastCGI 4.1), which every conforming application answers. One that does not answer is
 * ready when it has taken the question, or closed the connection, and is still alive after the grace. One that never
 * accepts never becomes ready.
 *
 * <p>Owned by the event loop.
 */
@ChannelHandler.Sharable // by one connection after the other
final class WorkerProbe extends ChannelInboundHandlerAdapter implements RecordHandler {

    private final long since = System.nanoTime();
    private final Duration grace;
    private final Runnable ready;
    private final RecordDecoder decoder = new RecordDecoder(this);
    private final PoolContext context;
    private final Path socket;
    private @Nullable Channel channel;
    private String problem = "";
    private Multiplexing.Told told = Multiplexing.Told.NOTHING;
    private boolean refused;
    private boolean closed;

    WorkerProbe(PoolContext context, Path socket, Duration grace, Runnable ready) {
        this.grace = grace;
        this.ready = ready;
        this.context = context;
        this.socket = socket;
        connect();
    }

    /** It may fail through no fault of the worker's: there are no descriptors, or others fill its backlog. */
    private void connect() {
        problem = "";
        new Bootstrap()
                .group(context.loop())
                .channel(EpollDomainSocketChannel.class)
                .handler(this)
                .connect(new DomainSocketAddress(socket.toFile()))
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        String why = String.valueOf(done.cause().getMessage());
                        // Where there was no channel it is told on another thread.
                        context.loop().execute(() -> problem = why);
                    }
                });
    }

    /** Why it could not even be asked; empty if it could. */
    String problem() {
        return problem;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        channel = ctx.channel();
        if (closed) {
            ctx.close();
            return;
        }
        ByteBuf question = ctx.alloc().directBuffer(128);
        RecordEncoder.getValues(question, "FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS");
        // libfcgi reads the names as a stream and answers only when an empty record has ended it.
        RecordEncoder.getValues(question);
        ctx.writeAndFlush(question);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            decoder.decode(in);
        } catch (ProtocolException e) {
            ctx.close();
        } finally {
            in.release();
        }
    }

    @Override
    public void getValuesResult(ByteBuf in, int length) throws ProtocolException {
        told = told(NameValues.toMap(in, length));
        answered();
    }

    /** What the values mean; what is no number, or no sensible one, is as good as not said. */
    static Multiplexing.Told told(Map<String, String> values) {
        Multiplexing.Answer multiplexes =
                switch (values.getOrDefault("FCGI_MPXS_CONNS", "")) {
                    case "1" -> Multiplexing.Answer.YES;
                    case "0" -> Multiplexing.Answer.NO;
                    default -> Multiplexing.Answer.NOTHING;
                };
        String requests = values.getOrDefault("FCGI_MAX_REQS", "");
        return new Multiplexing.Told(multiplexes, requests.matches("[0-9]{1,9}") ? Integer.parseInt(requests) : 0);
    }

    /** What it has said of how many requests it takes. */
    Multiplexing.Told told() {
        return told;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        refused = true;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    /** Called ten times a second as long as nothing was answered. */
    void tick(long nowNanos) {
        if (!problem.isEmpty() && !closed) {
            connect();
        }
        if (nowNanos - since > grace.toNanos() && (refused || hasTakenTheQuestion())) {
            answered();
        }
    }

    private boolean hasTakenTheQuestion() {
        return channel instanceof UnixChannel unix
                && channel.isActive()
                && Descriptors.unreadByPeer(unix.fd().intValue()) == 0;
    }

    private void answered() {
        if (!closed) {
            close();
            ready.run();
        }
    }

    void close() {
        closed = true;
        decoder.stop();
        if (channel != null) {
            channel.close();
        }
    }
}
