package io.gatepool.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchDirectoriesTest {

    private static final int RUNS = 4;
    private static final int FILES = 100;

    /** Runs that begin at the same time find the same directory of one that was killed. */
    @Test
    void severalMayRemoveTheSameDirectory(@TempDir Path parent) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(RUNS);
        try {
            for (int round = 0; round < 20; round++) {
                Path directory = Files.createDirectory(parent.resolve("gatepool-run-" + round));
                for (int file = 0; file < FILES; file++) {
                    Files.createFile(directory.resolve("worker" + file + ".sock"));
                }
                CyclicBarrier together = new CyclicBarrier(RUNS);
                List<Future<?>> all = new ArrayList<>();
                for (int run = 0; run < RUNS; run++) {
                    all.add(pool.submit(() -> {
                        together.await();
                        ScratchDirectories.remove(directory);
                        return null;
                    }));
                }
                for (Future<?> each : all) {
                    each.get(30, TimeUnit.SECONDS);
                }
                // Whoever was disturbed by another one leaves the rest to the next run.
                ScratchDirectories.remove(directory);
                assertThat(directory).doesNotExist();
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
