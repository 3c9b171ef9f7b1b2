package io.gatepool.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.config.HttpSettings;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits of the decoder, and what it lets pass. What it refuses is in HttpRequestIT, over a socket. */
class HttpDecoderTest {

    private static final String CHUNKED = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

    private final ConnectionLimit limit = new ConnectionLimit(1);
    private final EmbeddedChannel channel = connection();

    private EmbeddedChannel connection() {
        return new EmbeddedChannel(new HttpDecoder(HttpSettings.defaults(), limit));
    }

    /** What comes out: the targets of requests, contents in quotes, the class of an error. */
    private List<String> events(String... pieces) {
        List<String> events = new ArrayList<>();
        for (String piece : pieces) {
            channel.writeInbound(Unpooled.copiedBuffer(piece, StandardCharsets.ISO_8859_1));
            for (HttpObject message = channel.readInbound(); message != null; message = channel.readInbound()) {
                if (message.decoderResult().isFailure()) {
                    events.add(message.decoderResult().cause().getClass().getSimpleName());
                } else if (message instanceof HttpRequest request) {
                    events.add(request.uri());
                } else {
                    events.add("'" + ((HttpContent) message).content().toString(StandardCharsets.ISO_8859_1) + "'");
                }
                ReferenceCountUtil.release(message);
            }
        }
        channel.finishAndReleaseAll();
        return events;
    }

    @Test
    void oneBlankLineBeforeARequestIsForgivenAndNoMore() {
        assertThat(events("GET /a HTTP/1.1\r\n\r\n\r\nGET /b HTTP/1.1\r\n\r\n\r\n\r\nGET /c HTTP/1.1\r\n\r\n"))
                .containsExactly("/a", "''", "/b", "''", "Bad");
    }

    @Test
    void whateverFollowsAnErrorIsNothing() {
        assertThat(events("GET /a\r\n", "GET /b HTTP/1.1\r\n\r\n", "\r\n\r\nGET /c HTTP/1.1\r\n\r\n"))
                .containsExactly("Bad");
    }

    @Test
    void aLineWithoutEndIsRefusedAsSoonAsItIsTooLong() {
        assertThat(events("GET /" + "x".repeat(8186))).isEmpty();
        assertThat(new HttpDecoderTest().events("GET /" + "x".repeat(8187)))
                .containsExactly(TooLongHttpLineException.class.getSimpleName());
    }

    @Test
    void aFieldWithoutEndIsRefusedAsSoonAsItIsTooLong() {
        assertThat(events("GET / HTTP/1.1\r\n", "X: " + "x".repeat(8191)))
                .containsExactly(TooLongHttpHeaderException.class.getSimpleName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"X: ", "X:"})
    void aFieldAsLargeAsAllowedPassesAndAByteMoreDoesNot(String name) {
        String begin = "GET / HTTP/1.1\r\n" + name;
        String end = "\r\n\r\n";
        String allowed = "x".repeat(8189);
        assertThat(events(begin + allowed + end)).containsExactly("/", "''");
        assertThat(new HttpDecoderTest().events(begin + allowed + "x" + end))
                .containsExactly(TooLongHttpHeaderException.class.getSimpleName());
    }

    @Test
    void asManyFieldsAsAllowedPassAndOneMoreDoesNot() {
        String hundred = "GET / HTTP/1.1\r\n" + "X: y\r\n".repeat(100);
        assertThat(events(hundred + "\r\n")).containsExactly("/", "''");
        assertThat(new HttpDecoderTest().events(hundred + "X: y\r\n\r\n"))
                .containsExactly(TooLongHttpHeaderException.class.getSimpleName());
    }

    @Test
    void aHeadWithoutEndIsRefusedAt64KiB() {
        assertThat(events("GET / HTTP/1.1\r\n", ("X: " + "x".repeat(995) + "\r\n").repeat(65)))
                .isEmpty();
        assertThat(new HttpDecoderTest().events("GET / HTTP/1.1\r\n", ("X: " + "x".repeat(995) + "\r\n").repeat(66)))
                .containsExactly(TooLongHttpHeaderException.class.getSimpleName());
    }

