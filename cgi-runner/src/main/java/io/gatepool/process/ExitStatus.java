package io.gatepool.process;

/**
 * How a process ended.
 *
 * @param code the exit code 0-255, or -1 when a signal ended it
 * @param signal the number of the signal that ended it, or 0
 * @param coreDumped whether the signal left a core dump
 */
public record ExitStatus(int code, int signal, boolean coreDumped) {

    private static final int CLD_EXITED = 1;
    private static final int CLD_DUMPED = 3;

    /** From the {@code si_code} and {@code si_status} of waitid(2). */
    static ExitStatus of(int siCode, int siStatus) {
        return siCode == CLD_EXITED
                ? new ExitStatus(siStatus, 0, false)
                : new ExitStatus(-1, siStatus, siCode == CLD_DUMPED);
    }

    /** True when the process exited by itself with code 0. */
    public boolean isSuccess() {
        return code == 0;
    }

    /** As the log tells it: {@code exited with status 1} or {@code died of SIGSEGV}. */
    public String describe() {
        if (signal == 0) {
            return "exited with status " + code;
        }
        return "died of " + Signals.name(signal) + (coreDumped ? " (core dumped)" : "");
    }

    /** The number that a shell shows: the exit code, or 128 + signal. */
    public int shellCode() {
        return signal == 0 ? code : 128 + signal;
    }
}
