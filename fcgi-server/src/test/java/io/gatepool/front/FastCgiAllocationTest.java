package io.gatepool.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.exchange.RequestNumbers;
import io.gatepool.exchange.SpoolFiles;
import io.gatepool.exchange.TestLoop;
import io.gatepool.fastcgi.Allocations;
import io.gatepool.fastcgi.NameValues;
import io.gatepool.fastcgi.ProtocolException;
import io.gatepool.fastcgi.ProtocolStatus;
import io.gatepool.fastcgi.RecordEncoder;
import io.gatepool.fastcgi.RecordHeader;
import io.gatepool.fastcgi.RecordType;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ResourceLeakDetector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What requests allocate on their way from FastCGI to FastCGI, from one socket's bytes to those of the other and back.
 * Two requests are compared that differ in one thing only, so what they have in common may cost what it costs.
 */
class FastCgiAllocationTest {

    private static final int REQUESTS = 100;

    /** Content of PARAMS; as many bytes in all requests, since they are kept once, as an array. */
    private static final int PARAMS = 1800;

    private static final String FILLER = "HTTP_COOKIE";

    private final ResourceLeakDetector.Level level = trackNoBuffers();
    private final InstantWorker worker = new InstantWorker("app", "/app");
    private final EmbeddedChannel channel = channel(worker);
    private final ByteBuf pooled = PooledByteBufAllocator.DEFAULT.directBuffer();
    private final ByteBuf answer = answer(1, 40);

