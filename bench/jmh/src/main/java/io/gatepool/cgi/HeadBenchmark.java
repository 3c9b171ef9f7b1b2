package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepool.jmh.LikeTheDaemon;
import io.gatepool.jmh.Typical;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;

/** The head of a script's, or a worker's, response: {@link ResponseHeadParser}. */
public class HeadBenchmark extends LikeTheDaemon {

    private static final int LIMIT = 64 * 1024;

    private final ByteBuf small = direct(Typical.SMALL_HEAD);
    private final ByteBuf php = direct(Typical.PHP_HEAD);
    /** What has to be written anew: lines end in LF, and a field is not for the client. */
    private final ByteBuf unclean = direct("HTTP/1.0 200 Fine\nConnection: close\nContent-Type: text/html\n\n");

    @Benchmark
    public @Nullable ResponseHead small() throws MalformedHead {
        return parse(small);
    }

    @Benchmark
    public @Nullable ResponseHead php() throws MalformedHead {
        return parse(php);
    }

    @Benchmark
    public @Nullable ResponseHead unclean() throws MalformedHead {
        return parse(unclean);
    }

    private static @Nullable ResponseHead parse(ByteBuf in) throws MalformedHead {
        return new ResponseHeadParser(LIMIT).feed(in.readerIndex(0));
    }

    private static ByteBuf direct(String head) {
        return Typical.direct(Unpooled.copiedBuffer(head, ISO_8859_1));
    }
}
