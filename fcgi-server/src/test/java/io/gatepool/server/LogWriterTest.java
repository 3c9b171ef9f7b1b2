package io.gatepool.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A log whose disk is slow, full, or both: nobody waits, nothing is torn, everything lost is counted. */
class LogWriterTest {

    /** A disk with so much room. */
    private static final class Disk implements WritableByteChannel {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch turning = new CountDownLatch(1);
        private int room = Integer.MAX_VALUE;

        /** Takes a while for its first bytes. */
        private boolean hangs;

        @Override
        public int write(ByteBuffer source) throws IOException {
            asked.countDown();
            if (hangs) {
                await(turning);
            }
            synchronized (this) {
                if (room == 0 && source.hasRemaining()) {
                    throw new IOException("No space left on device");
                }
                int length = Math.min(room, source.remaining());
                for (int at = 0; at < length; at++) {
                    bytes.write(source.get());
                }
                room -= length;
                return length;
            }
        }

        synchronized void room(int more) {
            room = more;
        }

        synchronized String text() {
            return bytes.toString(UTF_8);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private final Disk disk = new Disk();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final List<String> drops = new CopyOnWriteArrayList<>();
    private final CountDownLatch failed = new CountDownLatch(1);
    private final LogWriter writer =
            new LogWriter("test-log", new LogFile("disk", disk, null), 100, this::fails, drops::add);

    private void fails(String what) {
        failures.add(what);
        failed.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @AfterEach
    void stop() {
        disk.turning.countDown();
        writer.stop();
    }

    private void offer(String line) {
        writer.offer(out -> out.append(line));
    }

    @Test
    void whatIsOfferedIsWrittenInOrderAndToTheEnd() {
        writer.start();
        StringBuilder expected = new StringBuilder();
        for (int line = 0; line < 100; line++) {
            offer("line " + line);
            expected.append("line ").append(line).append('\n');
        }
        writer.stop();
        assertThat(disk.text()).isEqualTo(expected.toString());
        assertThat(writer.dropped()).isZero();
        assertThat(drops).isEmpty();
    }

    @Test
    void aDiskThatHangsCostsLinesAndHoldsNobody() {
        disk.hangs = true;
        writer.start();
        offer("first");
        await(disk.asked);
        for (int line = 0; line < 1000; line++) {
            offer("line " + line);
        }
        assertThat(writer.dropped()).isEqualTo(900);
        disk.turning.countDown();
        writer.stop();
        assertThat(disk.text().lines().count()).isEqualTo(101);
        assertThat(drops).containsExactly("900 log lines were dropped: disk could not be written");
        assertThat(failures).isEmpty();
    }

    @Test
    void aFullDiskIsToldOnceAndWrittenOnWhenThereIsRoom() {
        disk.room(0);
        writer.start();
        offer("lost 1");
        await(failed);
        offer("lost 2");
        while (writer.dropped() < 2) {
            Thread.onSpinWait();
        }
        assertThat(failures).containsExactly("disk cannot be written, its lines are dropped: No space left on device");
        assertThat(drops).isEmpty();
        disk.room(Integer.MAX_VALUE);
        offer("kept");
        writer.stop();
        assertThat(disk.text()).isEqualTo("kept\n");
        assertThat(writer.dropped()).isEqualTo(2);
        assertThat(drops).containsExactly("2 log lines were dropped: disk could not be written");
    }

    @Test
    void aLineThatWasCutDoesNotRunIntoTheNext() {
        disk.room(8);
        offer("one");
        offer("two of them");
        writer.start();
        await(failed);
        disk.room(Integer.MAX_VALUE);
        offer("three");
        writer.stop();
        assertThat(disk.text()).isEqualTo("one\ntwo \nthree\n");
        assertThat(writer.dropped()).isEqualTo(1);
    }

    @Test
    void aLineThatCannotBeMadeIsToldAndEndsNothing() {
        writer.start();
        writer.offer(out -> {
            out.append("half");
            throw new IllegalStateException("oops");
        });
        offer("next");
        writer.stop();
        assertThat(disk.text())
                .isEqualTo("a log line could not be made: java.lang.IllegalStateException: oops\nnext\n");
    }
}
