package io.gatepool.cli;

import io.gatepool.config.AddressException;
import io.gatepool.config.Configuration;
import io.gatepool.config.Loaded;
import io.gatepool.config.StandardInput;
import io.gatepool.server.HandedOver;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatepool serve}. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Runs the daemon in the foreground.",
            "Started with a socket that listens as standard input, as by spawn-fcgi, its only app need not have a"
                    + " listen: FastCGI is served there.",
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
        Optional<StandardInput> input;
        try {
            input = Inherited.standardInput();
        } catch (AddressException e) {
            System.err.println("gatepool: " + e.getMessage());
            return Main.CONFIGURATION;
        }
        Optional<Configuration> configuration = ConfigFile.orPrinted(config.readToServe(input));
        if (configuration.isEmpty()) {
            HandedOver.oneConnection().ifPresent(what -> System.err.println("gatepool: " + what));
            return Main.CONFIGURATION;
        }
        return Daemon.run(
                () -> config.readToServe(input), configuration.get(), rootAllowed, notice(configuration.get(), input));
    }

    /** What nobody has written is said: without the socket, the configuration would be refused. */
    private Optional<String> notice(Configuration configuration, Optional<StandardInput> input) {
        boolean written = input.isEmpty() || config.readToServe(Optional.empty()) instanceof Loaded.Ok;
        return written
                ? Optional.empty()
                : Optional.of(configuration.apps().get(0).name()
                        + " has no listen, and standard input is a socket that listens: so it is served in FastCGI, and"
                        + " there");
    }
}
