package io.gatepool.front;

import io.gatepool.fastcgi.NameValues;
import io.gatepool.fastcgi.ProtocolException;
import io.gatepool.fastcgi.ProtocolStatus;
import io.gatepool.fastcgi.RecordDecoder;
import io.gatepool.fastcgi.RecordEncoder;
import io.gatepool.fastcgi.RecordHandler;
import io.gatepool.fastcgi.RecordHeader;
import io.gatepool.fastcgi.RecordType;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection from a web server that speaks FastCGI to us: we are the application of the specification. Requests of
 * several ids may be interleaved on it and are answered in any order; the connection never waits for one of them.
 *
 * <p>Small records gather in one buffer, so that a small response with its END_REQUEST is one write; larger content
 * passes through without a copy, its new header written over that of the worker. nginx is never sent anything it did
 * not ask for.
 *
 * <p>Owned by the event loop.
 */
final class FastCgiConnection extends ChannelInboundHandlerAdapter implements RecordHandler, OpenConnections.Member {

    static final Logger LOG = LoggerFactory.getLogger("fastcgi");

    /** What FCGI_GET_VALUES answers as FCGI_MAX_REQS, and the limit: a peer cannot make us hold more at once. */
    private static final int MAX_REQUESTS = 1024;

    /** Content up to here is copied behind its record header; above, it goes out as it is. */
    private static final int COPY_LIMIT = 8 * 1024;

    /** The same for content that its header can be written in front of, as that of most workers. */
    private static final int SMALL = 2 * 1024;

    /** Pending small records go out at this size at the latest. */
    private static final int FLUSH_SIZE = 64 * 1024;

    /** Without KEEP_CONN, so much of what the web server still sends is read and dropped before the close. */
    private static final int LINGER_BYTES = 16 << 20;

    private static final int LINGER_SECONDS = 5;

    /** What a kept connection may still have on its way when the daemon is being stopped. */
    private static final int DRAIN_MILLIS = 50;

    /** The same for one that nothing has come on yet: who has just connected is about to send. */
    private static final int FIRST_REQUEST_MILLIS = 1000;

    private final FastCgiFront front;
    private final FrontContext shared;
    private final RecordDecoder decoder = new RecordDecoder(this);
    private final IntObjectMap<FastCgiRequest> requests = new IntObjectHashMap<>(4);
    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf pending;
    private boolean trustedPeer;
    private boolean reading;
    private boolean lingering;
    private boolean inputShut;
    private boolean outputShut;
    private boolean used;
    private boolean draining;
    private boolean closing;
    private long lingered;

    FastCgiConnection(FastCgiFront front, FrontContext shared) {
        this.front = front;
        this.shared = shared;
    }

    FrontContext shared() {
        return shared;
    }

    Router router() {
        return front.router();
    }

