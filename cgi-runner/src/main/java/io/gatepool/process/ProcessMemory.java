package io.gatepool.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory a process takes. */
public final class ProcessMemory {

    private ProcessMemory() {}

    /**
     * Its resident memory in bytes (VmRSS of proc(5)), shared pages included; 0 when there is no such process. Reads
     * from /proc, so not for the event loop.
     */
    public static long resident(int pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", Integer.toString(pid), "status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException e) {
            // It has ended.
        }
        return 0;
    }
}
