package io.gatepool.config;

/** A moment in the life of an application at which a command of the configuration may be run. */
public enum Hook {
    /** Before the first worker of a start, or of a new generation. */
    BEFORE_START("before_start"),
    /** It has come up: at its start, and whenever it has recovered. */
    READY("ready"),
    /** Its last process has ended, since gatepool stops. */
    STOPPED("stopped"),
    /** It cannot answer requests any more. */
    FAILING("failing");

    private final String text;

    Hook(String text) {
        this.text = text;
    }

    /** The name as the configuration and the log write it, such as {@code before_start}. */
    public String text() {
        return text;
    }
}