    private void assertNothingIsKept() {
        assertThat(limit.takeHead(16 << 20)).isTrue();
        assertThat(limit.takeHead(1)).isFalse();
        limit.releaseHead(16 << 20);
    }

    @Test
    void headsThatAreNotCompleteHave16MiBTogether() {
        String most = "GET / HTTP/1.1\r\n" + ("X: " + "x".repeat(995) + "\r\n").repeat(64);
        List<EmbeddedChannel> others = new ArrayList<>();
        for (int number = 0; number < 262; number++) {
            EmbeddedChannel other = connection();
            other.writeInbound(Unpooled.copiedBuffer(most, StandardCharsets.ISO_8859_1));
            assertThat(other.inboundMessages()).isEmpty();
            others.add(other);
        }
        assertThat(events(most)).containsExactly("Overloaded");
        others.forEach(EmbeddedChannel::finishAndReleaseAll);
        assertNothingIsKept();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nX: y\r\n\r\n",
                "GET / HTTP/1.1\r\nX: y\r\n",
                "GET / HTTP/1.1\r\nX: y\r\nbad\r\n",
                "GET / HTTP/1.1\r\nX: y\r\nContent-Length: z\r\n\r\n",
                "GET / HTTP/1.1\r\nX: y\r\nTransfer-Encoding: z\r\n\r\n",
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n",
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\nbad\r\n"
            })
    void whateverBecomesOfAHeadNothingOfItIsKept(String request) {
        events(request, "GET / HTTP/1.1\r\nX: y\r\n");
        assertNothingIsKept();
    }

    @Test
    void trailersAreDroppedAndLimitedLikeFields() {
        assertThat(events(CHUNKED + "0\r\n" + "X: y\r\n".repeat(100) + "\r\n")).containsExactly("/", "''");
        assertThat(new HttpDecoderTest().events(CHUNKED + "0\r\n" + "X: y\r\n".repeat(101)))
                .containsExactly("/", TooLongHttpHeaderException.class.getSimpleName());
    }

    @Test
    void extensionsAreLimitedInALineAndTogether() {
        String chunk = "1;" + "x".repeat(1021) + "\r\na\r\n";
        assertThat(events(CHUNKED + chunk.repeat(16) + "0\r\n\r\n")).hasSize(18).endsWith("''");
        assertThat(new HttpDecoderTest().events(CHUNKED + chunk.repeat(17))).endsWith("Bad");
        assertThat(new HttpDecoderTest().events(CHUNKED + "1;" + "x".repeat(1030)))
                .containsExactly("/", "Bad");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Chunked", "CHUNKED", "  chunked", "chunked  "})
    void chunkedMayBeSpelledThus(String coding) {
        assertThat(events("POST / HTTP/1.1\r\nTransfer-Encoding:" + coding + "\r\n\r\n1\r\na\r\n0\r\n\r\n"))
                .containsExactly("/", "'a'", "''");
    }

    @Test
    void anUnknownCodingIsPassedOnToBeRefusedAndNothingAfterIt() {
        assertThat(events("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", "GET /b HTTP/1.1\r\n\r\n"))
                .containsExactly("/");
    }

    @Test
    void bytesAbove127PassInTargetsAndValues() {
        channel.writeInbound(
                Unpooled.copiedBuffer("GET /\u00e9 HTTP/1.1\r\nX: \u00e9\tb \r\n\r\n", StandardCharsets.ISO_8859_1));
        HttpRequest request = channel.readInbound();
        assertThat(request.uri()).isEqualTo("/\u00e9");
        assertThat(request.headers().get("x")).isEqualTo("\u00e9\tb");
        channel.finishAndReleaseAll();
    }
}
