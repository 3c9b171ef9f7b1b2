package io.gatepool.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the kernel tells of a process in {@code /proc/PID/stat}: proc(5).
 *
 * @param fields those behind the name, which stands in parentheses and may hold anything; the first is field 3 there
 */
record ProcessStat(List<String> fields) {

    /** The flag of a kernel thread. */
    private static final long PF_KTHREAD = 0x00200000;

    /** The flag of a process that does not come back from exit(2), or from a signal that ends it. */
    private static final long PF_EXITING = 0x00000004;

    /** Fails when there is no such process (any more). */
    static ProcessStat of(int pid) throws IOException {
        String stat = Files.readString(Path.of("/proc", Integer.toString(pid), "stat"), StandardCharsets.ISO_8859_1);
        return new ProcessStat(List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)));
    }

    /** Whether this process's own session has a terminal. */
    static boolean haveTerminal() {
        try {
            return of((int) ProcessHandle.current().pid()).hasTerminal();
        } catch (IOException e) {
            // It cannot be told: be careful.
            return true;
        }
    }

    /** When it was started, in ticks since the machine's start: tells it from another that gets its pid later. */
    String started() {
        return field(22);
    }

    /** Its state, such as R or S. */
    char state() {
        return field(3).charAt(0);
    }

    /** The processor time of all its threads, user's and system's. */
    long cpuTicks() {
        return Long.parseLong(field(14)) + Long.parseLong(field(15));
    }

    /** Whether its session has a terminal, through which a member could reach the others, and the person there. */
    boolean hasTerminal() {
        return !field(7).equals("0");
    }

    /** Whether it ends, or has. The flag is set before its descriptors are closed. */
    boolean isExiting() {
        return (Long.parseLong(field(9)) & PF_EXITING) != 0;
    }

    /**
     * Where in its memory its environment ends. Each exec begins with 0, ends with another place, and the environment
     * reads as empty until then. Only to be asked of a process whose environment may be read: of others it is always 0,
     * and so it is of {@link #hasNoProgram those that execute none}.
     */
    long environmentEnd() {
        return Long.parseUnsignedLong(field(51));
    }

    /** Whether it is a thread of the kernel, or dead. */
    boolean hasNoProgram() {
        return field(3).equals("Z") || field(3).equals("X") || (Long.parseLong(field(9)) & PF_KTHREAD) != 0;
    }

    private String field(int number) {
        return fields.get(number - 3);
    }
}
