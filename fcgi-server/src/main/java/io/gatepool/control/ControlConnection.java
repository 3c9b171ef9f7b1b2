package io.gatepool.control;

import com.fasterxml.jackson.jr.ob.JSON;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of the control socket: one line comes, one line goes, and it is closed. Whoever sends too much, or
 * nothing, or does not take the answer, is closed too. Owned by the event loop.
 */
final class ControlConnection extends ChannelInboundHandlerAdapter implements Commands.Reply {

    /** The longest request, in bytes. */
    static final int LONGEST_REQUEST = 8192;

    /** The largest answer, in bytes: it lies in memory until the client has taken it. */
    static final int LARGEST_ANSWER = 1 << 20;

    /** How long a client may take to send its request, and then to take the answer. */
    private static final long PATIENCE_SECONDS = 5;

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");

    private final ControlService service;
    private final StringBuilder line = new StringBuilder();
    private @Nullable ChannelHandlerContext context;
    private boolean entered;
    private boolean asked;
    private boolean waitsForTheEnd;

    ControlConnection(ControlService service) {
        this.service = service;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        closeLater(ctx);
        PeerCheck.Verdict peer = service.peers().look((EpollDomainSocketChannel) ctx.channel());
        if (!peer.served()) {
            LOG.warn("control socket: {} refused", peer.who());
            asked = true;
            rejected(new Rejection(
                    "not-allowed",
                    "only root, gatepool's own user and the members of control_group are answered, not " + peer.who(),
                    "",
                    "be one of them"));
        } else if (!service.enter()) {
            asked = true;
            rejected(new Rejection(
                    "busy",
                    ControlService.MOST_CONNECTIONS + " others are asking at this moment",
                    "",
                    "try again in some seconds"));
        } else {
            entered = true;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (entered) {
            entered = false;
            service.leave();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            read(bytes);
        } finally {
            bytes.release();
        }
    }

    private void read(ByteBuf bytes) {
        if (asked) {
            return;
        }
        int end = bytes.bytesBefore((byte) '\n');
        int length = end < 0 ? bytes.readableBytes() : end;
        if (line.length() + length > LONGEST_REQUEST) {
            asked = true;
            rejected(new Rejection(
                    "bad-request",
                    "the request is longer than " + LONGEST_REQUEST + " bytes",
                    "request",
                    "one line of JSON is wanted"));
            return;
        }
        // Bytes for the present: a character may come in two pieces.
        line.append(bytes.toString(bytes.readerIndex(), length, StandardCharsets.ISO_8859_1));
        if (end >= 0) {
            ask();
        }
    }

    /** A client that has said all it has to say need not end its line. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent && !asked) {
            if (line.isEmpty()) {
                ctx.close();
            } else {
                ask();
            }
        }
    }

    private void ask() {
        asked = true;
        String text = new String(line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        service.thread().execute(() -> {
            try {
                ControlRequest request = ControlRequest.parse(text);
                onLoop(() -> run(request));
            } catch (Rejection e) {
                onLoop(() -> rejected(e));
            }
        });
    }

    private void run(ControlRequest request) {
        try {
            service.commands().run(request, this);
        } catch (RuntimeException mistake) {
            LOG.error("control socket: {}", request, mistake);
            rejected(mistaken(mistake));
        }
    }

    /** A mistake of ours; without an answer the client would wait, and the connection stay. */
    private static Rejection mistaken(RuntimeException mistake) {
        return new Rejection("internal", "gatepool has made a mistake: " + mistake, "", "the log has more");
    }

    private void onLoop(Runnable action) {
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            ctx.executor().execute(action);
        }
    }

    @Override
    public void ok(Supplier<Map<String, Object>> content) {
        answer(() -> Map.of("ok", content.get()));
    }

    @Override
    public void okUntilTheEnd(Supplier<Map<String, Object>> content) {
        waitsForTheEnd = true;
        ok(content);
    }

    @Override
    public void rejected(Rejection rejection) {
        answer(() -> Map.of("error", error(rejection)));
    }

    private static Map<String, Object> error(Rejection rejection) {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("code", rejection.code());
        error.put("what", String.valueOf(rejection.getMessage()));
        error.put("where", rejection.where());
        error.put("remedy", rejection.remedy());
        return error;
    }

    private void answer(Supplier<Map<String, Object>> content) {
        service.thread().execute(() -> {
            byte[] bytes = encoded(content);
            onLoop(() -> send(bytes));
        });
    }

    private static byte[] encoded(Supplier<Map<String, Object>> content) {
        byte[] bytes;
        try {
            bytes = json(content.get());
        } catch (RuntimeException mistake) {
            LOG.error("control socket", mistake);
            bytes = json(Map.of("error", error(mistaken(mistake))));
        }
        return bytes.length <= LARGEST_ANSWER
                ? bytes
                : json(Map.of(
                        "error",
                        error(new Rejection(
                                "too-large",
                                "the answer has " + bytes.length + " bytes, " + LARGEST_ANSWER + " is the limit",
                                "",
                                "ask for one app"))));
    }

    private static byte[] json(Map<String, Object> content) {
        try {
            Map<String, Object> whole = new LinkedHashMap<>();
            whole.put("protocol", ControlSocket.PROTOCOL);
            whole.putAll(content);
            return (JSON.std.asString(whole) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("no JSON: " + content, e);
        }
    }

    private void send(byte[] bytes) {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            return;
        }
        closeLater(ctx);
        ChannelFuture sent = ctx.writeAndFlush(Unpooled.wrappedBuffer(bytes));
        if (!waitsForTheEnd) {
            sent.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** The limit begins anew with the answer: what was asked may take its time. */
    private void closeLater(ChannelHandlerContext ctx) {
        boolean forRequest = !asked;
        ctx.executor()
                .schedule(
                        () -> {
                            if (forRequest ? !asked : !waitsForTheEnd) {
                                ctx.close();
                            }
                        },
                        PATIENCE_SECONDS,
                        TimeUnit.SECONDS);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("control socket: {}", cause.toString());
        ctx.close();
    }
}
