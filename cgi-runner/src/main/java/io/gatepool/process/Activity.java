package io.gatepool.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a process is doing at one moment, as the kernel tells it in /proc (proc(5)), without stopping it. State, place
 * and system call are those of its first thread, processor time is that of all. Not for the event loop.
 *
 * @param state its letter in {@code /proc/PID/stat}
 * @param place in the kernel where it sleeps (wchan); empty when it runs, or the kernel does not tell
 * @param systemCall its number on this machine; empty when it is in none, or the kernel does not tell
 * @param cpuMillis processor time since its start, in steps of 10 ms
 */
public record Activity(char state, String place, String systemCall, long cpuMillis) {

    /** A tick of the times in /proc is 1/100 s on every machine that Java runs on. */
    private static final long TICK_MILLIS = 10;

    /** Nothing when there is no such process (any more). */
    public static Optional<Activity> of(int pid) {
        try {
            ProcessStat stat = ProcessStat.of(pid);
            String place = told(pid, "wchan");
            return Optional.of(new Activity(
                    stat.state(),
                    place.equals("0") ? "" : place,
                    systemCall(told(pid, "syscall")),
                    stat.cpuTicks() * TICK_MILLIS));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Empty where the kernel does not let us read it. */
    private static String told(int pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Integer.toString(pid), file), ISO_8859_1)
                    .strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** The first word of the file; it says "running" or -1 when there is no call. */
    static String systemCall(String text) {
        String number = text.split(" ", 2)[0];
        return number.matches("[0-9]+") ? number : "";
    }

    /** {@code sleeping in hrtimer_nanosleep (system call 230)}. */
    public String describe() {
        String what =
                switch (state) {
                    case 'R' -> "running";
                    case 'S' -> "sleeping";
                    case 'D' -> "waiting for a device";
                    case 'T', 't' -> "stopped";
                    case 'Z', 'X' -> "dead";
                    default -> "in state " + state;
                };
        return what
                + (place.isEmpty() ? "" : " in " + place)
                + (systemCall.isEmpty() ? "" : " (system call " + systemCall + ")");
    }
}
