package io.gatepool.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What /proc tells of processes and of the machine; any thread that may wait. What has gone reads as nothing. */
final class Proc {

    /** sysconf(_SC_CLK_TCK), which is 100 on every Linux that Java runs on. */
    private static final long TICK_NANOS = 10_000_000;

    /** Fields of stat, counted as in proc(5). */
    private static final int UTIME = 14;

    private static final int STIME = 15;
    private static final int CUTIME = 16;
    private static final int CSTIME = 17;

    /** Fields of the line "cpu" in /proc/stat, in ticks: user, nice, system, idle, iowait, irq, softirq, steal. */
    private static final int IDLE = 3;

    private static final int IOWAIT = 4;
    private static final int STEAL = 7;
    private static final int TIMES = 8;

    private Proc() {}

    /**
     * The processors' time since the start of the machine, in nanoseconds.
     *
     * @param births processes and threads born since then
     */
    record Machine(long busy, long steal, long total, long births) {}

    static Machine machine() {
        long busy = 0;
        long steal = 0;
        long total = 0;
        long births = 0;
        for (String line : lines(Path.of("/proc/stat"))) {
            String[] words = line.strip().split("\\s+", -1);
            if (words[0].equals("cpu")) {
                for (int i = 0; i < TIMES && i + 1 < words.length; i++) {
                    long nanos = Long.parseLong(words[i + 1]) * TICK_NANOS;
                    total += nanos;
                    steal += i == STEAL ? nanos : 0;
                    busy += i == IDLE || i == IOWAIT || i == STEAL ? 0 : nanos;
                }
            } else if (words[0].equals("processes")) {
                births = Long.parseLong(words[1]);
            }
        }
        return new Machine(busy, steal, total, births);
    }

    /** The process, and all that descend from it, itself first. */
    static Set<Integer> family(int pid) {
        Set<Integer> family = new LinkedHashSet<>();
        descend(pid, family);
        return family;
    }

    private static void descend(int pid, Set<Integer> family) {
        if (!family.add(pid)) {
            return;
        }
        for (Path thread : threads(pid)) {
            for (String line : lines(thread.resolve("children"))) {
                for (String child : line.strip().split(" ", -1)) {
                    if (!child.isEmpty()) {
                        descend(Integer.parseInt(child), family);
                    }
                }
            }
        }
    }

    /** What each living thread has run, in nanoseconds, by its id; empty where the kernel keeps no such account. */
    static Map<String, Long> threadNanos(int pid) {
        Map<String, Long> nanos = new HashMap<>();
        for (Path thread : threads(pid)) {
            for (String line : lines(thread.resolve("schedstat"))) {
                nanos.put(String.valueOf(thread.getFileName()), Long.parseLong(line.split(" ", 2)[0]));
            }
        }
        return nanos;
    }

    /** What a process has run, in nanoseconds. */
    static long nanos(int pid) {
        long precise =
                threadNanos(pid).values().stream().mapToLong(Long::longValue).sum();
        return Math.max(precise, ticks(pid, UTIME) + ticks(pid, STIME));
    }

    /** What those of its children have run that have ended and were waited for, in nanoseconds. */
    static long endedChildrenNanos(int pid) {
        return ticks(pid, CUTIME) + ticks(pid, CSTIME);
    }

    /** As nanoseconds. */
    private static long ticks(int pid, int field) {
        List<String> lines = lines(process(pid).resolve("stat"));
        if (lines.isEmpty()) {
            return 0;
        }
        // The name stands in parentheses and may hold anything; behind it comes field 3.
        String text = lines.get(lines.size() - 1);
        String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fields[field - 3]) * TICK_NANOS;
    }

    /** Its share of the memory in bytes (PSS): pages that several processes share count in parts. */
    static long pss(int pid) {
        for (String line : lines(process(pid).resolve("smaps_rollup"))) {
            if (line.startsWith("Pss:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        return 0;
    }

    /** Whether a process runs the same program as another: one that is being born still is its parent. */
    static boolean isSameProgram(int pid, int other) {
        try {
            return Files.readSymbolicLink(process(pid).resolve("exe"))
                    .equals(Files.readSymbolicLink(process(other).resolve("exe")));
        } catch (IOException e) {
            return false;
        }
    }

    private static Iterable<Path> threads(int pid) {
        Set<Path> threads = new LinkedHashSet<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(process(pid).resolve("task"))) {
            tasks.forEach(threads::add);
        } catch (IOException | DirectoryIteratorException e) {
            // It has ended.
        }
        return threads;
    }

    private static Path process(int pid) {
        return Path.of("/proc", Integer.toString(pid));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return List.of();
        }
    }
}
