package io.gatepool.pool;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepool.fastcgi.ProtocolStatus;
import io.gatepool.fastcgi.RecordEncoder;
import io.gatepool.fastcgi.RecordType;
import io.gatepool.process.KernelBuffer;
import io.gatepool.process.Peek;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real epoll loop; the worker is the test itself, with the JDK's blocking Unix sockets. */
class WorkerSocketTest {

    private static final IoEventLoop LOOP = new MultiThreadIoEventLoopGroup(
                    1, new DefaultThreadFactory("loop", true), EpollIoHandler.newFactory())
            .next();

    private static final int ID = 1;

    /** What the socket told: "received:…" in pieces, "all", "writable", "closed", "failed". */
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();

    private Path path = Path.of("");
    private ServerSocketChannel listening = none();
    private WorkerSocket socket = unconnected();
    private SocketChannel worker = unconnected();

    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // Set before each test.
    private static <T> T unconnected() {
        return null;
    }

    private static ServerSocketChannel none() {
        return unconnected();
    }

    private Runnable onReceived = () -> {};

    private final WorkerSocket.Listener listener = new WorkerSocket.Listener() {
        @Override
        public boolean isAllAnswered(ByteBuf bytes) {
            return WholeAnswer.end(bytes, bytes.readerIndex(), ID) == bytes.writerIndex();
        }

        @Override
        public void received(WorkerSocket from, ByteBuf bytes) {
            events.add("received:" + ByteBufUtil.hexDump(ByteBufUtil.getBytes(bytes)));
            onReceived.run();
        }

        @Override
        public void receivedAll(WorkerSocket from) {
            events.add("all");
        }

        @Override
        public void writable(WorkerSocket socket) {
            events.add("writable");
        }

        @Override
        public void closed(WorkerSocket socket) {
            events.add("closed");
        }

        @Override
        public void failed(RuntimeException mistake) {
            events.add("failed");
        }
    };

