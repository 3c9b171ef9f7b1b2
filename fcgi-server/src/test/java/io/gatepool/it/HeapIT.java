package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java heap that the launcher asks for, and what a connection takes of it. */
class HeapIT {

    private static final int CONNECTIONS = 400;

    /** The last line of jcmd's histogram: instances, then bytes. */
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)$");

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

    /** Bytes of the objects in a daemon's heap that are in use; the others are collected first. */
    private long inUse(Daemon daemon) throws Exception {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String pid = Integer.toString(daemon.pid());
        try (Running running = Running.start(directory, Map.of(), jcmd, pid, "GC.class_histogram")) {
            assertThat(running.awaitExit()).as(running.output()).isZero();
            Matcher total = TOTAL.matcher(running.output());
            assertThat(total.find()).as(running.output()).isTrue();
            return Long.parseLong(total.group(1));
        }
    }

    private static void open(HttpHouse house, int number, List<RawHttp> open) throws Exception {
        for (int more = 0; more < number; more++) {
            RawHttp http = house.connect();
            open.add(http);
            assertThat(http.get("/pid").response().status()).isEqualTo(200);
        }
    }

    /** Some 1,800 bytes. What it kept of a request that is answered would cost others a pause, once for thousands. */
    @Test
    void aConnectionThatRestsTakesLessThanTwoKilobytes() throws Exception {
        List<RawHttp> open = new ArrayList<>();
        try (HttpHouse house = new HttpHouse(directory, "")) {
            open(house, CONNECTIONS / 4, open);
            long before = inUse(house.daemon());
            open(house, CONNECTIONS, open);
            assertThat((inUse(house.daemon()) - before) / CONNECTIONS).isBetween(1000L, 2000L);
        } finally {
            open.forEach(RawHttp::close);
        }
    }
}
