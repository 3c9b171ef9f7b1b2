package io.gatepool.front;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.gatepool.config.HttpSettings;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The requests in any bytes are the same however the network cuts them, and the same as an independent reading by the
 * RFC finds: two framings of the same bytes cannot be had.
 */
class HttpDecoderFuzzTest {

    private static final HttpSettings SETTINGS = HttpSettings.defaults();
    private static final int ROUNDS = 60_000;

    /** What mutations are made of: the joints of HTTP, where two readers could part. */
    private static final List<String> PIECES = List.of(
            "GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
            "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            "POST /d HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n0\r\nX-T: u\r\n\r\n",
            "POST /e HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Content-Length: 3\r\n",
            "Content-Length: 0\r\n",
            "Content-Length: +3\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Transfer-Encoding: identity\r\n",
            "Transfer-Encoding:\tchunked\r\n",
            "X: y\r\n",
            "X: \r\n",
            " folded\r\n",
            "0\r\n\r\n",
            "5\r\n",
            "a;b\r\n",
            "\r\n",
            "\r\n\r\n",
            "\n",
            "\r",
            " ",
            "\t",
            "\u0000",
            "\u000b",
            "\u0085",
            ":",
            ";",
            ",",
            "0x3",
            "-1",
            "fffffffffffffff",
            "99999999999999999999");

    /** The requests that come whole out of the decoder, as {@link HttpReference#requests} writes them. */
    private static List<String> requests(byte[]... pieces) {
        List<String> requests = new ArrayList<>();
        // It counts what is not released. Netty's leak detector would write down who had each of the small pieces.
        UnpooledByteBufAllocator buffers = new UnpooledByteBufAllocator(false, true);
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAllocator(buffers);
        channel.pipeline().addLast(new HttpDecoder(SETTINGS, new ConnectionLimit(1)));
        StringBuilder request = new StringBuilder();
        boolean failed = false;
        for (byte[] piece : pieces) {
            channel.writeInbound(buffers.buffer(piece.length).writeBytes(piece));
            for (HttpObject message = channel.readInbound(); message != null; message = channel.readInbound()) {
                assertThat(failed).as("something came behind a failure").isFalse();
                failed = message.decoderResult().isFailure();
                if (message instanceof HttpRequest head) {
                    request.append(head.method()).append(' ').append(head.uri()).append(" [");
                } else if (message instanceof HttpContent content && !failed) {
                    request.append(content.content().toString(StandardCharsets.ISO_8859_1));
                    if (message instanceof LastHttpContent) {
                        requests.add(request.append(']').toString());
                        request.setLength(0);
                    }
                }
                ReferenceCountUtil.release(message);
            }
        }
        channel.finishAndReleaseAll();
        assertThat(buffers.metric().usedHeapMemory()).as("bytes not released").isZero();
        assertThat(buffers.metric().usedDirectMemory())
                .as("direct bytes not released")
                .isZero();
        return requests;
    }

    private static void assertOneReading(byte[] input, SplittableRandom random) {
        List<String> whole = requests(input);
        assertThat(requests(cut(input, random))).isEqualTo(whole);
        assertThat(whole).isEqualTo(HttpReference.requests(input));
    }

    private static byte[][] cut(byte[] input, SplittableRandom random) {
        List<byte[]> pieces = new ArrayList<>();
        int longest = 1 + random.nextInt(40);
        for (int at = 0; at < input.length; ) {
            int length = Math.min(1 + random.nextInt(longest), input.length - at);
            pieces.add(Arrays.copyOfRange(input, at, at + length));
            at += length;
        }
        return pieces.toArray(byte[][]::new);
    }

    @FuzzTest
    void anyBytesHaveOneReading(byte[] input) {
        // Below every limit: the reference knows none.
        if (input.length < 1000) {
            assertOneReading(input, new SplittableRandom(Arrays.hashCode(input)));
        }
    }

    @Test
    void requestsThatAreAlmostSoundHaveOneReading() {
        SplittableRandom random = new SplittableRandom(5);
        int sound = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] input = mutated(random);
            assertOneReading(input, random);
            sound += HttpReference.requests(input).size() > 1 ? 1 : 0;
        }
        // Or only garbage would have been compared.
        assertThat(sound).isGreaterThan(ROUNDS / 20);
    }

    private static byte[] mutated(SplittableRandom random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int number = 1 + random.nextInt(3); number > 0; number--) {
            out.writeBytes(latin(PIECES.get(random.nextInt(5))));
        }
        byte[] bytes = out.toByteArray();
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            bytes = changed(bytes, random);
        }
        return bytes;
    }

    /** A piece put in (more often than not at the start of a line), or a byte replaced, or some taken out. */
    private static byte[] changed(byte[] bytes, SplittableRandom random) {
        int at = random.nextInt(bytes.length);
        int way = random.nextInt(5);
        if (way == 0) {
            byte[] copy = bytes.clone();
            copy[at] = (byte) random.nextInt(256);
            return copy;
        }
        if (way < 4) {
            while (way > 1 && at > 0 && bytes[at - 1] != '\n') {
                at--;
            }
            return joined(bytes, at, latin(PIECES.get(5 + random.nextInt(PIECES.size() - 5))), at);
        }
        return joined(bytes, at, new byte[0], Math.min(bytes.length, at + 1 + random.nextInt(3)));
    }

    private static byte[] joined(byte[] bytes, int to, byte[] piece, int from) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(bytes, 0, to);
        out.writeBytes(piece);
        out.write(bytes, from, bytes.length - from);
        // Never empty: there is something to change next time.
        out.write('\r');
        return from == bytes.length ? out.toByteArray() : Arrays.copyOf(out.toByteArray(), out.size() - 1);
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
