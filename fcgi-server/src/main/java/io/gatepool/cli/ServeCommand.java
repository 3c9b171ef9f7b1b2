package io.gatepool.cli;

import io.gatepool.config.Configuration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatepool serve}. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the daemon in the foreground.",
            "SIGHUP reloads: it reads the configuration again, and each application gets new processes as soon as"
                    + " they are ready.",
            "SIGTERM stops it gracefully: requests under way are answered, then the workers end."
                    + " A second SIGTERM, or SIGINT, stops it at once."
        })
final class ServeCommand implements Callable<Integer> {

    @Mixin
    private final ConfigFile config = new ConfigFile();

    @Option(
            names = {"-R", "--allow-to-run-as-root"},
            description = "When started as root, let applications without a user stay root.")
    private boolean rootAllowed;

    @Override
    public Integer call() {
        Optional<Configuration> configuration = ConfigFile.orPrinted(config.readToServe());
        return configuration.isEmpty()
                ? Main.CONFIGURATION
                : Daemon.run(config::readToServe, configuration.get(), rootAllowed);
    }
}
