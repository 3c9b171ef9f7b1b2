package io.gatepool.fastcgi;

import static io.gatepool.fastcgi.Wire.captured;
import static io.gatepool.fastcgi.Wire.cut;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What real servers sent, captured from their sockets. */
class RealPeersTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
                    nginx-1.22-get-and-post-kept,             BEGIN 1 keep | 1 end | BEGIN 1 keep | 1 a=1&b=two | 1 end
                    lighttpd-1.4-get,                         BEGIN 1 | 1 end
                    lighttpd-1.4-post,                        BEGIN 1 | 1 a=1&b=two | 1 end
                    haproxy-2.6-get-values-get-and-post-kept, BEGIN 1 keep | 1 end | BEGIN 3 keep | 3 a=1&b=two | 3 end
                    apache-2.4-get,                           BEGIN 1 | 1 end
                    apache-2.4-post,                          BEGIN 1 | 1 a=1&b=two | 1 end
                    """)
    void theRequestsOfAWebServerAreUnderstood(String capture, String requests) throws ProtocolException {
        Requests seen = new Requests();
        RecordDecoder decoder = new RecordDecoder(seen);
        decoder.decode(Unpooled.wrappedBuffer(captured(capture)));
        assertThat(String.join(" | ", seen.lines)).isEqualTo(requests);
        assertThat(seen.environ).containsEntry("REQUEST_METHOD", requests.contains("a=1") ? "POST" : "GET");
        assertThat(decoder.betweenRecords()).isTrue();
    }

    @Test
    void haproxyAsksForTwoValuesFirst() {
        assertThat(Events.of(captured("haproxy-2.6-get-values-get-and-post-kept"))
                        .get(0))
                .isEqualTo("GET_VALUES {FCGI_MAX_REQS=, FCGI_MPXS_CONNS=}");
    }

    @Test
    void phpEndsItsAnswerWithoutAnEmptyStdout() {
        assertThat(Events.of(captured("php-8.2-response-with-stderr")))
                .containsExactly(
                        "STDERR 1 warned\n",
                        "STDOUT 1 X-A: b\r\nContent-type: text/html; charset=UTF-8\r\n\r\nhello you\n",
                        "END 1 app 0 protocol 0");
    }

    @Test
    void phpAnswersGetValues() {
        assertThat(Events.of(captured("php-8.2-get-values-result")))
                .containsExactly("GET_VALUES_RESULT {FCGI_MPXS_CONNS=0, FCGI_MAX_REQS=0, FCGI_MAX_CONNS=0}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nginx-1.22-get-and-post-kept",
                "haproxy-2.6-get-values-get-and-post-kept",
                "apache-2.4-post",
                "lighttpd-1.4-post",
                "php-8.2-response-with-stderr"
            })
    void aCaptureMeansTheSameHoweverItIsCut(String capture) {
        byte[] whole = captured(capture);
        List<String> expected = Events.of(whole);
        assertThat(Events.of(Wire.singly(whole))).isEqualTo(expected);
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 200; i++) {
            assertThat(Events.of(cut(whole, random))).isEqualTo(expected);
        }
    }

    /** A responder in small: gathers the parameters, parses them at their end. */
    private static final class Requests implements RecordHandler {
        final List<String> lines = new ArrayList<>();
        final Map<String, String> environ = new TreeMap<>();
        final ByteBuf params = Unpooled.buffer();

        @Override
        public void beginRequest(int requestId, int role, boolean keepConnection) {
            lines.add("BEGIN " + requestId + (keepConnection ? " keep" : ""));
        }

        @Override
        public void stream(RecordType type, int requestId, ByteBuf in, int length) {
            if (type == RecordType.PARAMS) {
                params.writeBytes(in, length);
            } else {
                lines.add(requestId + " " + in.toString(in.readerIndex(), length, StandardCharsets.US_ASCII));
            }
        }

        @Override
        public void streamEnd(RecordType type, int requestId) throws ProtocolException {
            if (type == RecordType.PARAMS) {
                environ.putAll(NameValues.toMap(params, params.readableBytes()));
            } else {
                lines.add(requestId + " end");
            }
        }
    }
}
