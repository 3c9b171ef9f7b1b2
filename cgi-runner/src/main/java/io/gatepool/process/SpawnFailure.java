package io.gatepool.process;

/** A child could not be started. The message names the program, the reason and, where there is one, the remedy. */
public final class SpawnFailure extends Exception {

    private static final long serialVersionUID = 1L;

    private final int errno;

    SpawnFailure(String message, int errno) {
        super(message, null, false, false);
        this.errno = errno;
    }

    /** The error number of posix_spawn(3) or of the check before it; see {@link Errno}. */
    public int errno() {
        return errno;
    }

    /** True when trying again a moment later may succeed (no process or memory left just now). */
    public boolean isPassing() {
        return Errno.isPassing(errno);
    }
}
