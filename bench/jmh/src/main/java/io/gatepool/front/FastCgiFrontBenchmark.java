package io.gatepool.front;

import io.gatepool.exchange.RequestNumbers;
import io.gatepool.exchange.SpoolFiles;
import io.gatepool.jmh.LikeTheDaemon;
import io.gatepool.jmh.Typical;
import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * A whole request from FastCGI to FastCGI without the sockets: the bytes of nginx, an exchange, the bytes to a worker,
 * the worker's answer, the bytes to nginx.
 */
public class FastCgiFrontBenchmark extends LikeTheDaemon {

    private final ByteBuf get = Typical.request("GET", 0);
    private final ByteBuf post = Typical.request("POST", Typical.LARGE);
    private final ByteBuf small = Typical.answer(Typical.SMALL_HEAD, 12);
    private final ByteBuf large = Typical.answer(Typical.PHP_HEAD, Typical.LARGE);
    private final OneWorker worker = new OneWorker();
    private final EmbeddedChannel channel = channel(worker);
    private final Runnable read = this::take;
    private int written;

    private static EmbeddedChannel channel(OneWorker worker) {
        FrontContext context = new FrontContext(
                new DefaultEventLoop(new DefaultThreadFactory("loop", true)),
                new SpoolFiles(Path.of("/nowhere")),
                new RequestNumbers(),
                peer -> false);
        EmbeddedChannel channel = new EmbeddedChannel(
                new FastCgiConnection(new FastCgiFront(context, new Router(List.of(worker), worker)), context));
        // As the daemon's listeners do.
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(32 * 1024, 128 * 1024));
        return channel;
    }

    @Benchmark
    public int get() {
        return through(get, small);
    }

    @Benchmark
    public int post64k() {
        return through(post, small);
    }

    @Benchmark
    public int answer64k() {
        return through(get, large);
    }

    private int through(ByteBuf request, ByteBuf answer) {
        written = 0;
        channel.writeInbound(request.readerIndex(0).retain());
        worker.answer(answer, read);
        return written;
    }

    private void take() {
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            written += out.readableBytes();
            out.release();
        }
    }
}
