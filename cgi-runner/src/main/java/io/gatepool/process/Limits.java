package io.gatepool.process;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a child may use of the machine: setrlimit(2). What is empty stays as gatepool itself was started with it.
 *
 * @param cpuSeconds processor time of one process, in seconds: SIGXCPU at its end, SIGKILL a little later
 * @param memoryBytes address space of one process, in bytes
 * @param processes of the child's user, all of them counted
 * @param files open descriptors of one process
 * @param fileBytes the size of a file that it writes, in bytes: SIGXFSZ
 */
public record Limits(
        OptionalInt cpuSeconds,
        OptionalLong memoryBytes,
        OptionalInt processes,
        OptionalInt files,
        OptionalLong fileBytes) {

    public static final Limits NONE = new Limits(
            OptionalInt.empty(), OptionalLong.empty(), OptionalInt.empty(), OptionalInt.empty(), OptionalLong.empty());

    private static final int SECONDS_FROM_XCPU_TO_KILL = 2;

    /** Whether nothing is limited. */
    public boolean isNone() {
        return equals(NONE);
    }

    /** The key of the configuration that made {@code status} what it is, with its dot; "" when none did. */
    public String reasonOf(ExitStatus status) {
        if (status.signal() == Signals.XCPU && cpuSeconds.isPresent()) {
            return "limits.cpu";
        }
        return status.signal() == Signals.XFSZ && fileBytes.isPresent() ? "limits.file_size" : "";
    }

    /** As options of prlimit(1). */
    List<String> options() {
        List<String> options = new ArrayList<>();
        cpuSeconds.ifPresent(value -> options.add("--cpu=" + value + ":" + (value + SECONDS_FROM_XCPU_TO_KILL)));
        memoryBytes.ifPresent(value -> options.add("--as=" + value));
        processes.ifPresent(value -> options.add("--nproc=" + value));
        files.ifPresent(value -> options.add("--nofile=" + value));
        fileBytes.ifPresent(value -> options.add("--fsize=" + value));
        return options;
    }
}
