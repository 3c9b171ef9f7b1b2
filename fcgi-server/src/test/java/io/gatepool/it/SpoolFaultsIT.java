package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No room for request bodies and responses: the request ends with a cause, what it took of the disk is free again, and
 * the next one finds room. A small tmpfs is full (ENOSPC) where the test may mount one; a limit on the size of files
 * (EFBIG) shows the same to everybody.
 */
class SpoolFaultsIT {

    private static final int MIB = 1 << 20;

    /** More than a body may have in memory: half a MiB of it needs a file. */
    private static final int UPLOAD = MIB + MIB / 2;

    private final Path spool;
    private final Path directory;
    private @Nullable Daemon started;
    private boolean mounted;

    SpoolFaultsIT(@TempDir Path directory) throws IOException {
        this.directory = directory.toRealPath();
        this.spool = this.directory.resolve("spool");
    }

    @BeforeEach
    void makeDirectory() throws Exception {
        Files.createDirectories(spool);
    }

    private void start() throws Exception {
        started = Daemon.serve(directory, """
                [server]
                runtime_dir = "run"
                spool_dir = "spool"
                [app.work]
                kind = "fastcgi"
                command = ["%s/testapp.py"]
                workers.mode = "static"
                workers.max = 1
                listen = "http:127.0.0.1:0"
                """.formatted(Daemon.TEST_APPS));
    }

    private void startOnSmallDisk() throws Exception {
        Needs.root();
        Needs.success(
                "no tmpfs can be mounted here",
                List.of("/bin/mount", "-t", "tmpfs", "-o", "size=1m", "none", spool.toString()));
        mounted = true;
        start();
    }

    @AfterEach
    void stop() throws Exception {
        try {
            if (started != null) {
                started.close();
            }
        } finally {
            if (mounted) {
                Programs.run(Path.of("/"), "/bin/umount", "--lazy", spool.toString());
            }
        }
    }

    private Daemon daemon() {
        return Objects.requireNonNull(started);
    }

    private int port() throws Exception {
        return daemon().port("work", "http");
    }

    private Call.Answer upload(int bytes) throws Exception {
        return Call.post(port(), "/sha", "x".repeat(bytes));
    }

    private void awaitNothingKept() {
        Poll.until("no file is open in the spool", () -> openInSpool() == 0);
    }

    private long openInSpool() {
        try (Stream<Path> open = Files.list(Path.of("/proc", Integer.toString(daemon().pid()), "fd"))) {
            return open.filter(this::isInSpool).count();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private boolean isInSpool(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(spool);
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    // ---- a full disk ----

    @Test
    void anUploadThatTheDiskHasNoRoomForIsAFailureWithACause() throws Exception {
        startOnSmallDisk();
        Call.Answer answer = upload(3 * MIB);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.cause()).isEqualTo("spool-failed");
        daemon().running()
                .await("ERROR work: \\S+ POST /sha failed: request body: spool_dir " + spool
                        + ": No space left on device;" + " make room there, .* \\(spool-failed\\)");
        awaitNothingKept();
        assertThat(upload(UPLOAD).body()).contains(" " + UPLOAD + " ");
    }

    @Test
    void whereOthersHaveFilledTheDiskAllGoesOnWhenTheyHaveMadeRoom() throws Exception {
        startOnSmallDisk();
        Path rubbish = Files.write(spool.resolve("rubbish"), new byte[MIB]);
        assertThat(upload(UPLOAD).cause()).isEqualTo("spool-failed");
        // What needs no file does not care.
        assertThat(upload(1000).body()).contains(" 1000 ");
        Files.delete(rubbish);
        assertThat(upload(UPLOAD).status()).isEqualTo(200);
    }

    @Test
    void aResponseThatTheDiskHasNoRoomForIsVisiblyCutAndTheWorkerFree() throws Exception {
        startOnSmallDisk();
        try (RawHttp slow = RawHttp.connectWithSmallBuffer(port())) {
            slow.get("/size?n=" + 16 * MIB);
            daemon().running()
                    .await("GET /size\\S+ failed: response: spool_dir " + spool + ": No space left on device");
            awaitNothingKept();
            assertThat(Call.get(port(), "/pid").status()).isEqualTo(200);
            assertThat(slow.response().complete()).isFalse();
        }
    }

    // ---- a limit, for those who are not root ----

    @Test
    void aLimitOnTheSizeOfFilesFailsOnlyTheRequest() throws Exception {
        start();
        Shortage.limit(daemon().pid(), "fsize", 100_000);
        Call.Answer answer = upload(UPLOAD);
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.cause()).isEqualTo("spool-failed");
        daemon().running().await("request body: spool_dir " + spool + ": File too large");
        awaitNothingKept();
        Shortage.lift(daemon().pid(), "fsize");
        assertThat(upload(UPLOAD).status()).isEqualTo(200);
    }

    @Test
    void aDirectoryThatIsGoneIsNamed() throws Exception {
        start();
        Files.delete(spool);
        assertThat(upload(UPLOAD).cause()).isEqualTo("spool-failed");
        daemon().running().await("request body: spool_dir " + spool + ": it is not there; ");
        Files.createDirectory(spool);
        assertThat(upload(UPLOAD).status()).isEqualTo(200);
    }

    @Test
    void manyThatFailLeaveNothingBehind() throws Exception {
        start();
        upload(UPLOAD);
        int pid = daemon().pid();
        long before = Shortage.descriptors(pid);
        Shortage.limit(daemon().pid(), "fsize", 100_000);
        for (int request = 0; request < 30; request++) {
            assertThat(upload(UPLOAD).status()).isEqualTo(500);
        }
        awaitNothingKept();
        Poll.until("as many descriptors as before", () -> Shortage.descriptors(pid) <= before);
        try (Stream<Path> left = Files.list(spool)) {
            assertThat(left).isEmpty();
        }
    }
}
