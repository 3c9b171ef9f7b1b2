package io.gatepool.exchange;

import static io.gatepool.exchange.TestLoop.LOOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestBodyTest {

    private final Path directory;
    private final SpoolFiles files;

    RequestBodyTest(@TempDir Path directory) {
        this.directory = directory;
        this.files = new SpoolFiles(directory);
    }

    private RequestBody body(long limit) {
        return new RequestBody(LOOP, files, limit);
    }

    private static ByteBuf zeros(int length) {
        return Unpooled.buffer(length).writeZero(length);
    }

    @Test
    void anEmptyBodyHasNothingToRead() {
        RequestBody body = body(10);
        body.end();
        body.rewind();
        assertThat(body.isComplete()).isTrue();
        assertThat(body.received()).isZero();
        assertThat(body.unread()).isZero();
        assertThat(body.isInMemory()).isTrue();
        assertThat(body.isCongested()).isFalse();
        body.release();
    }

    @Test
    void itIsCompleteWhenTheSenderSaysSo() throws Exception {
        RequestBody body = body(10);
        TestLoop.run(() -> body.append(zeros(10)));
        assertThat(body.isComplete()).isFalse();
        body.end();
        assertThat(body.isComplete()).isTrue();
    }

    @Test
    void theLimitItselfIsAllowed() throws Exception {
        RequestBody body = body(10);
        assertThat(TestLoop.call(() -> body.append(zeros(4)) && body.append(zeros(6))))
                .isTrue();
        assertThat(body.received()).isEqualTo(10);
    }

    @Test
    void aByteMoreIsRefusedAndSoIsAllThatFollows() throws Exception {
        RequestBody body = body(10);
        assertThat(TestLoop.call(() -> body.append(zeros(10)))).isTrue();
        assertThat(TestLoop.call(() -> body.append(zeros(1)))).isFalse();
        assertThat(TestLoop.call(() -> body.append(zeros(1)))).isFalse();
        assertThat(body.unread()).as("kept").isEqualTo(10);
        assertThat(body.received()).as("arrived").isEqualTo(12);
    }

    @Test
    void withoutALimitNothingOverflows() throws Exception {
        RequestBody body = body(Long.MAX_VALUE);
        assertThat(TestLoop.call(() -> body.append(zeros(10)))).isTrue();
        assertThat(body.limit()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void itIsReadAgainAfterARewind() throws Exception {
        RequestBody body = body(100);
        List<String> read = new ArrayList<>();
        TestLoop.run(() -> {
            body.append(Unpooled.wrappedBuffer(new byte[] {'a', 'b'}));
            for (int time = 0; time < 2; time++) {
                body.read(bytes -> {
                    read.add(bytes.toString(java.nio.charset.StandardCharsets.US_ASCII));
                    bytes.release();
                });
                body.rewind();
            }
        });
        assertThat(read).containsExactly("ab", "ab");
    }

    @Test
    void aSenderFasterThanTheDiskIsHeldUntilItHasWritten() throws Exception {
        RequestBody body = body(Long.MAX_VALUE);
        int[] written = {0};
        body.whenWritten(() -> written[0]++);
        boolean congested = TestLoop.call(() -> {
            body.append(zeros(RequestBody.MEMORY));
            boolean atFirst = body.isCongested();
            body.append(zeros((1 << 20) + 1));
            return !atFirst && body.isCongested();
        });
        assertThat(congested).isTrue();
        TestLoop.settle(files);
        assertThat(body.isCongested()).isFalse();
        assertThat(written[0]).isEqualTo(1);
        TestLoop.run(body::release);
    }

    @Test
    void aDiskThatRefusedBeforeAnybodyListenedIsToldAllTheSame() throws Exception {
        SpoolFiles nowhere = new SpoolFiles(directory.resolve("missing"), 0);
        RequestBody body = new RequestBody(LOOP, nowhere, Long.MAX_VALUE);
        TestLoop.run(() -> body.append(zeros(RequestBody.MEMORY + 1)));
        TestLoop.settle(nowhere);
        List<IOException> failures = new ArrayList<>();
        body.whenFailed(failures::add);
        assertThat(failures).hasSize(1);
    }

    @Test
    void oneThatIsPassedOnHoldsItsSenderUntilItIsRead() throws Exception {
        RequestBody body = new RequestBody(LOOP, files, Long.MAX_VALUE, true);
        List<String> events = new ArrayList<>();
        body.whenMore(() -> events.add("more"));
        body.whenWritten(() -> events.add("relieved"));
        TestLoop.run(() -> {
            body.append(zeros(RequestBody.MEMORY));
            events.add("congested " + body.isCongested());
            body.append(zeros(1));
            events.add("congested " + body.isCongested());
            body.read(bytes -> {
                events.add("read " + bytes.readableBytes());
                bytes.release();
            });
            events.add("unread " + body.unread());
            body.end();
        });
        assertThat(events)
                .containsExactly(
                        "more",
                        "congested false",
                        "more",
                        "congested true",
                        "read " + (RequestBody.MEMORY + 1),
                        "relieved",
                        "unread 0",
                        "more");
    }
}
