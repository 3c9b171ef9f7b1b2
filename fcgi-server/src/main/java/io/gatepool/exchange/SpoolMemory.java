package io.gatepool.exchange;

/**
 * Memory that all {@link Spool}s share, for what is too large for a spool's own and need not go to the disk all the
 * same: most uploads, and most answers that come faster than they are read, are over within milliseconds. When all of
 * it is taken the disk is there. Owned by the event loop.
 */
final class SpoolMemory {

    /** What is taken at a time, in bytes: the most that goes into one record whose length is a multiple of 8. */
    static final int BLOCK = 64 * 1024 - 8;

    /** The most that one spool gets, in bytes: a large upload would only take it from the small ones. */
    static final int MOST = 1 << 20;

    private long left;

    /** @param bytes for all spools together */
    SpoolMemory(long bytes) {
        this.left = bytes;
    }

    /** Whether there is one to {@link #take}. */
    boolean hasBlock() {
        return left >= BLOCK;
    }

    void take() {
        left -= BLOCK;
    }

    /** Gives so many blocks back. */
    void giveBack(int blocks) {
        left += (long) blocks * BLOCK;
    }
}
