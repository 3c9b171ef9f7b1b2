package io.gatepool.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.MalformedHead;
import io.gatepool.cgi.ResponseHead;
import io.gatepool.cgi.ResponseHeadParser;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.RequestNumbers;
import io.gatepool.exchange.SpoolFiles;
import io.gatepool.exchange.TestLoop;
import io.gatepool.fastcgi.ProtocolException;
import io.gatepool.fastcgi.RecordDecoder;
import io.gatepool.fastcgi.RecordEncoder;
import io.gatepool.fastcgi.RecordHandler;
import io.gatepool.fastcgi.RecordHeader;
import io.gatepool.fastcgi.RecordType;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many requests of different ids in one read, each of which has its answer before the next one is looked at. */
class FastCgiConnectionTest {

    private static final String HEAD = "Content-Type: text/plain\r\n\r\n";

    private final FakeApplication app = new FakeApplication("app", "/");
    private final EmbeddedChannel channel = channel();
    /** Content of STDOUT of all requests, as it came. */
    private final StringBuilder output = new StringBuilder();

    private EmbeddedChannel channel() {
        FrontContext context = new FrontContext(
                TestLoop.LOOP, new SpoolFiles(Path.of("/nowhere")), new RequestNumbers(), peer -> false);
        return new EmbeddedChannel(
                new FastCgiConnection(new FastCgiFront(context, new Router(List.of(app), app)), context));
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @CsvSource({"10, 100", "300, 1000", "1000, 300", "60, 8000", "200, 8000", "60, 9000", "40, 70000"})
    void answersThatGatherInOneReadArriveWhole(int requests, int length) throws Exception {
        app.answersWith = request -> answer(request, "x".repeat(length));
        ByteBuf in = Unpooled.buffer();
        for (int id = 1; id <= requests; id++) {
            RecordEncoder.beginRequest(in, id, Role.RESPONDER, true);
            RecordEncoder.streamEnd(in, RecordType.PARAMS, id);
            RecordEncoder.streamEnd(in, RecordType.STDIN, id);
        }
        TestLoop.run(() -> channel.writeInbound(in));
        Map<Integer, Integer> received = received();
        assertThat(received).hasSize(requests);
        assertThat(received.values()).containsOnly(HEAD.length() + length);
    }

    /** As a worker's records lie in one buffer, each behind its own header, over which the new one is written. */
    @ParameterizedTest
    @CsvSource({"3, 100, 0", "5, 2049, 0", "8, 8184, 0", "7, 9000, 8", "1, 65535, 1", "2, 30000, 255"})
    void recordsOfAWorkerArriveAsTheyWere(int records, int length, int padding) throws Exception {
        ByteBuf answer = Unpooled.buffer();
        for (int record = 0; record < records; record++) {
            RecordHeader.write(answer, RecordType.STDOUT, 7, length, padding);
            answer.writeBytes(String.valueOf(record).repeat(length).getBytes(StandardCharsets.US_ASCII));
            answer.writeZero(padding);
        }
        app.answersWith = request -> {
            head(request);
            while (answer.isReadable()) {
                answer.skipBytes(RecordHeader.LENGTH);
                request.content(RecordHeader.readRetainedContent(answer, length));
                answer.skipBytes(padding);
            }
            request.complete(0);
        };
        ByteBuf in = Unpooled.buffer();
        RecordEncoder.beginRequest(in, 1, Role.RESPONDER, true);
        RecordEncoder.streamEnd(in, RecordType.PARAMS, 1);
        RecordEncoder.streamEnd(in, RecordType.STDIN, 1);
        TestLoop.run(() -> channel.writeInbound(in));
        StringBuilder expected = new StringBuilder(HEAD);
        for (int record = 0; record < records; record++) {
            expected.append(String.valueOf(record).repeat(length));
        }
        received();
        assertThat(output.toString()).isEqualTo(expected.toString());
        assertThat(answer.refCnt()).isEqualTo(1);
    }

    private static void answer(Exchange request, String body) {
        head(request);
        request.content(bytes(body));
        request.complete(0);
    }

    private static void head(Exchange request) {
        request.submitted();
        try {
            ResponseHead head = new ResponseHeadParser(8192).feed(bytes(HEAD));
            if (head == null) {
                throw new AssertionError(HEAD);
            }
            request.head(head);
        } catch (MalformedHead e) {
            throw new AssertionError(e);
        }
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    /** Bytes of STDOUT of each request that has ended. */
    private Map<Integer, Integer> received() throws ProtocolException {
        Map<Integer, Integer> open = new TreeMap<>();
        Map<Integer, Integer> ended = new TreeMap<>();
        RecordDecoder decoder = new RecordDecoder(new RecordHandler() {
            @Override
            public void stream(RecordType type, int id, ByteBuf in, int length) {
                open.merge(id, length, Integer::sum);
                output.append(in.toString(in.readerIndex(), length, StandardCharsets.US_ASCII));
            }

            @Override
            public void endRequest(int id, long appStatus, int protocolStatus) {
                ended.put(id, open.getOrDefault(id, 0));
            }
        });
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            decoder.decode(out);
            out.release();
        }
        return ended;
    }
}
