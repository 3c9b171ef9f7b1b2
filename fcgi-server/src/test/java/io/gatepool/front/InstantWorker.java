package io.gatepool.front;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.MalformedHead;
import io.gatepool.cgi.ResponseHead;
import io.gatepool.cgi.ResponseHeadParser;
import io.gatepool.exchange.Application;
import io.gatepool.exchange.Exchange;
import io.gatepool.fastcgi.ParamsEncoder;
import io.gatepool.fastcgi.ProtocolException;
import io.gatepool.fastcgi.RecordDecoder;
import io.gatepool.fastcgi.RecordEncoder;
import io.gatepool.fastcgi.RecordHandler;
import io.gatepool.fastcgi.RecordHeader;
import io.gatepool.fastcgi.RecordType;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Does with an exchange what the pool does, with a worker that answers when it is told to. */
final class InstantWorker implements Application, RecordHandler {

    /** As WorkerSocket reads. */
    private static final int READ = 64 * 1024;

    private final String name;
    private final String mount;
    private final ByteBuf toWorker = Unpooled.buffer(256 * 1024);
    private final ParamsEncoder params = new ParamsEncoder(toWorker, 1);
    private final Environ.Slices pairs = params::pair;
    private final Consumer<ByteBuf> stdin = this::stdin;
    private final RecordDecoder decoder = new RecordDecoder(this);
    private @Nullable Exchange exchange;
    private @Nullable ResponseHeadParser parser;
    private @Nullable String looksAt;
    private int bodyBytes;
    private boolean done;

    InstantWorker(String name, String mount) {
        this.name = name;
        this.mount = mount;
    }

    /** Asks each request for a variable as text. */
    void looksAt(String variable) {
        looksAt = variable;
    }

    int bodyBytes() {
        return bodyBytes;
    }

    /** Whether the request has been answered to its end. */
    boolean isDone() {
        return done;
    }

    @Override
    public void submit(Exchange request) {
        exchange = request;
        done = false;
        request.submitted();
        if (looksAt != null && request.environ().getOrEmpty(looksAt).equals("?")) {
            throw new AssertionError(looksAt);
        }
        toWorker.clear();
        RecordEncoder.beginRequest(toWorker, 1, request.role(), true);
        params.reset(toWorker, 1);
        request.environ().forEach(pairs);
        params.finish();
        if (request.body().unread() > 0) {
            request.body().read(stdin);
        }
        RecordEncoder.streamEnd(toWorker, RecordType.STDIN, 1);
        parser = new ResponseHeadParser(8192);
    }

    private void stdin(ByteBuf body) {
        bodyBytes = body.readableBytes();
        RecordEncoder.stream(toWorker, RecordType.STDIN, 1, body);
        body.release();
    }

    /**
     * Its answer arrives, as from a socket.
     *
     * @param read is called after each read, when the web server may take what there is for it
     */
    void answer(ByteBuf bytes, Runnable read) throws ProtocolException {
        int end = bytes.writerIndex();
        for (int at = 0; at < end; at += READ) {
            // The bytes are for who gets them to write over, as those of a socket are.
            ByteBuf in = PooledByteBufAllocator.DEFAULT.directBuffer(READ);
            decoder.decode(in.writeBytes(bytes, at, Math.min(end - at, READ)));
            in.release();
            if (exchange != null) {
                exchange.flush();
            }
            read.run();
        }
    }

    @Override
    public void stream(RecordType type, int requestId, ByteBuf in, int length) {
        Exchange request = exchange;
        if (request == null) {
            return;
        }
        int end = in.readerIndex() + length;
        ResponseHeadParser awaited = parser;
        if (awaited != null) {
            try {
                ResponseHead head = awaited.feed(in);
                if (head == null) {
                    return;
                }
                parser = null;
                request.head(head);
            } catch (MalformedHead e) {
                throw new IllegalStateException(e);
            }
        }
        if (end > in.readerIndex()) {
            request.content(RecordHeader.readRetainedContent(in, end - in.readerIndex()));
        }
    }

    @Override
    public void endRequest(int requestId, long appStatus, int protocolStatus) {
        Exchange request = exchange;
        if (request != null) {
            exchange = null;
            request.complete(appStatus);
            done = true;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String mount() {
        return mount;
    }

    @Override
    public long maxBody(boolean overHttp) {
        return Long.MAX_VALUE;
    }

    @Override
    public long responseBuffer() {
        return 1 << 20;
    }

    @Override
    public boolean saysOverloaded() {
        return false;
    }

    @Override
    public boolean serves(Role role) {
        return true;
    }

    @Override
    public void opened(Exchange request) {}
}
