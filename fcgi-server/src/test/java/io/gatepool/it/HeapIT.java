package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java heap that the launcher asks for. */
class HeapIT {

    private final Path directory;

    HeapIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private String started(String options) throws Exception {
        Map<String, String> environment = Map.of("GATEPOOL_JAVA_OPTS", options + " -Xlog:gc+init=info:stdout");
        String launcher =
                Daemon.REPOSITORY.resolve("target/gatepool/bin/gatepool").toString();
        try (Running running = Running.start(directory, environment, launcher, "--version")) {
            assertThat(running.awaitExit()).as(running.output()).isZero();
            return running.output();
        }
    }

    /** Or each time that it grows all of it would be collected, while everybody waits. */
    @Test
    void isAsLargeAsItMayGetFromTheStart() throws Exception {
        assertThat(started("")).contains("Heap Initial Capacity: 64M", "Heap Max Capacity: 64M");
    }

    @Test
    void isSmallerOrLargerByOnesOwnOptions() throws Exception {
        assertThat(started("-Xmx32m")).contains("Heap Initial Capacity: 24M", "Heap Max Capacity: 32M");
        assertThat(started("-Xlog:disable -Xmx128m")).contains("Heap Max Capacity: 128M");
        assertThat(started("-XX:MaxHeapSize=32m")).contains("Heap Max Capacity: 32M");
        assertThat(started("-XX:MaxRAMPercentage=50 -Xms40m")).contains("Heap Initial Capacity: 40M");
    }
}