    @BeforeEach
    void connect(@TempDir Path directory) throws Exception {
        path = directory.resolve("worker.sock");
        listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(path));
        socket = LOOP.submit(() -> WorkerSocket.connect(LOOP, path, listener)).get(20, TimeUnit.SECONDS);
        worker = listening.accept();
    }

    @AfterEach
    void close() throws Exception {
        onLoop(socket::close);
        worker.close();
        listening.close();
    }

    // ---- in ----

    @Test
    void whatTheWorkerWritesIsReceived() throws Exception {
        write("not an answer");
        assertThat(receive("not an answer".length())).isEqualTo("not an answer");
    }

    @Test
    void aShortWholeAnswerStaysInTheSocketUntilTheNextRequestHasGoneOut() throws Exception {
        byte[] answer = answer("short");
        write(answer);
        assertThat(receiveHex(answer.length)).isEqualTo(ByteBufUtil.hexDump(answer));
        assertThat(waiting()).isEqualTo(answer.length);
        send("next");
        assertThat(waiting()).isNegative();
        assertThat(read(4)).isEqualTo("next");
    }

    @Test
    void whatWasLeftIsNotReceivedAgain() throws Exception {
        for (int round = 0; round < 20; round++) {
            byte[] answer = answer("round " + round);
            write(answer);
            assertThat(receiveHex(answer.length)).isEqualTo(ByteBufUtil.hexDump(answer));
            send("more");
            assertThat(read(4)).isEqualTo("more");
        }
    }

    @Test
    void theNextRequestMayBeSentWhileTheAnswerIsReceived() throws Exception {
        onReceived = () -> socket.send(bytes("next"));
        byte[] answer = answer("first");
        write(answer);
        assertThat(receiveHex(answer.length)).isEqualTo(ByteBufUtil.hexDump(answer));
        assertThat(read(4)).isEqualTo("next");
        onReceived = () -> {};
        byte[] second = answer("second");
        write(second);
        assertThat(receiveHex(second.length)).isEqualTo(ByteBufUtil.hexDump(second));
    }

    @Test
    void whatFollowsAnAnswerThatWasLeftIsReceivedAlone() throws Exception {
        byte[] answer = answer("first");
        write(answer);
        receiveHex(answer.length);
        write("surplus");
        assertThat(receive("surplus".length())).isEqualTo("surplus");
    }

    @Test
    void theEndBehindAnAnswerThatWasLeftIsNoticed() throws Exception {
        byte[] answer = answer("last");
        write(answer);
        receiveHex(answer.length);
        worker.close();
        awaitClosed();
    }

    @Test
    void theEndCanBeAskedForBeforeItsEventHasComeAndBehindAnAnswerThatWasLeft() throws Exception {
        byte[] answer = answer("left");
        write(answer);
        receiveHex(answer.length);
        onLoop(() -> {
            assertThat(socket.isAtEnd()).isFalse();
            try {
                worker.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            assertThat(socket.isAtEnd()).isTrue();
        });
        awaitClosed();
    }

    @Test
    void theWorkersEndIsToldFromOurs() throws Exception {
        worker.close();
        awaitClosed();
        onLoop(() -> assertThat(socket.hasEnded()).isTrue());
    }

    @Test
    void ourEndIsNotTheWorkers() throws Exception {
        onLoop(socket::close);
        awaitClosed();
        onLoop(() -> assertThat(socket.hasEnded()).isFalse());
    }

    @Test
    void aWorkerThatClosesWithoutHavingReadAllHasEndedTheAnswerToo() throws Exception {
        send("never read");
        write("whole");
        worker.close();
        assertThat(receive("whole".length())).isEqualTo("whole");
        awaitClosed();
        onLoop(() -> assertThat(socket.hasEnded()).isTrue());
    }

    @Test
    void aWorkerCannotWriteAnyMoreWhenNobodyReadsAndItsEndIsHeardAllTheSame() throws Exception {
        write("some");
        assertThat(receive("some".length())).isEqualTo("some");
        onLoop(socket::shutdownInput);
        assertThatThrownBy(() -> write("more")).isInstanceOf(IOException.class).hasMessageContaining("Broken pipe");
        onLoop(() -> assertThat(socket.isOpen()).isTrue());
        worker.close();
        awaitClosed();
        onLoop(() -> assertThat(socket.hasEnded()).isTrue());
    }

    @Test
    void aWorkerThatHadClosedIsHeardWhenTheInputIsShut() throws Exception {
        onLoop(() -> {
            try {
                worker.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            socket.shutdownInput();
        });
        awaitClosed();
    }

    @Test
    void anAnswerAndTheEndAtOnceAreBothSeen() throws Exception {
        onLoop(socket::pause);
        byte[] answer = answer("last words");
        write(answer);
        worker.close();
        onLoop(socket::resume);
        assertThat(receiveHex(answer.length)).isEqualTo(ByteBufUtil.hexDump(answer));
        awaitClosed();
    }

    @Test
    void anAnswerMayComeInTwoPiecesCutAnywhere() throws Exception {
        byte[] answer = answer("cut me anywhere");
        for (int cut = 1; cut < answer.length; cut++) {
            write(part(answer, 0, cut));
            String first = receiveHex(cut);
            write(part(answer, cut, answer.length));
            assertThat(first + receiveHex(answer.length - cut)).isEqualTo(ByteBufUtil.hexDump(answer));
            send("x");
            read(1);
        }
    }

    @Test
    void anAnswerLargerThanAnyBufferArrivesWhole() throws Exception {
        byte[] large = new byte[3_000_000];
        new Random(5).nextBytes(large);
        Thread writing = new Thread(() -> {
            try {
                write(large);
            } catch (IOException e) {
                events.add("the worker's write failed: " + e);
            }
        });
        writing.start();
        assertThat(receiveHex(large.length)).isEqualTo(ByteBufUtil.hexDump(large));
        writing.join();
        byte[] answer = answer("a short one again");
        write(answer);
        assertThat(receiveHex(answer.length)).isEqualTo(ByteBufUtil.hexDump(answer));
    }

    @Test
    void whilePausedNothingIsReceivedAndAfterwardsAll() throws Exception {
        onLoop(socket::pause);
        write("one ");
        write("two");
        // The loop has seen the event when it has dealt with something that came later.
        onLoop(() -> {});
        assertThat(events).isEmpty();
        onLoop(socket::resume);
        assertThat(receive(7)).isEqualTo("one two");
    }

    @Test
    void aPauseInTheMiddleStopsAtOnce() throws Exception {
        onReceived = socket::pause;
        byte[] large = new byte[200_000];
        Thread writing = new Thread(() -> {
            try {
                write(large);
            } catch (IOException e) {
                events.add("the worker's write failed: " + e);
            }
        });
        writing.start();
        assertThat(events.poll(20, TimeUnit.SECONDS)).startsWith("received:");
        onLoop(() -> {});
        assertThat(events.stream().filter(event -> event.startsWith("received:")))
                .isEmpty();
        onReceived = () -> {};
        onLoop(socket::resume);
        writing.join();
        worker.close();
        awaitClosed();
    }

    // ---- out ----

    @Test
    void whatTheWorkerDoesNotReadWaitsAndArrivesInOrder() throws Exception {
        byte[] large = new byte[5_000_000];
        new Random(7).nextBytes(large);
        onLoop(() -> {
            for (int at = 0; at < large.length; at += 50_000) {
                socket.add(Unpooled.wrappedBuffer(large, at, 25_000));
                socket.send(Unpooled.wrappedBuffer(large, at + 25_000, 25_000));
            }
            assertThat(socket.isWritable()).isFalse();
            assertThat(socket.isDrained()).isFalse();
        });
        ByteBuffer all = ByteBuffer.allocate(large.length);
        while (all.hasRemaining()) {
            worker.read(all);
        }
        assertThat(all.array()).isEqualTo(large);
        assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("writable");
        onLoop(() -> {
            assertThat(socket.isDrained()).isTrue();
            assertThat(socket.sent()).isEqualTo(large.length);
        });
    }

    @Test
    void whatIsFlushedSoonGoesOutAtTheEndOfTheLoopsTurn() throws Exception {
        onLoop(() -> {
            socket.add(bytes("one "));
            socket.flushSoon();
            socket.add(bytes("two "));
            socket.flushSoon();
            assertThat(socket.sent()).isZero();
        });
        assertThat(read(8)).isEqualTo("one two ");
        // Each turn has its own.
        onLoop(() -> {
            socket.add(bytes("more"));
            socket.flushSoon();
        });
        assertThat(read(4)).isEqualTo("more");
    }

    @Test
    void whatIsFlushedSoonGoesOutBeforeWhatIsSentAtOnce() throws Exception {
        onLoop(() -> {
            socket.add(bytes("first "));
            socket.flushSoon();
            socket.send(bytes("second"));
            assertThat(socket.sent()).isEqualTo(12);
        });
        assertThat(read(12)).isEqualTo("first second");
    }

    @Test
    void whatIsFlushedSoonWhileAnswersAreReceivedGoesOutBehindTheLastOfThem() throws Exception {
        AtomicLong sentAtOnce = new AtomicLong(-1);
        onReceived = () -> {
            socket.add(bytes("next"));
            socket.flushSoon();
            sentAtOnce.set(socket.sent());
        };
        write("an answer");
        assertThat(read(4)).isEqualTo("next");
        assertThat(sentAtOnce).hasValue(0);
        assertThat(receive("an answer".length())).isEqualTo("an answer");
    }

    @Test
    void nothingGoesOutOfASocketThatWasClosedInTheMeantime() throws Exception {
        onLoop(() -> {
            socket.add(bytes("too late"));
            socket.flushSoon();
            socket.close();
        });
        assertThat(worker.read(ByteBuffer.allocate(10))).isEqualTo(-1);
        awaitClosed();
    }

    @Test
    void moreOfALargeBodyGoesOutThanTheKernelTakesByItself() throws Exception {
        onLoop(() -> {
            socket.send(Unpooled.wrappedBuffer(new byte[5_000_000]));
            assertThat(socket.sent()).isGreaterThan(KernelBuffer.mostByDefault());
        });
    }

    @Test
    void whoFoundItFullIsToldAlsoWhenTheSendOfAnotherOneHasMadeRoom() throws Exception {
        onLoop(() -> {
            while (socket.isWritable()) {
                socket.send(Unpooled.wrappedBuffer(new byte[8192]));
            }
            try {
                read((int) socket.sent());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            // The loop has not come to the event that the worker has read.
            socket.send(bytes("."));
            assertThat(socket.isDrained()).isTrue();
        });
        assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("writable");
    }

    @Test
    void theOutputEndsBehindWhatStillWaits() throws Exception {
        onLoop(() -> {
            socket.send(Unpooled.wrappedBuffer(new byte[2_000_000]));
            socket.shutdownOutput();
        });
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        long total = 0;
        for (int length = worker.read(buffer); length >= 0; length = worker.read(buffer.clear())) {
            total += length;
        }
        assertThat(total).isEqualTo(2_000_000);
        write("still heard");
        assertThat(receive(11)).isEqualTo("still heard");
    }

    @Test
    void theLastAnswerOfAWorkerThatReadsNoMoreIsNotLost() throws Exception {
        onLoop(socket::pause);
        write("bye");
        worker.close();
        onLoop(() -> {
            socket.send(bytes("too late"));
            assertThat(socket.isDrained()).isFalse();
            socket.resume();
        });
        assertThat(receive(3)).isEqualTo("bye");
        awaitClosed();
    }

    // ---- the end ----

    @Test
    void closingInTheMiddleOfACallIsTheEnd() throws Exception {
        onReceived = socket::close;
        write("something");
        assertThat(events.poll(20, TimeUnit.SECONDS)).startsWith("received:");
        awaitClosed();
        onLoop(() -> {
            socket.send(bytes("ignored"));
            socket.resume();
            socket.close();
        });
        assertThat(events).isEmpty();
    }

    @Test
    void aMistakeOfOursClosesAndIsTold() throws Exception {
        onReceived = () -> {
            throw new IllegalStateException("a mistake");
        };
        write("something");
        assertThat(events.poll(20, TimeUnit.SECONDS)).startsWith("received:");
        assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("failed");
        awaitClosed();
    }

    @Test
    void whereNobodyListensTheConnectFails() {
        assertThatThrownBy(() -> WorkerSocket.connect(LOOP, path.resolveSibling("nobody.sock"), listener))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aFullBacklogIsToldByItsNumber(@TempDir Path directory) throws Exception {
        Path crowded = directory.resolve("crowded.sock");
        List<WorkerSocket> connected = new ArrayList<>();
        try (ServerSocketChannel busy = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            busy.bind(UnixDomainSocketAddress.of(crowded), 1);
            assertThatThrownBy(() -> {
                        for (int more = 0; more < 10; more++) {
                            connected.add(LOOP.submit(() -> WorkerSocket.connect(LOOP, crowded, listener))
                                    .get(20, TimeUnit.SECONDS));
                        }
                    })
                    .cause()
                    .hasMessageContaining("(-11)");
        }
        for (WorkerSocket one : connected) {
            onLoop(one::close);
        }
    }

    // ---- tools ----

    private static void onLoop(Runnable task) throws Exception {
        LOOP.submit(task).get(20, TimeUnit.SECONDS);
    }

    private void send(String text) throws Exception {
        onLoop(() -> socket.send(bytes(text)));
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, US_ASCII);
    }

    private static byte[] part(byte[] all, int from, int to) {
        return Arrays.copyOfRange(all, from, to);
    }

    private static byte[] answer(String body) {
        ByteBuf out = Unpooled.buffer();
        RecordEncoder.stream(out, RecordType.STDOUT, ID, bytes("Content-Type: text/plain\n\n" + body));
        RecordEncoder.streamEnd(out, RecordType.STDOUT, ID);
        RecordEncoder.endRequest(out, ID, 0, ProtocolStatus.REQUEST_COMPLETE);
        return ByteBufUtil.getBytes(out);
    }

    private void write(String text) throws IOException {
        write(text.getBytes(US_ASCII));
    }

    private void write(byte[] bytes) throws IOException {
        ByteBuffer all = ByteBuffer.wrap(bytes);
        while (all.hasRemaining()) {
            worker.write(all);
        }
    }

    private String read(int length) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(length);
        while (all.hasRemaining() && worker.read(all) >= 0) {
            // Until it is full.
        }
        return new String(all.array(), US_ASCII);
    }

    private String receive(int length) throws InterruptedException {
        return new String(ByteBufUtil.decodeHexDump(receiveHex(length)), US_ASCII);
    }

    /** Exactly {@code length} bytes, however they come. */
    private String receiveHex(int length) throws InterruptedException {
        StringBuilder hex = new StringBuilder();
        while (hex.length() < 2 * length) {
            String event = events.poll(20, TimeUnit.SECONDS);
            assertThat(event).as("after " + hex.length() / 2 + " bytes").isNotNull();
            if (event.startsWith("received:")) {
                hex.append(event, "received:".length(), event.length());
            } else {
                assertThat(event).isIn("all", "writable");
            }
        }
        assertThat(hex.length()).isEqualTo(2 * length);
        return hex.toString();
    }

    private void awaitClosed() throws InterruptedException {
        String event = "";
        while (!"closed".equals(event)) {
            event = events.poll(20, TimeUnit.SECONDS);
            assertThat(event).as("closed").isNotNull();
        }
    }

    /** How many bytes lie in our end of the socket, or -1 (EAGAIN) for none. */
    private int waiting() throws Exception {
        return LOOP.submit(() -> {
                    ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(4096);
                    try {
                        return Peek.at(socket.fd().intValue(), buffer.memoryAddress(), 4096);
                    } finally {
                        buffer.release();
                    }
                })
                .get(20, TimeUnit.SECONDS);
    }
}