    private static EmbeddedChannel channel(InstantWorker worker) {
        FrontContext context = new FrontContext(
                TestLoop.LOOP, new SpoolFiles(Path.of("/nowhere")), new RequestNumbers(), peer -> false);
        InstantWorker other = new InstantWorker("other", "/other");
        EmbeddedChannel channel = new EmbeddedChannel(
                new FastCgiConnection(new FastCgiFront(context, new Router(List.of(other, worker), worker)), context));
        // As bin/gatepool tells Netty to.
        channel.config().setAllocator(PooledByteBufAllocator.DEFAULT);
        // As the daemon's listeners do.
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(32 * 1024, 128 * 1024));
        return channel;
    }

    /** The daemon looks for no leaks, and every look at a buffer that is looked after is an object. */
    private static ResourceLeakDetector.Level trackNoBuffers() {
        ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        return before;
    }

    @AfterEach
    void trackThemAgain() {
        ResourceLeakDetector.setLevel(level);
        channel.finishAndReleaseAll();
        pooled.release();
    }

    // ---- no String of a parameter ----

    @ParameterizedTest
    @ValueSource(ints = {2, 10, 25, 38})
    void howManyParametersARequestHasMakesNoDifference(int number) throws Exception {
        Map<String, String> variables = new LinkedHashMap<>();
        for (int at = 1; at < number; at++) {
            variables.put("HTTP_FIELD_" + at, "value " + at);
        }
        long one = perRequest(request(Map.of()), answer);
        assertThat(perRequest(request(variables), answer)).isEqualTo(one);
    }

    /** Not the way of the names that gatepool itself looks for, either. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GATEWAY_INTERFACE",
                "SERVER_SOFTWARE",
                "SERVER_PROTOCOL",
                "SERVER_NAME",
                "SERVER_ADDR",
                "SERVER_PORT",
                "REQUEST_SCHEME",
                "HTTPS",
                "REMOTE_ADDR",
                "REMOTE_PORT",
                "REMOTE_USER",
                "REQUEST_METHOD",
                "REQUEST_URI",
                "QUERY_STRING",
                "CONTENT_TYPE",
                "CONTENT_LENGTH",
                "SCRIPT_NAME",
                "PATH_INFO",
                "DOCUMENT_URI",
                "DOCUMENT_ROOT",
                "SCRIPT_FILENAME",
                "HTTP_HOST",
                "HTTP_USER_AGENT",
                "HTTP_PROXY",
                "HTTP_X_REQUEST_ID",
            })
    void aParameterOfNginxCostsNothing(String name) throws Exception {
        Map<String, String> variables = new LinkedHashMap<>(nginx());
        assertThat(variables.remove(name)).isNotNull();
        long without = perRequest(request(variables), answer);
        assertThat(perRequest(request(nginx()), answer)).isEqualTo(without);
    }

    @Test
    void aStringWouldBeNoticed() throws Exception {
        long without = perRequest(request(nginx()), answer);
        worker.looksAt("REMOTE_USER");
        assertThat(perRequest(request(nginx()), answer)).isGreaterThan(without + 16);
    }

    // ---- nothing for a record ----

    @Test
    void aRecordOfABodyCostsNothing() throws Exception {
        long few = perRequest(request(nginx(), 100, 400), answer);
        assertThat(perRequest(request(nginx(), 1000, 40), answer)).isEqualTo(few);
        assertThat(worker.bodyBytes()).isEqualTo(40_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 400, 10_000, 32_000})
    void aRecordOfAnAnswerCostsNothing(int length) throws Exception {
        ByteBuf request = request(nginx());
        long few = perRequest(request, answer(10, length));
        assertThat(perRequest(request, answer(100, length))).isEqualTo(few);
    }

    // ---- tools ----

    private long perRequest(ByteBuf request, ByteBuf response) throws Exception {
        return TestLoop.call(() -> Allocations.ofEach(REQUESTS, () -> through(request, response)));
    }

    private void through(ByteBuf request, ByteBuf response) throws ProtocolException {
        channel.writeInbound(request.readerIndex(0).retain());
        worker.answer(response, this::take);
        if (!worker.isDone()) {
            throw new AssertionError("the request has no answer");
        }
    }

    private void take() {
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            out.release();
        }
    }

    /** As nginx's fastcgi_params say it, and a browser. */
    private static Map<String, String> nginx() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("GATEWAY_INTERFACE", "CGI/1.1");
        variables.put("SERVER_SOFTWARE", "nginx/1.22.1");
        variables.put("SERVER_PROTOCOL", "HTTP/1.1");
        variables.put("SERVER_NAME", "shop.example.org");
        variables.put("SERVER_ADDR", "192.0.2.80");
        variables.put("SERVER_PORT", "443");
        variables.put("REQUEST_SCHEME", "https");
        variables.put("HTTPS", "on");
        variables.put("REMOTE_ADDR", "198.51.100.23");
        variables.put("REMOTE_PORT", "50123");
        variables.put("REMOTE_USER", "");
        variables.put("REQUEST_METHOD", "POST");
        variables.put("REQUEST_URI", "/app/articles/a-gate-and-a-pool?page=2&sort=date");
        variables.put("QUERY_STRING", "page=2&sort=date");
        variables.put("CONTENT_TYPE", "");
        variables.put("CONTENT_LENGTH", "");
        variables.put("SCRIPT_NAME", "/app/articles");
        variables.put("PATH_INFO", "/a-gate-and-a-pool");
        variables.put("DOCUMENT_URI", "/app/articles/a-gate-and-a-pool");
        variables.put("DOCUMENT_ROOT", "/var/www/html");
        variables.put("SCRIPT_FILENAME", "/var/www/html/app/articles/a-gate-and-a-pool");
        variables.put("HTTP_HOST", "shop.example.org");
        variables.put("HTTP_USER_AGENT", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        variables.put("HTTP_PROXY", "");
        variables.put("HTTP_X_REQUEST_ID", "not-trusted");
        return variables;
    }

    private static ByteBuf request(Map<String, String> variables) {
        return request(variables, 0, 0);
    }

    /** With a further variable, as long as it takes for {@link #PARAMS} bytes in all. */
    private static ByteBuf request(Map<String, String> variables, int bodyRecords, int recordLength) {
        ByteBuf params = Unpooled.buffer();
        NameValues.write(params, variables);
        int filler = PARAMS - params.readableBytes() - NameValues.encodedLength(FILLER.length(), 128) + 128;
        assertThat(filler).as("bytes left for " + FILLER).isGreaterThan(127);
        NameValues.write(params, Map.of(FILLER, "c".repeat(filler)));
        ByteBuf out = Unpooled.buffer();
        RecordEncoder.beginRequest(out, 1, Role.RESPONDER, true);
        RecordHeader.write(out, RecordType.PARAMS, 1, PARAMS, 0);
        out.writeBytes(params);
        assertThat(params.readerIndex()).isEqualTo(PARAMS);
        RecordEncoder.streamEnd(out, RecordType.PARAMS, 1);
        for (int record = 0; record < bodyRecords; record++) {
            RecordHeader.write(out, RecordType.STDIN, 1, recordLength, 0);
            out.writeZero(recordLength);
        }
        RecordEncoder.streamEnd(out, RecordType.STDIN, 1);
        return out;
    }

    /** What a worker writes, where bytes from sockets lie: in a pooled buffer. */
    private ByteBuf answer(int records, int recordLength) {
        ByteBuf out = pooled.clear();
        byte[] head = "Content-Type: text/plain\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        RecordHeader.write(out, RecordType.STDOUT, 1, head.length, 0);
        out.writeBytes(head);
        for (int record = 0; record < records; record++) {
            RecordHeader.write(out, RecordType.STDOUT, 1, recordLength, 0);
            out.writeZero(recordLength);
        }
        RecordEncoder.streamEnd(out, RecordType.STDOUT, 1);
        RecordEncoder.endRequest(out, 1, 0, ProtocolStatus.REQUEST_COMPLETE);
        return out;
    }
}
