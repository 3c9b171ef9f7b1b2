package io.gatepool.cli;

import io.gatepool.config.Configuration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code gatepool check}. */
@Command(
        mixinStandardHelpOptions = true,
        description = "Reads the configuration and prints every problem at once. Exits 0, or 78 if there is one.")
final class CheckCommand implements Callable<Integer> {

    @Mixin
    private final ConfigFile config = new ConfigFile();

    @Override
    public Integer call() {
        Optional<Configuration> configuration = ConfigFile.orPrinted(config.check());
        if (configuration.isEmpty()) {
            return Main.CONFIGURATION;
        }
        int apps = configuration.get().apps().size();
        System.out.println(configuration.get().file() + ": " + apps + (apps == 1 ? " app" : " apps") + ", no problems");
        return 0;
    }
}
