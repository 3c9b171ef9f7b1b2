package io.gatepool.exchange;

import static io.gatepool.exchange.TestLoop.LOOP;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {

    private static final int MEMORY = 4096;

    private final Path directory;
    private final SpoolFiles files;
    private final List<IOException> failures = new ArrayList<>();
    private int written;

    SpoolTest(@TempDir Path directory) {
        this.directory = directory;
        this.files = new SpoolFiles(directory, 0);
    }

    private Spool spool(SpoolFiles where) {
        return new Spool(LOOP, where, MEMORY, new Spool.Listener() {
            @Override
            public void failed(IOException e) {
                failures.add(e);
            }

            @Override
            public void written() {
                written++;
            }
        });
    }

    private Spool filled(byte[] content, int piece) throws Exception {
        return filledFrom(files, content, piece);
    }

    private static byte[] content(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Reads until nothing is left. */
    private byte[] readAll(Spool spool) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        TestLoop.run(() -> readOn(spool, all));
        TestLoop.settle(files);
        return all.toByteArray();
    }

    private static void readOn(Spool spool, ByteArrayOutputStream all) {
        if (spool.unread() > 0) {
            spool.read(bytes -> {
                all.writeBytes(ByteBufUtil.getBytes(bytes));
                bytes.release();
                readOn(spool, all);
            });
        }
    }

    /** Descriptors of ours that lead to a file in the directory, as the kernel shows them. */
    private List<String> openFiles() throws IOException {
        List<String> targets = new ArrayList<>();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)) {
                    targets.add(Files.readSymbolicLink(descriptor).toString());
                }
            }
        }
        targets.removeIf(target -> !target.startsWith(directory + "/"));
        return targets;
    }

    @Test
    void upToTheLimitEverythingIsInMemory() throws Exception {
        byte[] content = content(MEMORY);
        Spool spool = filled(content, 1000);
        TestLoop.settle(files);
        assertThat(openFiles()).isEmpty();
        assertThat(spool.isInMemory()).isTrue();
        assertThat(readAll(spool)).isEqualTo(content);
    }

    @Test
    void beyondTheLimitThereIsAFileWithoutAName() throws Exception {
        byte[] content = content(MEMORY + 1);
        Spool spool = filled(content, MEMORY);
        TestLoop.settle(files);
        assertThat(spool.isInMemory()).isFalse();
        assertThat(openFiles()).singleElement().asString().endsWith("(deleted)");
        assertThat(directory).isEmptyDirectory();
        assertThat(readAll(spool)).isEqualTo(content);
    }

    @Test
    void largeContentComesBackInOrderAsOftenAsItIsRewound() throws Exception {
        byte[] content = content(1_000_003);
        Spool spool = filled(content, 999);
        assertThat(readAll(spool)).isEqualTo(content);
        assertThat(spool.unread()).isZero();
        spool.rewind();
        assertThat(spool.unread()).isEqualTo(content.length);
        assertThat(readAll(spool)).isEqualTo(content);
    }

    @Test
    void whatIsAppendedBetweenReadsFollows() throws Exception {
        byte[] content = content(3 * MEMORY);
        Spool spool = spool(files);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int at = 0; at < content.length; at += 1024) {
            ByteBuf piece = Unpooled.wrappedBuffer(content, at, 1024);
            TestLoop.run(() -> spool.append(piece));
            all.writeBytes(readAll(spool));
        }
        assertThat(all.toByteArray()).isEqualTo(content);
    }

    @Test
    void theCallerKeepsItsBuffer() throws Exception {
        ByteBuf small = Unpooled.buffer().writeZero(10);
        ByteBuf large = Unpooled.buffer().writeZero(MEMORY);
        Spool spool = spool(files);
        TestLoop.run(() -> {
            spool.append(small);
            spool.append(large);
        });
        TestLoop.settle(files);
        assertThat(small.refCnt()).isEqualTo(1);
        assertThat(small.readableBytes()).isEqualTo(10);
        assertThat(large.refCnt()).isEqualTo(1);
        assertThat(large.readableBytes()).isEqualTo(MEMORY);
    }

    @Test
    void theBacklogIsWhatWaitsForTheDiskAndItsEndIsTold() throws Exception {
        Spool spool = spool(files);
        long backlog = TestLoop.call(() -> {
            spool.append(Unpooled.buffer().writeZero(100));
            spool.append(Unpooled.buffer().writeZero(MEMORY));
            return spool.backlog();
        });
        assertThat(backlog).isEqualTo(MEMORY);
        assertThat(spool.size()).isEqualTo(MEMORY + 100);
        TestLoop.settle(files);
        assertThat(spool.backlog()).isZero();
        assertThat(written).isEqualTo(1);
    }

    @Test
    void releasingFreesTheMemoryWhenTheLastReaderHas() throws Exception {
        Spool spool = filled(content(100), 100);
        List<ByteBuf> read = new ArrayList<>();
        TestLoop.run(() -> spool.read(read::add));
        ByteBuf memory = read.get(0).unwrap();
        TestLoop.run(spool::release);
        assertThat(memory.refCnt()).isEqualTo(1);
        read.get(0).release();
        assertThat(memory.refCnt()).isZero();
    }

    @Test
    void releasingClosesTheFileAndIsHarmlessTwice() throws Exception {
        Spool spool = filled(content(5 * MEMORY), 1000);
        TestLoop.settle(files);
        TestLoop.run(() -> {
            spool.release();
            spool.release();
        });
        TestLoop.settle(files);
        assertThat(openFiles()).isEmpty();
    }

    @Test
    void aReleaseOvertakesAReadThatIsUnderWay() throws Exception {
        Spool spool = filled(content(2 * MEMORY), 2 * MEMORY);
        List<ByteBuf> read = new ArrayList<>();
        TestLoop.run(() -> {
            spool.read(read::add);
            spool.release();
            spool.append(Unpooled.buffer().writeZero(10));
        });
        TestLoop.settle(files);
        assertThat(read).isEmpty();
        assertThat(openFiles()).isEmpty();
    }

    @Test
    void aDiskThatRefusesIsToldOnce() throws Exception {
        SpoolFiles nowhere = new SpoolFiles(directory.resolve("missing"), 0);
        Spool spool = spool(nowhere);
        ByteBuf piece = Unpooled.buffer().writeZero(MEMORY + 1);
        TestLoop.run(() -> {
            spool.append(piece);
            spool.append(piece);
            spool.read(bytes -> failures.add(new IOException("read all the same")));
        });
        TestLoop.settle(nowhere);
        assertThat(failures).singleElement().asString().contains("missing");
        assertThat(piece.refCnt()).isEqualTo(1);
        TestLoop.run(spool::release);
    }

    // ---- memory that all spools share ----

    @Test
    void sharedMemoryComesBeforeTheFile() throws Exception {
        byte[] content = content(MEMORY + 3 * SpoolMemory.BLOCK - 5);
        Spool spool = filledFrom(new SpoolFiles(directory, 3L * SpoolMemory.BLOCK), content, 10_000);
        assertThat(openFiles()).isEmpty();
        assertThat(spool.size()).isEqualTo(content.length);
        assertThat(readAll(spool)).isEqualTo(content);
        TestLoop.run(spool::rewind);
        assertThat(readAll(spool)).isEqualTo(content);
        TestLoop.run(spool::release);
    }

    @Test
    void whenAllOfItIsTakenThereIsTheFile() throws Exception {
        byte[] content = content(MEMORY + 2 * SpoolMemory.BLOCK + 1);
        SpoolFiles shared = new SpoolFiles(directory, 2L * SpoolMemory.BLOCK);
        Spool spool = filledFrom(shared, content, 10_000);
        TestLoop.settle(shared);
        assertThat(openFiles()).hasSize(1);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        TestLoop.run(() -> readOn(spool, all));
        TestLoop.settle(shared);
        assertThat(all.toByteArray()).isEqualTo(content);
        TestLoop.run(spool::release);
        TestLoop.settle(shared);
    }

    @Test
    void oneSpoolTakesNoMoreThanItsShare() throws Exception {
        SpoolFiles shared = new SpoolFiles(directory, 100L * SpoolMemory.MOST);
        Spool spool = filledFrom(shared, content(MEMORY + SpoolMemory.MOST + 1), 50_000);
        TestLoop.settle(shared);
        assertThat(openFiles()).hasSize(1);
        TestLoop.run(spool::release);
        TestLoop.settle(shared);
    }

    @Test
    void whatIsReleasedIsThereForOthers() throws Exception {
        SpoolFiles shared = new SpoolFiles(directory, SpoolMemory.BLOCK);
        byte[] content = content(MEMORY + SpoolMemory.BLOCK);
        for (int round = 0; round < 3; round++) {
            Spool spool = filledFrom(shared, content, 1000);
            TestLoop.settle(shared);
            assertThat(openFiles()).isEmpty();
            TestLoop.run(() -> {
                spool.release();
                spool.release();
            });
        }
    }

    private Spool filledFrom(SpoolFiles shared, byte[] content, int piece) throws Exception {
        Spool spool = spool(shared);
        TestLoop.run(() -> {
            for (int at = 0; at < content.length; at += piece) {
                spool.append(Unpooled.wrappedBuffer(content, at, Math.min(piece, content.length - at)));
            }
        });
        return spool;
    }
}
