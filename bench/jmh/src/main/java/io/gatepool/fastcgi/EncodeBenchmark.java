package io.gatepool.fastcgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.TooManyVariables;
import io.gatepool.jmh.LikeTheDaemon;
import io.gatepool.jmh.Typical;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** Calls become bytes: a request to a worker, an answer to a web server. */
public class EncodeBenchmark extends LikeTheDaemon {

    private final ByteBuf out = Unpooled.directBuffer(2 * Typical.LARGE);
    private final ParamsEncoder params = new ParamsEncoder(out, 1);
    private final Environ.Slices pairs = params::pair;
    private final ByteBuf head = Typical.direct(Unpooled.copiedBuffer(Typical.SMALL_HEAD, ISO_8859_1));
    private final ByteBuf body = Typical.direct(Unpooled.buffer().writeZero(Typical.LARGE));
    private final byte[] received = Typical.params("GET", 0);
    private Environ environ = new Environ();

    @Setup
    public void parse() throws ProtocolException, TooManyVariables {
        environ = Environ.over(received, received.length);
        NameValues.parse(received, 0, received.length, (name, nameLength, value, valueLength) -> {
            try {
                environ.add(name, nameLength, value, valueLength);
            } catch (TooManyVariables e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** BEGIN_REQUEST, PARAMS and an empty STDIN. */
    @Benchmark
    public int request() {
        out.clear();
        RecordEncoder.beginRequest(out, 1, Role.RESPONDER, true);
        params.reset(out, 1);
        environ.forEach(pairs);
        params.finish();
        RecordEncoder.streamEnd(out, RecordType.STDIN, 1);
        return out.writerIndex();
    }

    @Benchmark
    public int answer() {
        return answer(12);
    }

    @Benchmark
    public int answer64k() {
        return answer(Typical.LARGE);
    }

    private int answer(int bodyLength) {
        out.clear();
        RecordEncoder.stream(out, RecordType.STDOUT, 1, head.readerIndex(0));
        RecordEncoder.stream(out, RecordType.STDOUT, 1, body.setIndex(0, bodyLength));
        RecordEncoder.streamEnd(out, RecordType.STDOUT, 1);
        RecordEncoder.endRequest(out, 1, 0, ProtocolStatus.REQUEST_COMPLETE);
        return out.writerIndex();
    }
}
