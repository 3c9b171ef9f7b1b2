package io.gatepool.process;

import static io.gatepool.process.OnLoop.LOOP;
import static io.gatepool.process.OnLoop.childReads;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a real event loop with real pipes. A thread of its own, since a read or write that blocks hears no interrupt. */
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PipeWriterTest {

    /** More than a pipe holds. */
    private static final int LARGE = 1 << 20;

    private final Asked asked = new Asked();
    private Pipe pipe;
    private PipeWriter writer;
    private boolean childEndOpen = true;

    /** What the source was asked. */
    private static final class Asked implements PipeWriter.Source {
        private final Semaphore more = new Semaphore(0);
        private final Semaphore broken = new Semaphore(0);
        private Runnable onMore = () -> {};

        @Override
        public void more() {
            onMore.run();
            more.release();
        }

        @Override
        public void broken() {
            broken.release();
        }
    }

    @BeforeEach
    void open() throws Exception {
        pipe = Pipe.toChild();
        writer = OnLoop.call(() -> PipeWriter.open(LOOP, pipe.ourEnd(), asked));
    }

    @AfterEach
    void close() throws Exception {
        OnLoop.run(writer::close);
        childCloses();
    }

    private void childCloses() {
        if (childEndOpen) {
            childEndOpen = false;
            pipe.closeChildEnd();
        }
    }

    private ByteBuf writes(byte[] bytes) throws Exception {
        ByteBuf buffer = Unpooled.directBuffer(bytes.length).writeBytes(bytes);
        OnLoop.run(() -> writer.write(buffer));
        return buffer;
    }

    @Test
    void itAsksForTheFirstBufferByItself() throws Exception {
        asked.more.acquire();
        OnLoop.settle();
        assertThat(asked.more.availablePermits())
                .as("asked again without a write")
                .isZero();
    }

    @Test
    void aSmallBufferGoesOutIsReleasedAndTheNextIsAskedFor() throws Exception {
        asked.more.acquire();
        ByteBuf bytes = writes("hello".getBytes(US_ASCII));
        asked.more.acquire();
        assertThat(bytes.refCnt()).isZero();
        assertThat(childReads(pipe, 5)).asString(US_ASCII).isEqualTo("hello");
    }

    @Test
    void closingIsTheEndOfTheChildsInput() throws Exception {
        asked.more.acquire();
        writes("hello".getBytes(US_ASCII));
        OnLoop.run(writer::close);
        assertThat(childReads(pipe, 100)).asString(US_ASCII).isEqualTo("hello");
    }

    @Test
    void aChildThatDoesNotReadHoldsItsSender() throws Exception {
        asked.more.acquire();
        ByteBuf bytes = writes(OnLoop.pattern(LARGE));
        OnLoop.settle();
        assertThat(asked.more.availablePermits()).isZero();
        assertThat(bytes.refCnt()).isEqualTo(1);
    }

    @Test
    void largeBuffersArriveWholeAndInOrder() throws Exception {
        asked.more.acquire();
        byte[] all = OnLoop.pattern(3 * LARGE);
        int[] sent = {0};
        asked.onMore = () -> {
            if (sent[0] == all.length) {
                writer.close();
            } else {
                // Of no even size, so that nothing fits the pipe by chance.
                int length = Math.min(200_003, all.length - sent[0]);
                ByteBuf piece = Unpooled.directBuffer(length).writeBytes(all, sent[0], length);
                sent[0] += length;
                writer.write(piece);
            }
        };
        OnLoop.run(asked.onMore);
        assertThat(childReads(pipe, all.length + 1)).isEqualTo(all);
    }

    @Test
    void aReaderThatLeavesInMidWriteBreaksItOnce() throws Exception {
        asked.more.acquire();
        ByteBuf bytes = writes(OnLoop.pattern(LARGE));
        childReads(pipe, 10);
        childCloses();
        asked.broken.acquire();
        OnLoop.settle();
        assertThat(asked.broken.availablePermits()).isZero();
        assertThat(asked.more.availablePermits()).isZero();
        assertThat(bytes.refCnt()).isZero();
    }

    @Test
    void aReaderThatLeavesWhileNothingIsWrittenIsNoticed() throws Exception {
        asked.more.acquire();
        childCloses();
        asked.broken.acquire();
    }

    @Test
    void afterABreakWritesAreDroppedAndReleased() throws Exception {
        childCloses();
        asked.broken.acquire();
        assertThat(writes(new byte[10]).refCnt()).isZero();
        OnLoop.settle();
        assertThat(asked.broken.availablePermits()).isZero();
    }

    @Test
    void closingReleasesWhatIsPendingAndIsHarmlessTwice() throws Exception {
        asked.more.acquire();
        ByteBuf bytes = writes(OnLoop.pattern(LARGE));
        OnLoop.run(() -> {
            writer.close();
            writer.close();
        });
        assertThat(bytes.refCnt()).isZero();
        assertThat(writes(new byte[10]).refCnt()).isZero();
        OnLoop.settle();
        assertThat(asked.more.availablePermits()).isZero();
        assertThat(asked.broken.availablePermits()).isZero();
    }

    @Test
    void closedBeforeTheLoopWasReadyItAsksForNothing() throws Exception {
        Pipe other = Pipe.toChild();
        Asked unasked = new Asked();
        OnLoop.run(() -> PipeWriter.open(LOOP, other.ourEnd(), unasked).close());
        OnLoop.settle();
        assertThat(unasked.more.availablePermits()).isZero();
        assertThat(childReads(other, 1)).isEmpty();
        other.closeChildEnd();
    }
}
