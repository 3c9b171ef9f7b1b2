package io.gatepool.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcUsageTest {

    private final Path proc;
    private final ProcUsage usage;

    ProcUsageTest(@TempDir Path directory) {
        proc = directory;
        usage = new ProcUsage(directory);
    }

    @BeforeEach
    void theMachineHasRunForAThousandSeconds() throws IOException {
        Files.writeString(proc.resolve("uptime"), "1000.00 3000.00\n");
    }

    /** @param cpu in ticks, a quarter of it in each of the four fields */
    private void process(int pid, long startTicks, long cpu, long kib, String children) throws IOException {
        Path thread = proc.resolve(pid + "/task/" + pid);
        Files.createDirectories(thread);
        Files.writeString(thread.resolve("children"), children);
        long quarter = cpu / 4;
        String times = (quarter + " ").repeat(4);
        Files.writeString(
                proc.resolve(pid + "/stat"),
                pid + " (a) b (c) S 1 1 1 0 -1 0 0 0 0 0 " + times + "20 0 1 0 " + startTicks + " 0 0");
        Files.writeString(proc.resolve(pid + "/status"), "Name:\tx\nVmRSS:\t    " + kib + " kB\nThreads:\t1\n");
    }

    private void gone(int pid) throws IOException {
        Files.delete(proc.resolve(pid + "/stat"));
    }

    private ProcUsage.Sample look(long seconds, Integer... pids) {
        return usage.look(Map.of("blog", List.of(pids)), TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void aWorkerCountsWithAllThatDescendFromIt() throws IOException {
        process(10, 90_000, 400, 100, "11 12 ");
        process(11, 90_000, 40, 10, "13 ");
        process(12, 90_000, 40, 10, "");
        process(13, 90_000, 40, 10, "");
        ProcUsage.Usage worker = look(1, 10).workers().get(10);
        assertThat(worker).isEqualTo(new ProcUsage.Usage(130 * 1024, 5.2, 5.2));
    }

    @Test
    void thePercentageIsThatOfTheTimeSinceTheLastLook() throws IOException {
        process(10, 90_000, 400, 100, "");
        look(1, 10);
        process(10, 90_000, 600, 100, "");
        ProcUsage.Sample sample = look(5, 10);
        assertThat(sample.workers()).hasEntrySatisfying(10, worker -> assertThat(worker.cpuPercent())
                .isCloseTo(50, within(0.01)));
        assertThat(sample.app("blog").cpuPercent()).isCloseTo(50, within(0.01));
    }

    @Test
    void theTimeOfAnAppNeverGoesBackWhenAWorkerEnds() throws IOException {
        process(10, 90_000, 400, 100, "");
        process(11, 90_000, 800, 100, "");
        assertThat(look(1, 10, 11).app("blog").cpuSeconds()).isEqualTo(12);
        gone(11);
        assertThat(look(3, 10, 11).app("blog").cpuSeconds()).isEqualTo(12);
        assertThat(look(5, 10).app("blog").cpuSeconds()).isEqualTo(12);
    }

    @Test
    void aNewProcessWithAnOldPidIsAnotherOne() throws IOException {
        process(10, 90_000, 400, 100, "");
        look(1, 10);
        process(10, 95_000, 40, 100, "");
        assertThat(look(3, 10).app("blog").cpuSeconds()).isCloseTo(4.4, within(0.001));
    }

    @Test
    void twoLooksWithinASecondAreOne() throws IOException {
        process(10, 90_000, 400, 100, "");
        ProcUsage.Sample first = look(1, 10);
        process(10, 90_000, 800, 100, "");
        assertThat(usage.look(Map.of("blog", List.of(10)), TimeUnit.MILLISECONDS.toNanos(1900)))
                .isSameAs(first);
    }

    @Test
    void aProcessThatIsNotThereIsMissing() {
        ProcUsage.Sample sample = look(1, 77);
        assertThat(sample.workers()).isEmpty();
        assertThat(sample.app("blog")).isEqualTo(ProcUsage.Total.NONE);
    }
}
