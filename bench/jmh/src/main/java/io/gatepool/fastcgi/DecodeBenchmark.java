package io.gatepool.fastcgi;

import io.gatepool.jmh.LikeTheDaemon;
import io.gatepool.jmh.Typical;
import io.netty.buffer.ByteBuf;
import org.openjdk.jmh.annotations.Benchmark;

/** Bytes become events: {@link RecordDecoder}, and the pairs of PARAMS. */
public class DecodeBenchmark extends LikeTheDaemon {

    private final Heard heard = new Heard();
    private final RecordDecoder decoder = new RecordDecoder(heard);
    private final ByteBuf get = Typical.request("GET", 0);
    private final ByteBuf post = Typical.request("POST", Typical.LARGE);
    private final ByteBuf answer = Typical.answer(Typical.SMALL_HEAD, 12);
    private final ByteBuf largeAnswer = Typical.answer(Typical.PHP_HEAD, Typical.LARGE);
    private final byte[] params = Typical.params("GET", 0);

    @Benchmark
    public long get() throws ProtocolException {
        return decode(get);
    }

    @Benchmark
    public long post64k() throws ProtocolException {
        return decode(post);
    }

    @Benchmark
    public long answer() throws ProtocolException {
        return decode(answer);
    }

    @Benchmark
    public long answer64k() throws ProtocolException {
        return decode(largeAnswer);
    }

    @Benchmark
    public long pairs() throws ProtocolException {
        NameValues.parse(params, 0, params.length, heard);
        return heard.sum;
    }

    private long decode(ByteBuf in) throws ProtocolException {
        decoder.decode(in.readerIndex(0));
        return heard.sum;
    }

    /** Adds up all it is told, so that nothing of it is superfluous. */
    private static final class Heard implements RecordHandler, NameValues.Visitor {
        private long sum;

        @Override
        public void beginRequest(int requestId, int role, boolean keepConnection) {
            sum += role;
        }

        @Override
        public void stream(RecordType type, int requestId, ByteBuf in, int length) {
            sum += length;
        }

        @Override
        public void streamEnd(RecordType type, int requestId) {
            sum += requestId;
        }

        @Override
        public void endRequest(int requestId, long appStatus, int protocolStatus) {
            sum += appStatus;
        }

        @Override
        public void pair(int nameOffset, int nameLength, int valueOffset, int valueLength) {
            sum += valueOffset;
        }
    }
}
