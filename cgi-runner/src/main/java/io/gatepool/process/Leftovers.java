package io.gatepool.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Processes that carry gatepool's mark: every child is born with {@code GATEPOOL_CHILD=<mark>:...} in its environment
 * and hands it down, so that what escaped its process group, or outlived a gatepool that was killed, can be told from
 * everybody else's. Reading another user's environment needs root; without it only our own processes are seen.
 *
 * <p>A mark is the path of a directory, in which a colon is written {@code %3A} and a percent sign {@code %25}. The
 * host sees the processes of its containers, where the same path may mean another directory, of another gatepool: those
 * who have one that is not ours are left alone.
 *
 * <p>Reads /proc; not for the event loop.
 */
public final class Leftovers {

    /** The variable that every child carries. */
    public static final String VARIABLE = "GATEPOOL_CHILD";

    private static final int ROUNDS = 10;

    /** A program that is just being executed has no environment for a moment; on a busy machine a long one. */
    private static final long EXEC_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long PAUSE_NANOS = 100_000;

    /** As much as an environment mostly has, and far more. */
    private static final int READ_SIZE = 16 * 1024;

    private Leftovers() {}

    /**
     * The pids, other than our own, whose initial environment holds {@code GATEPOOL_CHILD=<mark>:…} and for whom the
     * mark's path means no other directory than for us.
     */
    public static List<Integer> find(String mark) {
        byte[] wanted = entry(mark);
        long self = ProcessHandle.current().pid();
        List<Integer> pids = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                int pid = Integer.parseInt(process.getFileName().toString());
                if (pid != self
                        && indexOf(settledEnvironment(pid), wanted) >= 0
                        && !isElsewhere(process.resolve("root"), mark)) {
                    pids.add(pid);
                }
            }
        } catch (IOException e) {
            return pids;
        }
        return pids;
    }

    /** Kills what {@link #find} finds, again until there is none: a process may fork while we look. */
    public static int kill(String mark) {
        // A process that was killed a moment ago may still be there in the next round.
        Set<Integer> killed = new HashSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            List<Integer> pids = find(mark);
            if (pids.isEmpty()) {
                break;
            }
            for (int pid : pids) {
                if (Libc.Native.LIBC.kill(pid, Signals.KILL) == 0) {
                    killed.add(pid);
                }
            }
        }
        return killed.size();
    }

    /** The mark of those who belong to a directory. */
    public static String mark(Path directory) {
        // Without a colon, which ends the mark: else /run/a would take the children of /run/a:b for its own.
        return directory.toString().replace("%", "%25").replace(":", "%3A");
    }

    /** Whether in the file tree of a process the mark's directory is there, and is not ours. */
    static boolean isElsewhere(Path root, String mark) {
        Path directory = Path.of(mark.replace("%3A", ":").replace("%25", "%"));
        Object ours = fileKey(directory);
        Object theirs = directory.isAbsolute()
                ? fileKey(root.resolve(directory.toString().substring(1)))
                : null;
        return ours != null && theirs != null && !theirs.equals(ours);
    }

    /** Device and inode; null if it is not there, or not for us to see. */
    private static @Nullable Object fileKey(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        } catch (IOException e) {
            return null;
        }
    }

    /** How the mark stands in an environment: behind the end of the entry before it, and before the name of a run. */
    static byte[] entry(String mark) {
        return ("\0" + VARIABLE + "=" + mark + ":").getBytes(StandardCharsets.UTF_8);
    }

    /** What follows the mark in the environment of {@code pid}; empty when that does not carry it. */
    static String markedFor(int pid, byte[] entry) {
        byte[] environment = environment(pid);
        int at = indexOf(environment, entry);
        if (at < 0) {
            return "";
        }
        int begin = at + entry.length;
        int end = begin;
        while (end < environment.length && environment[end] != 0) {
            end++;
        }
        return new String(environment, begin, end - begin, StandardCharsets.UTF_8);
    }

    /** As {@link #environment}, but that of a program that is just being executed is waited for. */
    private static byte[] settledEnvironment(int pid) {
        long begin = System.nanoTime();
        byte[] environment = environment(pid);
        try {
            // None, or half of one, counts only if no exec was under way, or ended, while it was read.
            while (environment.length > 0 && !isWhole(environment) && System.nanoTime() - begin < EXEC_NANOS) {
                ProcessStat process = ProcessStat.of(pid);
                long end = process.environmentEnd();
                environment = environment(pid);
                if (process.hasNoProgram()
                        || (end != 0 && end == ProcessStat.of(pid).environmentEnd())) {
                    break;
                }
                if (end == 0) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        } catch (IOException e) {
            // It has ended.
            return new byte[0];
        }
        return environment;
    }

    private static boolean isWhole(byte[] environment) {
        return environment.length > 1 && environment[environment.length - 1] == 0;
    }

    /** With a NUL before its first entry, which stands alone when there is none; empty when it cannot be read. */
    private static byte[] environment(int pid) {
        try (InputStream file = new FileInputStream("/proc/" + pid + "/environ")) {
            // In one call, where it fits: behind an exec the kernel has no more of what was opened before.
            byte[] environment = new byte[READ_SIZE];
            int read = Math.max(file.read(environment, 1, READ_SIZE - 1), 0);
            if (read < READ_SIZE - 1) {
                return Arrays.copyOf(environment, 1 + read);
            }
            byte[] rest = file.readAllBytes();
            byte[] all = Arrays.copyOf(environment, READ_SIZE + rest.length);
            System.arraycopy(rest, 0, all, READ_SIZE, rest.length);
            return all;
        } catch (IOException e) {
            // It has ended, or it is another user's and we are not root.
            return new byte[0];
        }
    }

    private static int indexOf(byte[] in, byte[] wanted) {
        for (int at = 0; at + wanted.length <= in.length; at++) {
            if (Arrays.equals(in, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        return -1;
    }
}
