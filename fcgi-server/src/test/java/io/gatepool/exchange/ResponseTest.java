package io.gatepool.exchange;

import static io.gatepool.exchange.TestLoop.LOOP;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResponseTest {

    private static final int MEMORY = 64 * 1024;
    private static final int LIMIT = 256 * 1024;
    private static final ResponseHead HEAD =
            ErrorPage.of("r0000000", new Failure(Cause.NOT_FOUND, "")).head();

    private final Path directory;
    private final SpoolFiles files;
    private final RecordingSink sink = new RecordingSink();
    private final Response response;
    private int relieved;

    ResponseTest(@TempDir Path directory) {
        this.directory = directory;
        files = new SpoolFiles(directory);
        response = new Response(LOOP, files, sink, LIMIT);
        response.whenRelieved(() -> relieved++);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private ByteBuf content(byte[] bytes) throws Exception {
        ByteBuf piece = Unpooled.buffer(bytes.length).writeBytes(bytes);
        TestLoop.run(() -> response.content(piece));
        return piece;
    }

    private void clientReads() throws Exception {
        TestLoop.run(() -> {
            sink.writable(true);
            response.pump();
        });
        TestLoop.settle(files);
    }

    private void begin(boolean clientReads) throws Exception {
        sink.writable(clientReads);
        TestLoop.run(() -> response.head(HEAD));
    }

    @Test
    void aClientThatKeepsUpGetsEverythingAtOnce() throws Exception {
        begin(true);
        content(bytes(1000));
        assertThat(sink.body()).isEqualTo(bytes(1000));
        TestLoop.run(() -> response.complete(7));
        assertThat(sink.events()).containsExactly("head 404", "end 7");
        assertThat(response.bytes()).isEqualTo(1000);
        assertThat(response.status()).isEqualTo(404);
    }

    @Test
    void forASlowClientContentWaitsAndThenArrivesInOrder() throws Exception {
        begin(false);
        byte[] all = bytes(200_000);
        for (int at = 0; at < all.length; at += 10_000) {
            content(java.util.Arrays.copyOfRange(all, at, at + 10_000));
        }
        assertThat(sink.body()).isEmpty();
        clientReads();
        assertThat(sink.body()).isEqualTo(all);
    }

    @Test
    void theEndWaitsBehindTheContent() throws Exception {
        begin(false);
        content(bytes(100_000));
        TestLoop.run(() -> response.complete(0));
        assertThat(sink.events()).containsExactly("head 404");
        clientReads();
        assertThat(sink.body()).isEqualTo(bytes(100_000));
        assertThat(sink.events()).containsExactly("head 404", "end 0");
    }

    @Test
    void whatWasTakenIsReleased() throws Exception {
        begin(false);
        ByteBuf inMemory = content(bytes(MEMORY));
        ByteBuf inFile = content(bytes(MEMORY));
        TestLoop.settle(files);
        assertThat(inMemory.refCnt()).isZero();
        assertThat(inFile.refCnt()).isZero();
    }

    @Test
    void beyondTheLimitTheMakerWaitsUntilTheClientHasCaughtUp() throws Exception {
        begin(false);
        content(bytes(MEMORY));
        content(bytes(LIMIT));
        assertThat(response.isSaturated()).isFalse();
        content(bytes(1));
        assertThat(response.isSaturated()).isTrue();
        TestLoop.settle(files);
        assertThat(relieved).isZero();
        clientReads();
        assertThat(response.isSaturated()).isFalse();
        assertThat(relieved).isEqualTo(1);
    }

    @Test
    void onceCaughtUpContentGoesStraightThroughAgain() throws Exception {
        begin(false);
        content(bytes(10));
        clientReads();
        content(bytes(20));
        assertThat(sink.body()).hasSize(30);
    }

    @Test
    void aClientThatHasGoneFreesEverything() throws Exception {
        begin(false);
        content(bytes(MEMORY * 2));
        TestLoop.run(response::discard);
        ByteBuf late = content(bytes(10));
        TestLoop.run(() -> response.complete(0));
        clientReads();
        assertThat(late.refCnt()).isZero();
        assertThat(sink.body()).isEmpty();
        assertThat(sink.events()).containsExactly("head 404");
    }

    @Test
    void aFailureBeforeTheHeadIsAPage() throws Exception {
        TestLoop.run(() -> response.fail("r1234567", new Failure(Cause.QUEUE_FULL, ""), 0));
        assertThat(sink.events()).containsExactly("head 503", "end 0");
        assertThat(new String(sink.body(), UTF_8)).contains("queue-full", "r1234567");
    }

    @Test
    void thePageOfAFailureCarriesTheProcessesOwnStatus() throws Exception {
        TestLoop.run(() -> response.fail("r1234567", new Failure(Cause.HEAD_MALFORMED, ""), 137));
        assertThat(sink.events()).containsExactly("head 502", "end 137");
    }

    @Test
    void aFailureBeforeTheHeadMayBeToldInTheProtocolsWords() throws Exception {
        sink.refuses();
        TestLoop.run(() -> response.fail("r1234567", new Failure(Cause.QUEUE_FULL, ""), 0));
        assertThat(sink.events()).containsExactly("refuse QUEUE_FULL");
        assertThat(sink.body()).isEmpty();
    }

    @Test
    void aFailureBehindTheHeadIsAnAbortBehindWhatWasMade() throws Exception {
        begin(false);
        content(bytes(100_000));
        TestLoop.run(() -> response.fail("r1234567", new Failure(Cause.TRUNCATED, ""), 0));
        clientReads();
        assertThat(sink.body()).isEqualTo(bytes(100_000));
        assertThat(sink.events()).containsExactly("head 404", "abort");
    }

    @Test
    void aDiskThatRefusesAbortsAndIsToldOnce() throws Exception {
        SpoolFiles nowhere = new SpoolFiles(directory.resolve("missing"), 0);
        Response lost = new Response(LOOP, nowhere, sink, LIMIT);
        List<IOException> failures = new ArrayList<>();
        lost.whenFailed(failures::add);
        sink.writable(false);
        TestLoop.run(() -> {
            lost.head(HEAD);
            lost.content(Unpooled.buffer().writeZero(2 * MEMORY));
            lost.content(Unpooled.buffer().writeZero(2 * MEMORY));
        });
        TestLoop.settle(nowhere);
        assertThat(failures).hasSize(1);
        assertThat(sink.events()).containsExactly("head 404", "abort");
    }
}
