package io.gatepool.process;

import java.io.IOException;

/** A call of the system that has failed. The message names the call and the error. */
public final class FailedCall extends IOException {

    private static final long serialVersionUID = 1L;

    private final int errno;

    FailedCall(String what, int errno) {
        super(what + ": " + Errno.describe(errno));
        this.errno = errno;
    }

    /** True when trying again a moment later may succeed, as when there are no descriptors left just now. */
    public boolean isPassing() {
        return Errno.isPassing(errno);
    }
}