    /** Whether the web server may say what a request is called. */
    boolean isTrusted() {
        return trustedPeer;
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

    @Override
    public void channelActive(ChannelHandlerContext ctx) throws Exception {
        trustedPeer = shared.trusted().test(ctx.channel().remoteAddress());
        front.open().opened(this);
        super.channelActive(ctx);
    }

    /**
     * The daemon is being stopped: what is in flight is answered. That includes a request that the kernel has received
     * already, and the first one of whoever has just connected; nothing else is taken.
     */
    @Override
    public void drain() {
        if (!draining && !closing) {
            draining = true;
            context()
                    .executor()
                    .schedule(this::drained, used ? DRAIN_MILLIS : FIRST_REQUEST_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void drained() {
        if (draining) {
            draining = false;
            closing = true;
            lingerIfDone();
        }
    }

    /** Whether a request may still come that is to be answered. */
    @Override
    public boolean isBusy() {
        return draining && !closing && !lingering;
    }

    // ---- from the web server ----

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        reading = true;
        try {
            if (lingering) {
                lingered += in.readableBytes();
                if (lingered > LINGER_BYTES) {
                    ctx.close();
                }
            } else {
                decoder.decode(in);
            }
        } catch (ProtocolException e) {
            LOG.warn(
                    "connection from {} closed: {}",
                    ConnectionFault.peer(context().channel()),
                    e.getMessage());
            ctx.close();
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        flush();
    }

    /** A disk that does not keep up with an upload holds the sender, not the daemon's memory. */
    void congested() {
        context().channel().config().setAutoRead(false);
    }

    /** The disk has caught up with one request. */
    void relieved() {
        if (requests.values().stream().noneMatch(FastCgiRequest::isCongested)) {
            readOn();
        }
    }

    /** Not after the end of the input: Netty has taken the socket out of epoll then, and fails to put it back. */
    private void readOn() {
        if (!inputShut) {
            context().channel().config().setAutoRead(true);
        }
    }

    @Override
    public void beginRequest(int requestId, int roleCode, boolean keepConnection) throws ProtocolException {
        if (requests.containsKey(requestId)) {
            throw new ProtocolException("BEGIN_REQUEST for request id " + requestId + ", which is in flight");
        }
        Role role = Role.of(roleCode);
        if (role == null) {
            refuse(requestId, ProtocolStatus.UNKNOWN_ROLE, keepConnection);
        } else if (requests.size() >= MAX_REQUESTS) {
            refuse(requestId, ProtocolStatus.OVERLOADED, keepConnection);
        } else {
            used = true;
            // One that is late gets a page: to FCGI_OVERLOADED no web server makes an answer.
            requests.put(requestId, new FastCgiRequest(this, requestId, role, keepConnection, closing));
        }
    }

    private void refuse(int requestId, ProtocolStatus status, boolean keepConnection) {
        RecordEncoder.endRequest(pending(), requestId, 0, status);
        written();
        closing |= !keepConnection;
        lingerIfDone();
    }

    @Override
    public void stream(RecordType type, int requestId, ByteBuf in, int length) throws ProtocolException {
        FastCgiRequest request = requests.get(requestId);
        if (request != null) {
            request.stream(type, in, length);
        }
    }

    @Override
    public void streamEnd(RecordType type, int requestId) throws ProtocolException {
        FastCgiRequest request = requests.get(requestId);
        if (request != null) {
            request.streamEnd(type);
        }
    }

    @Override
    public void abortRequest(int requestId) {
        FastCgiRequest request = requests.get(requestId);
        if (request != null) {
            request.abortedByPeer();
        }
    }

    @Override
    public void getValues(ByteBuf in, int length) throws ProtocolException {
        Map<String, String> answer = new LinkedHashMap<>();
        for (String name : NameValues.toMap(in, length).keySet()) {
            switch (name) {
                case "FCGI_MAX_CONNS", "FCGI_MAX_REQS" -> answer.put(name, Integer.toString(MAX_REQUESTS));
                case "FCGI_MPXS_CONNS" -> answer.put(name, "1");
                default -> {}
            }
        }
        RecordEncoder.getValuesResult(pending(), answer);
        written();
    }

    @Override
    public void unknownManagement(int type) {
        RecordEncoder.unknownType(pending(), type);
        written();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            for (FastCgiRequest request : List.copyOf(requests.values())) {
                request.writable();
            }
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
        if (event instanceof ChannelInputShutdownEvent) {
            inputShut(ctx);
        }
        super.userEventTriggered(ctx, event);
    }

    /**
     * The peer will send no more. On a Unix socket that may be a half-close, and it still reads; on TCP the two cannot
     * be told apart, and with a request in flight it is an abort.
     */
    private void inputShut(ChannelHandlerContext ctx) {
        inputShut = true;
        if (HalfClosed.hasGone(ctx.channel()) || outputShut) {
            ctx.close();
            return;
        }
        HalfClosed.keepInEpoll(ctx.channel());
        HalfClosed.awaitHangUp(ctx);
        for (FastCgiRequest request : List.copyOf(requests.values())) {
            request.inputEnded();
        }
        lingerIfDone();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        front.open().closed(this);
        decoder.stop();
        for (FastCgiRequest request : List.copyOf(requests.values())) {
            request.connectionLost();
        }
        requests.clear();
        if (pending != null) {
            pending.release();
            pending = null;
        }
        super.channelInactive(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ConnectionFault.tell(LOG, ctx.channel(), cause);
        ctx.close();
    }

    // ---- to the web server ----

    boolean isWritable() {
        return context().channel().isWritable();
    }

    /**
     * Writes content as records of {@code type}; the buffer passes to the connection, with what lies in front of its
     * reader index ({@link FastCgiRequest#content}).
     */
    void write(RecordType type, int requestId, ByteBuf content) {
        if (!context().channel().isActive()) {
            content.release();
            return;
        }
        int size = content.readableBytes();
        boolean hasRoom = content.readerIndex() >= RecordHeader.LENGTH && size <= RecordHeader.MAX_CONTENT;
        if (size <= (hasRoom ? SMALL : COPY_LIMIT)) {
            RecordEncoder.stream(pendingFor(size), type, requestId, content);
            content.release();
            written();
            return;
        }
        if (hasRoom) {
            RecordHeader.prepend(content, type, requestId);
            passPending();
            pass(content);
            return;
        }
        while (content.isReadable()) {
            int length = Math.min(content.readableBytes(), RecordHeader.MAX_CONTENT);
            RecordHeader.write(pending(), type, requestId, length, 0);
            passPending();
            pass(content.readRetainedSlice(length));
        }
        content.release();
    }

    /** A buffer for small records, to be followed by {@link #written}. */
    ByteBuf pending() {
        if (pending == null) {
            pending = context().alloc().directBuffer(1024);
        }
        return pending;
    }

    /** The same with room for so much; who writes a lot writes more, and to grow is to copy. */
    private ByteBuf pendingFor(int length) {
        ByteBuf out = pending();
        int room = FLUSH_SIZE + COPY_LIMIT + RecordHeader.LENGTH;
        // While input is being decoded nothing goes out, and it may have grown beyond that: a smaller one would be cut.
        if (out.writableBytes() < length + RecordHeader.LENGTH && out.capacity() < room) {
            out.capacity(room);
        }
        return out;
    }

    void written() {
        if (pending != null && pending.readableBytes() >= FLUSH_SIZE) {
            flush();
        }
    }

    private void passPending() {
        if (pending != null) {
            ByteBuf out = pending;
            pending = null;
            pass(out);
        }
    }

    /** Without a promise of its own, since nobody waits for it: a connection that fails is closed. */
    private void pass(ByteBuf out) {
        ChannelHandlerContext ctx = context();
        ctx.write(out, ctx.channel().unsafe().voidPromise());
    }

    /** Sends what was written; while input is being decoded that waits for the end of it. */
    void flush() {
        if (!reading) {
            passPending();
            context().flush();
        }
    }

    /** A request has been answered to its end. Without KEEP_CONN the connection ends with the last one on it. */
    void ended(FastCgiRequest request, boolean keepConnection) {
        requests.remove(request.id());
        closing |= !keepConnection;
        if (!context().channel().config().isAutoRead()) {
            relieved();
        }
        if (!lingerIfDone()) {
            flush();
        }
    }

    /**
     * The response ends incomplete, and only a closed connection tells that to every web server (nginx looks at neither
     * appStatus nor protocolStatus). Other requests on it are answered first.
     */
    void cut(FastCgiRequest request) {
        requests.remove(request.id());
        closing = true;
        if (requests.isEmpty() && !lingering) {
            lingering = true;
            sendRest().addListener(ChannelFutureListener.CLOSE);
        }
    }

    private boolean lingerIfDone() {
        boolean done = requests.isEmpty() && (closing || inputShut);
        if (done) {
            linger();
        }
        return done;
    }

    /**
     * Says that no more will come, then waits until the peer has closed, so that it does not lose the response. That
     * begins when the last byte has gone out: Netty drops what is still on its way when the output is shut.
     */
    private void linger() {
        if (!lingering) {
            lingering = true;
            readOn();
            sendRest().addListener(sent -> shutOutput(sent.isSuccess()));
        }
    }

    private ChannelFuture sendRest() {
        reading = false;
        decoder.stop();
        passPending();
        return context().writeAndFlush(Unpooled.EMPTY_BUFFER);
    }

    private void shutOutput(boolean sent) {
        ChannelHandlerContext ctx = context();
        if (!sent || inputShut) {
            ctx.close();
            return;
        }
        outputShut = true;
        ((DuplexChannel) ctx.channel()).shutdownOutput();
        Patience.closeAfter(ctx, LINGER_SECONDS, TimeUnit.SECONDS);
    }
}
