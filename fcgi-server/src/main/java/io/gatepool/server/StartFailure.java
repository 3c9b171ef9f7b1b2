package io.gatepool.server;

/** gatepool cannot start; the message says why and what to do. */
public final class StartFailure extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean configuration;

    StartFailure(String message) {
        this(message, false);
    }

    StartFailure(String message, boolean configuration) {
        super(message, null, false, false);
        this.configuration = configuration;
    }

    /** Whether the configuration is to blame, which has an exit code of its own. */
    public boolean isConfiguration() {
        return configuration;
    }
}
