package io.gatepool.config;

/** What wakes the reaper when a child has ended. */
public enum ReaperMode {
    /** A thread that blocks in waitid(2): the default, and the cheaper of the two. */
    WAITID("waitid"),
    /** The classic way: a handler for SIGCHLD. */
    SIGCHLD("sigchld");

    private final String text;

    ReaperMode(String text) {
        this.text = text;
    }

    /** The name as the configuration writes it. */
    public String text() {
        return text;
    }
}
