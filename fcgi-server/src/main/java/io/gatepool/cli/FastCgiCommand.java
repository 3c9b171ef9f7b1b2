package io.gatepool.cli;

import io.gatepool.config.AppBuilder;
import io.gatepool.config.AppSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatepool fastcgi}. */
@Command(
        mixinStandardHelpOptions = true,
        description =
                "Serves one FastCGI application with a pool of persistent processes, without a configuration file.",
        footer = {"", "Example:", "  gatepool fastcgi -w 4 -b 127.0.0.1:8080 --root /srv/blog -- php-cgi"})
final class FastCgiCommand implements Callable<Integer> {

    @Mixin
    private final ShortForm form = new ShortForm();

    @Option(
            names = {"-w", "--workers"},
            paramLabel = "N",
            defaultValue = "5",
            description = "How many processes (default: ${DEFAULT-VALUE}).")
    private int workers = 5;

    @Option(
            names = "--extension",
            paramLabel = "EXT",
            description = "With --root: which scripts may be run (default: .php); may be given several times.")
    private List<String> extensions = new ArrayList<>();

    @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "The program and its arguments, after --.")
    private List<String> command = new ArrayList<>();

    @Override
    public Integer call() {
        AppBuilder app = AppSettings.fastcgi(name(), command)
                .workers(workers)
                .chdir(Path.of("").toAbsolutePath());
        Path root = form.root();
        if (root != null) {
            app.root(root);
        }
        if (!extensions.isEmpty()) {
            app.extensions(extensions);
        }
        return form.run(app);
    }

    /** The program's own name, as far as it is one for an application. */
    private String name() {
        String program = Path.of(command.get(0)).getFileName().toString().toLowerCase(java.util.Locale.ROOT);
        String name = program.replaceAll("[^a-z0-9_-]", "-").replaceAll("^[^a-z0-9]+", "");
        return name.isEmpty() ? "app" : name.substring(0, Math.min(name.length(), 32));
    }
}
