package io.gatepool.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Memory and processor time of workers and of their children, from {@code /proc} (proc(5)); looked at only when
 * somebody asks, and at most once a second. What a worker used between the last look and its end is not seen.
 *
 * <p>It reads files, so it is not for the event loop; any one thread at a time.
 */
final class ProcUsage {

    /** USER_HZ, which is 100 for every program on every machine that gatepool runs on. */
    private static final double TICKS = 100;

    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** A process is not the same as the one that has its pid later. */
    private record Identity(int pid, long startTicks) {}

    /**
     * One worker with its children.
     *
     * @param residentBytes the sum of their resident sets; what they share counts for each
     * @param cpuSeconds so far, with children that have ended
     * @param cpuPercent of one processor since the last look, or in its whole life at the first
     */
    record Usage(long residentBytes, double cpuSeconds, double cpuPercent) {}

    /**
     * All workers of an application.
     *
     * @param cpuSeconds so far, with workers that have ended
     */
    record Total(long residentBytes, double cpuSeconds, double cpuPercent) {
        static final Total NONE = new Total(0, 0, 0);
    }

    /**
     * One look.
     *
     * @param workers by pid; those that were not there are missing
     * @param apps by name
     */
    record Sample(Map<Integer, Usage> workers, Map<String, Total> apps) {
        Total app(String name) {
            return apps.getOrDefault(name, Total.NONE);
        }
    }

    /** What is remembered of a worker until the next look. */
    private record Seen(String app, double cpuSeconds) {}

    private record Tree(long startTicks, long residentBytes, double cpuSeconds) {}

    private final Path proc;
    private final Map<String, Double> cpuOfEnded = new HashMap<>();
    private Map<Identity, Seen> seen = Map.of();
    private @Nullable Sample last;
    private long lastNanos;

    ProcUsage() {
        this(Path.of("/proc"));
    }

    ProcUsage(Path proc) {
        this.proc = proc;
    }

    /** @param workers the pids of each application's workers */
    Sample look(Map<String, ? extends Collection<Integer>> workers, long nowNanos) {
        if (last != null && nowNanos - lastNanos < FRESH_NANOS) {
            return last;
        }
        double seconds = (nowNanos - lastNanos) / 1e9;
        double uptime = uptime();
        Map<Identity, Seen> now = new HashMap<>();
        Map<Integer, Usage> usages = new HashMap<>();
        Map<String, Total> totals = new HashMap<>();
        workers.forEach((app, pids) -> {
            Total total = new Total(0, cpuOfEnded.getOrDefault(app, 0.0), 0);
            for (int pid : pids) {
                Tree tree = tree(pid);
                if (tree == null) {
                    continue;
                }
                Identity identity = new Identity(pid, tree.startTicks());
                Seen before = seen.get(identity);
                // A child that nobody waited for takes its time along; a counter does not go back.
                double cpu = before == null ? tree.cpuSeconds() : Math.max(before.cpuSeconds(), tree.cpuSeconds());
                double percent = before == null
                        ? percent(cpu, uptime - tree.startTicks() / TICKS)
                        : percent(cpu - before.cpuSeconds(), seconds);
                now.put(identity, new Seen(app, cpu));
                usages.put(pid, new Usage(tree.residentBytes(), cpu, percent));
                total = new Total(
                        total.residentBytes() + tree.residentBytes(),
                        total.cpuSeconds() + cpu,
                        total.cpuPercent() + percent);
            }
            totals.put(app, total);
        });
        seen.forEach((identity, was) -> {
            if (!now.containsKey(identity)) {
                cpuOfEnded.merge(was.app(), was.cpuSeconds(), Double::sum);
                totals.computeIfPresent(
                        was.app(),
                        (app, total) -> new Total(
                                total.residentBytes(), total.cpuSeconds() + was.cpuSeconds(), total.cpuPercent()));
            }
        });
        seen = now;
        lastNanos = nowNanos;
        Sample sample = new Sample(Map.copyOf(usages), Map.copyOf(totals));
        last = sample;
        return sample;
    }

    private static double percent(double cpuSeconds, double seconds) {
        return 100 * cpuSeconds / Math.max(seconds, 0.1);
    }

    private double uptime() {
        try {
            return Double.parseDouble(read(proc.resolve("uptime")).split(" ", 2)[0]);
        } catch (IOException e) {
            return 0;
        }
    }

    /** The process with all that descend from it; null when it has gone. */
    private @Nullable Tree tree(int pid) {
        try {
            String[] stat = stat(pid);
            long startTicks = Long.parseLong(field(stat, 22));
            long resident = 0;
            double cpu = 0;
            Set<Integer> family = new HashSet<>();
            descend(pid, family);
            for (int member : family) {
                String[] its = member == pid ? stat : statIfAlive(member);
                if (its.length > 0) {
                    resident += resident(member);
                    cpu += ticks(its, 14) + ticks(its, 15) + ticks(its, 16) + ticks(its, 17);
                }
            }
            return new Tree(startTicks, resident, cpu / TICKS);
        } catch (IOException e) {
            return null;
        }
    }

    private void descend(int pid, Set<Integer> family) {
        if (!family.add(pid)) {
            return;
        }
        try (DirectoryStream<Path> threads =
                Files.newDirectoryStream(process(pid).resolve("task"))) {
            for (Path thread : threads) {
                for (String child : read(thread.resolve("children")).split(" ", -1)) {
                    if (!child.isBlank()) {
                        descend(Integer.parseInt(child.strip()), family);
                    }
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // It has gone, or the kernel was built without lists of children: then it counts alone.
        }
    }

    private String[] statIfAlive(int pid) {
        try {
            return stat(pid);
        } catch (IOException e) {
            return new String[0];
        }
    }

    /** The fields behind the name, which stands in parentheses and may hold anything; the first is field 3. */
    private String[] stat(int pid) throws IOException {
        String text = read(process(pid).resolve("stat"));
        return text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
    }

    private static String field(String[] stat, int number) {
        return stat[number - 3];
    }

    private static long ticks(String[] stat, int number) {
        return Long.parseLong(field(stat, number));
    }

    private long resident(int pid) {
        try {
            for (String line : read(process(pid).resolve("status")).split("\n", -1)) {
                if (line.startsWith("VmRSS:")) {
                    return 1024 * Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
        } catch (IOException e) {
            // It has ended in this moment.
        }
        return 0;
    }

    private Path process(int pid) {
        return proc.resolve(Integer.toString(pid));
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }
}
