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
import io.gatepool.jmh.Typical;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Does with an exchange what the pool does, with a worker that answers when it is told to. */
final class OneWorker implements Application, RecordHandler {

    /** As WorkerSocket reads. */
    private static final int READ = 64 * 1024;

    private final ByteBuf out = Unpooled.directBuffer(2 * Typical.LARGE);
    private final ParamsEncoder params = new ParamsEncoder(out, 1);
    private final Environ.Slices pairs = params::pair;
    private final Consumer<ByteBuf> stdin = this::stdin;
    private final RecordDecoder decoder = new RecordDecoder(this);
    private @Nullable Exchange exchange;
    private @Nullable ResponseHeadParser parser;

    /**
     * Its answer arrives, as from a socket.
     *
     * @param read is called after each read, when the web server may take what there is for it
     */
    void answer(ByteBuf bytes, Runnable read) {
        int end = bytes.writerIndex();
        try {
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
        } catch (ProtocolException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void submit(Exchange request) {
        request.submitted();
        out.clear();
        RecordEncoder.beginRequest(out, 1, request.role(), true);
        params.reset(out, 1);
        request.environ().forEach(pairs);
        params.finish();
        if (request.body().unread() > 0) {
            request.body().read(stdin);
        }
        RecordEncoder.streamEnd(out, RecordType.STDIN, 1);
        exchange = request;
        parser = new ResponseHeadParser(8192);
    }

    private void stdin(ByteBuf body) {
        RecordEncoder.stream(out, RecordType.STDIN, 1, body);
        body.release();
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
        request.content(RecordHeader.readRetainedContent(in, end - in.readerIndex()));
    }

    @Override
    public void endRequest(int requestId, long appStatus, int protocolStatus) {
        Exchange request = exchange;
        if (request != null) {
            exchange = null;
            request.complete(appStatus);
        }
    }

    @Override
    public String name() {
        return "app";
    }

    @Override
    public String mount() {
        return "/articles";
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
