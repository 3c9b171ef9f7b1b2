package io.gatepool.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What processes use of memory and processor, from {@code /proc}. Keeps the last sample of each, so that the share of the
 * processor is that since somebody looked before; at the first look, that since the birth. Not for the event loop; one
 * thread at a time.
 */
public final class ProcUsage {

    /** USER_HZ: what the kernel counts processor time in, 100 to all programs whatever its own clock does. */
    private static final int TICKS_A_SECOND = 100;

    private static final int PAGE = 4096;

    /** Less than this between two looks tells nothing: a tick is 10 ms. */
    private static final double SHORTEST_SECONDS = 0.5;

    /**
     * What a process uses.
     *
     * @param rssBytes memory that it has in RAM, shared pages included
     * @param cpuPercent of one processor
     */
    public record Usage(long rssBytes, double cpuPercent) {}

    /** @param started in ticks since the boot: tells a process from another that has its pid later */
    private record Sample(String started, double seconds, long ticks, double percent) {}

    private final Path proc;
    private Map<Integer, Sample> samples = new HashMap<>();

    public ProcUsage() {
        this(Path.of("/proc"));
    }

    /** @param proc where {@code /proc} is, for tests */
    ProcUsage(Path proc) {
        this.proc = proc;
    }

    /** Looks at these processes, and forgets all others. Those that have ended are missing from the answer. */
    public Map<Integer, Usage> of(List<Integer> pids) {
        Map<Integer, Usage> usages = new HashMap<>();
        Map<Integer, Sample> seen = new HashMap<>();
        for (int pid : pids) {
            look(pid, seen).ifPresent(usage -> usages.put(pid, usage));
        }
        samples = seen;
        return usages;
    }

    private Optional<Usage> look(int pid, Map<Integer, Sample> seen) {
        try {
            Path process = proc.resolve(Integer.toString(pid));
            String stat = read(process.resolve("stat"));
            // The name stands in parentheses and may hold anything; behind it is field 3 of proc(5).
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long ticks = Long.parseLong(fields[14 - 3]) + Long.parseLong(fields[15 - 3]);
            String started = fields[22 - 3];
            double now = Double.parseDouble(read(proc.resolve("uptime")).split(" ", 2)[0]);
            Sample sample = sample(samples.get(pid), started, now, ticks);
            seen.put(pid, sample);
            long pages = Long.parseLong(read(process.resolve("statm")).split(" ", 3)[1]);
            return Optional.of(new Usage(pages * PAGE, sample.percent()));
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            // It has ended; a zombie has no memory to tell of.
            return Optional.empty();
        }
    }

    private static Sample sample(@Nullable Sample last, String started, double now, long ticks) {
        Sample since = last != null && last.started().equals(started)
                ? last
                : new Sample(started, Long.parseLong(started) / (double) TICKS_A_SECOND, 0, 0);
        double seconds = now - since.seconds();
        return seconds < SHORTEST_SECONDS
                ? since
                : new Sample(started, now, ticks, 100.0 * (ticks - since.ticks()) / TICKS_A_SECOND / seconds);
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    }
}
