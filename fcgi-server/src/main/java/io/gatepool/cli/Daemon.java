package io.gatepool.cli;

import io.gatepool.config.Configuration;
import io.gatepool.server.Gatepool;
import io.gatepool.server.Logging;
import io.gatepool.server.StartFailure;

/** Runs a daemon in the foreground, for {@code serve} and the short forms. */
final class Daemon {

    private Daemon() {}

    /** Returns the exit code, once the daemon has been stopped. */
    static int run(Configuration configuration, boolean rootAllowed) {
        try {
            Logging.start(configuration.server());
            new Gatepool(configuration, rootAllowed, Main.STARTED_NANOS).run(Version.text());
            return 0;
        } catch (StartFailure e) {
            System.err.println("gatepool: " + e.getMessage());
            return e.isConfiguration() ? Main.CONFIGURATION : Main.FAILED;
        } finally {
            Logging.stop();
        }
    }
}
