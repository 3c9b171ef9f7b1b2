package io.gatepool.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcUsageTest {

    private final Path proc;
    private final ProcUsage usage;

    ProcUsageTest(@TempDir Path directory) {
        proc = directory;
        usage = new ProcUsage(directory);
    }

    /** @param uptime of the machine in seconds; {@code started} in hundredths of them, as {@code ticks} are */
    private void now(double uptime, int pid, long started, long ticks) throws IOException {
        Files.writeString(proc.resolve("uptime"), uptime + " 99.0\n");
        Path process = Files.createDirectories(proc.resolve(Integer.toString(pid)));
        Files.writeString(
                process.resolve("stat"),
                pid + " (a b) c) S 1 1 1 0 -1 0 0 0 0 0 " + (ticks - 1) + " 1 0 0 20 0 1 0 " + started + " 0 0\n");
        Files.writeString(process.resolve("statm"), "1000 256 100 1 0 500 0\n");
    }

    private double percent(int pid) {
        ProcUsage.Usage one = usage.of(List.of(pid)).get(pid);
        return one == null ? -1 : one.cpuPercent();
    }

    @Test
    void atTheFirstLookItIsTheShareSinceTheBirth() throws IOException {
        now(20, 7, 1000, 500);
        assertThat(percent(7)).isCloseTo(50, within(0.01));
        assertThat(usage.of(List.of(7)).get(7)).isEqualTo(new ProcUsage.Usage(256 * 4096, 50));
    }

    @Test
    void thenTheShareSinceTheLook() throws IOException {
        now(20, 7, 1000, 500);
        percent(7);
        now(22, 7, 1000, 520);
        assertThat(percent(7)).isCloseTo(10, within(0.01));
    }

    @Test
    void looksInQuickSuccessionSeeTheSame() throws IOException {
        now(20, 7, 1000, 500);
        percent(7);
        now(20.2, 7, 1000, 520);
        assertThat(percent(7)).isCloseTo(50, within(0.01));
        now(21, 7, 1000, 520);
        assertThat(percent(7)).isCloseTo(20, within(0.01));
    }

    @Test
    void anotherProcessWithThePidOfAFormerOneIsAnother() throws IOException {
        now(20, 7, 1000, 500);
        percent(7);
        now(40, 7, 3000, 100);
        assertThat(percent(7)).isCloseTo(10, within(0.01));
    }

    @Test
    void whatHasEndedIsMissing() throws IOException {
        now(20, 7, 1000, 500);
        assertThat(usage.of(List.of(7, 8))).containsOnlyKeys(7);
    }

    @Test
    void aRealOneUsesMemory() {
        int self = (int) ProcessHandle.current().pid();
        ProcUsage.Usage used = new ProcUsage().of(List.of(self)).get(self);
        assertThat(used).isNotNull();
        if (used != null) {
            assertThat(used.rssBytes()).isGreaterThan(1 << 20);
            assertThat(used.cpuPercent()).isPositive();
        }
    }
}
