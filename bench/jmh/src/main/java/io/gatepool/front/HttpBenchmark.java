package io.gatepool.front;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.ResponseHead;
import io.gatepool.cgi.ResponseHeadParser;
import io.gatepool.config.HttpSettings;
import io.gatepool.jmh.LikeTheDaemon;
import io.gatepool.jmh.Typical;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.openjdk.jmh.annotations.Benchmark;

/** Heads over HTTP: a browser's becomes an {@link Environ}, an application's an HTTP head. */
public class HttpBenchmark extends LikeTheDaemon {

    private static final byte[] DATE = "Sat, 21 Nov 2026 22:30:00 GMT".getBytes(US_ASCII);

    private final ByteBuf request = Typical.httpRequest();
    private final EmbeddedChannel channel =
            new EmbeddedChannel(new HttpDecoder(HttpSettings.defaults(), new ConnectionLimit(1)));
    private final HttpEnviron environs = new HttpEnviron(
            new HttpEnviron.Server(
                    new FieldNames(),
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080),
                    false,
                    peer -> false),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 50123));
    private final ResponseHead head = ResponseHeadParser.whole(Typical.PHP_HEAD);
    private final ByteBuf out = Unpooled.directBuffer(4096);

    @Benchmark
    public Environ request() throws RequestTarget.Bad {
        channel.writeInbound(request.readerIndex(0).retain());
        HttpRequest decoded = Objects.requireNonNull(channel.readInbound());
        for (Object rest = channel.readInbound(); rest != null; rest = channel.readInbound()) {
            ReferenceCountUtil.release(rest);
        }
        return environs.of(decoded, RequestTarget.parse(decoded.uri()));
    }

    @Benchmark
    public int reply() {
        HttpReplyHead reply = new HttpReplyHead(out.clear());
        reply.begin(head, DATE);
        reply.contentLength(Typical.LARGE);
        reply.end(new byte[0]);
        return out.writerIndex();
    }
}
