package io.gatepool.cli;

import io.gatepool.config.Configuration;
import io.gatepool.config.Loaded;
import io.gatepool.server.Gatepool;
import io.gatepool.server.Logging;
import io.gatepool.server.StartFailure;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;

/** Runs a daemon in the foreground, for {@code serve} and the short forms. */
final class Daemon {

    private Daemon() {}

    /**
     * Returns the exit code, once the daemon has been stopped.
     *
     * @param source reads the configuration again, for a reload
     * @param notice for the log, before all else
     */
    static int run(Supplier<Loaded> source, Configuration configuration, boolean rootAllowed, Optional<String> notice) {
        try {
            Logging.start(configuration.server());
            notice.ifPresent(LoggerFactory.getLogger("gatepool")::info);
            new Gatepool(source, configuration, rootAllowed, Main.STARTED_NANOS).run(Version.text());
            return 0;
        } catch (StartFailure e) {
            System.err.println("gatepool: " + e.getMessage());
            return e.isConfiguration() ? Main.CONFIGURATION : Main.FAILED;
        } finally {
            Logging.stop();
        }
    }
}
