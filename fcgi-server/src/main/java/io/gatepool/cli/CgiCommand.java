package io.gatepool.cli;

import io.gatepool.config.AppSettings;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gatepool cgi}. */
@Command(
        mixinStandardHelpOptions = true,
        description =
                "Serves a directory of CGI scripts, a new process for each request, without a configuration file.",
        footer = {"", "Example:", "  gatepool cgi -b 127.0.0.1:8080 --root /usr/lib/cgi-bin"})
final class CgiCommand implements Callable<Integer> {

    @Mixin
    private final ShortForm form = new ShortForm();

    @Option(
            names = "--max-running",
            paramLabel = "N",
            defaultValue = "8",
            description = "How many scripts run at once; more wait (default: ${DEFAULT-VALUE}).")
    private int maxRunning = 8;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    @Override
    public Integer call() {
        Path root = form.root();
        if (root == null) {
            throw new ParameterException(spec.commandLine(), "--root is needed: the directory of the scripts");
        }
        return form.run(AppSettings.cgi("cgi", root).maxRunning(maxRunning));
    }
}
