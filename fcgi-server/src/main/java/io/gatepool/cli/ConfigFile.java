package io.gatepool.cli;

import io.gatepool.config.ConfigLoader;
import io.gatepool.config.Configuration;
import io.gatepool.config.Loaded;
import io.gatepool.config.ProblemPrinter;
import io.gatepool.config.StandardInput;
import io.gatepool.server.Certificates;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that names the configuration file. */
final class ConfigFile {

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            // The launcher says where the installation has it.
            defaultValue = "${sys:gatepool.configuration:-/etc/gatepool/gatepool.toml}",
            description = "The configuration (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private Path file;

    /** Reads it. */
    Loaded read() {
        return ConfigLoader.load(file.toAbsolutePath().normalize());
    }

    /**
     * Reads it for a daemon, which cannot do without its certificate.
     *
     * @param input what an app without an address listens on
     */
    Loaded readToServe(Optional<StandardInput> input) {
        return ConfigLoader.load(file.toAbsolutePath().normalize(), Certificates::fault, input);
    }

    /** Reads it and looks for everything that can be found fault with. */
    Loaded check() {
        return ConfigLoader.load(file.toAbsolutePath().normalize(), Certificates::faultOrExpiry);
    }

    /** Reads it; when it has problems they are printed to stderr. */
    Optional<Configuration> load() {
        return orPrinted(read());
    }

    /** The configuration; when it has problems they are printed to stderr. */
    static Optional<Configuration> orPrinted(Loaded loaded) {
        if (loaded instanceof Loaded.Ok ok) {
            return Optional.of(ok.configuration());
        }
        System.err.print(ProblemPrinter.print((Loaded.Broken) loaded));
        return Optional.empty();
    }
}
