package io.gatepool.process;

import static io.gatepool.process.OnLoop.LOOP;
import static io.gatepool.process.OnLoop.childWrites;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a real event loop with real pipes. A thread of its own, since a read or write that blocks hears no interrupt. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PipeReaderTest {

    private static final byte[] HELLO = "hello".getBytes(US_ASCII);

    private final Received received = new Received();
    private Pipe pipe;
    private PipeReader reader;
    private boolean childEndOpen = true;

    /** What the sink was told; {@code onData} runs on the loop at every piece. */
    private static final class Received implements PipeReader.Sink {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int ends;
        private Runnable onData = () -> {};

        @Override
        public synchronized void data(ByteBuf piece) {
            assertThat(ends).as("data behind the end").isZero();
            bytes.writeBytes(io.netty.buffer.ByteBufUtil.getBytes(piece));
            piece.release();
            onData.run();
            notifyAll();
        }

        @Override
        public synchronized void endOfFile() {
            ends++;
            notifyAll();
        }

        synchronized byte[] awaitBytes(int length) throws InterruptedException {
            while (bytes.size() < length) {
                wait();
            }
            return bytes.toByteArray();
        }

        synchronized byte[] awaitEnd() throws InterruptedException {
            while (ends == 0) {
                wait();
            }
            return bytes.toByteArray();
        }

        synchronized byte[] soFar() {
            return bytes.toByteArray();
        }

        synchronized int ends() {
            return ends;
        }
    }

    @BeforeEach
    void open() throws Exception {
        pipe = Pipe.fromChild();
        reader = OnLoop.call(() -> PipeReader.open(LOOP, pipe.ourEnd(), received));
        OnLoop.settle();
    }

    @AfterEach
    void close() throws Exception {
        OnLoop.run(reader::close);
        childCloses();
    }

    private void childCloses() {
        if (childEndOpen) {
            childEndOpen = false;
            pipe.closeChildEnd();
        }
    }

    @Test
    void whatTheChildWritesArrives() throws Exception {
        childWrites(pipe, HELLO);
        assertThat(received.awaitBytes(5)).isEqualTo(HELLO);
        childWrites(pipe, HELLO);
        assertThat(received.awaitBytes(10)).asString(US_ASCII).isEqualTo("hellohello");
        assertThat(received.ends()).isZero();
    }

    @Test
    void theEndComesOnceAndBehindTheData() throws Exception {
        childWrites(pipe, HELLO);
        childCloses();
        assertThat(received.awaitEnd()).isEqualTo(HELLO);
        OnLoop.settle();
        assertThat(received.ends()).isEqualTo(1);
    }

    @Test
    void muchDataArrivesWholeAndInOrder() throws Exception {
        byte[] much = OnLoop.pattern(5 << 20);
        childWrites(pipe, much);
        childCloses();
        assertThat(received.awaitEnd()).isEqualTo(much);
    }

    @Test
    void whilePausedNothingArrivesAndNothingIsLost() throws Exception {
        OnLoop.run(reader::pause);
        childWrites(pipe, HELLO);
        OnLoop.settle();
        assertThat(received.soFar()).isEmpty();
        OnLoop.run(reader::resume);
        assertThat(received.awaitBytes(5)).isEqualTo(HELLO);
    }

    @Test
    void aPauseHoldsInTheMiddleOfABurst() throws Exception {
        received.onData = () -> reader.pause();
        byte[] burst = OnLoop.pattern(60_000);
        childWrites(pipe, burst);
        int first = received.awaitBytes(1).length;
        OnLoop.settle();
        assertThat(received.soFar()).hasSize(first);
        assertThat(first).isLessThan(burst.length);
        OnLoop.run(() -> {
            received.onData = () -> {};
            reader.resume();
        });
        assertThat(received.awaitBytes(burst.length)).isEqualTo(burst);
    }

    @Test
    void aWriterThatLeavesDuringAPauseIsNoticedAfterIt() throws Exception {
        OnLoop.run(reader::pause);
        childWrites(pipe, HELLO);
        childCloses();
        OnLoop.settle();
        assertThat(received.soFar()).isEmpty();
        assertThat(received.ends()).isZero();
        OnLoop.run(reader::resume);
        assertThat(received.awaitEnd()).isEqualTo(HELLO);
    }

    @Test
    void readNowTakesWhatIsThereWithoutAnEvent() throws Exception {
        assertThat(OnLoop.call(() -> {
                    childWrites(pipe, HELLO);
                    reader.readNow();
                    return received.soFar();
                }))
                .isEqualTo(HELLO);
    }

    @Test
    void readNowRespectsAPause() throws Exception {
        assertThat(OnLoop.call(() -> {
                    reader.pause();
                    childWrites(pipe, HELLO);
                    reader.readNow();
                    return received.soFar();
                }))
                .isEmpty();
    }

    @Test
    void drainingTakesAFullPipeAndEndsAlthoughAWriterIsLeft() throws Exception {
        byte[] full = OnLoop.pattern(64 * 1024);
        byte[] drained = OnLoop.call(() -> {
            reader.pause();
            childWrites(pipe, full);
            reader.drainAndClose();
            return received.soFar();
        });
        assertThat(drained).isEqualTo(full);
        assertThat(received.ends()).isEqualTo(1);
    }

    @Test
    void drainingEndsThoughSomebodyKeepsWriting() throws Exception {
        byte[] piece = OnLoop.pattern(4096);
        received.onData = () -> assertThatCode(() -> childWrites(pipe, piece)).doesNotThrowAnyException();
        OnLoop.run(() -> {
            assertThatCode(() -> childWrites(pipe, piece)).doesNotThrowAnyException();
            reader.drainAndClose();
        });
        assertThat(received.ends()).isEqualTo(1);
    }

    @Test
    void closingIsSilentAndHarmlessTwice() throws Exception {
        OnLoop.run(() -> {
            reader.close();
            reader.close();
            reader.drainAndClose();
            reader.readNow();
            reader.resume();
        });
        OnLoop.settle();
        assertThat(received.ends()).isZero();
        assertThatCode(() -> childWrites(pipe, HELLO)).as("a write to nobody").hasMessageContaining("Broken pipe");
    }

    @Test
    void closingInTheMiddleOfDataStopsIt() throws Exception {
        received.onData = () -> reader.close();
        childWrites(pipe, OnLoop.pattern(60_000));
        int first = received.awaitBytes(1).length;
        OnLoop.settle();
        assertThat(received.soFar()).hasSize(first);
        assertThat(received.ends()).isZero();
    }
}
