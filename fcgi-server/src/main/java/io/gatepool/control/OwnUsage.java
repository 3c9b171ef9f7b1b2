package io.gatepool.control;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What gatepool itself uses. It reads {@code /proc/self}, so it is not for the event loop.
 *
 * @param startSeconds when the process was started, since 1970
 * @param cpuSeconds its processor time
 * @param childrenCpuSeconds that of all its children which have ended, and of their children
 * @param residentBytes its resident set
 * @param openDescriptors files, sockets and pipes
 * @param mostDescriptors how many there may be
 * @param heapBytes of Java's heap in use
 * @param heapLimitBytes how large it may grow
 * @param directBytes of Netty's direct memory
 * @param threads that are alive
 */
record OwnUsage(
        double startSeconds,
        double cpuSeconds,
        double childrenCpuSeconds,
        long residentBytes,
        long openDescriptors,
        long mostDescriptors,
        long heapBytes,
        long heapLimitBytes,
        long directBytes,
        int threads) {

    private static final Path SELF = Path.of("/proc/self");
    private static final double TICKS = 100;

    static OwnUsage now() {
        String stat = read("stat");
        // The fields behind the name; the first is field 3 of proc(5).
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        Runtime runtime = Runtime.getRuntime();
        return new OwnUsage(
                ProcessHandle.current()
                        .info()
                        .startInstant()
                        .map(start -> start.toEpochMilli() / 1e3)
                        .orElse(0.0),
                (number(fields, 14) + number(fields, 15)) / TICKS,
                (number(fields, 16) + number(fields, 17)) / TICKS,
                1024 * numberIn(read("status"), "VmRSS:"),
                descriptors(),
                numberIn(read("limits"), "Max open files"),
                runtime.totalMemory() - runtime.freeMemory(),
                runtime.maxMemory(),
                ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider allocator
                        ? allocator.metric().usedDirectMemory()
                        : 0,
                Thread.activeCount());
    }

    private static long number(String[] fields, int number) {
        return fields.length > number - 3 ? Long.parseLong(fields[number - 3]) : 0;
    }

    /** The first number in the line that begins with {@code start}; 0 without one. */
    private static long numberIn(String text, String start) {
        for (String line : text.split("\n", -1)) {
            if (line.startsWith(start)) {
                String[] words = line.substring(start.length()).strip().split("\\s+", -1);
                return words[0].matches("[0-9]{1,18}") ? Long.parseLong(words[0]) : 0;
            }
        }
        return 0;
    }

    private static long descriptors() {
        try (Stream<Path> descriptors = Files.list(SELF.resolve("fd"))) {
            return descriptors.count();
        } catch (IOException e) {
            return 0;
        }
    }

    private static String read(String file) {
        try {
            return Files.readString(SELF.resolve(file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
