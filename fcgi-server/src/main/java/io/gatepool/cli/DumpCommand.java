package io.gatepool.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatepool dump}. */
@Command(mixinStandardHelpOptions = true, description = "Shows what every request and every worker is doing right now.")
final class DumpCommand implements Callable<Integer> {

    @Mixin
    private final Control control = new Control();

    @Parameters(arity = "0..1", paramLabel = "APP", description = "The application (default: all).")
    private @Nullable String app;

    @Option(names = "--json", description = "Print what the daemon has answered.")
    private boolean json;

    @Override
    public Integer call() {
        return control.ask(Control.request("dump", app), answer -> {
            System.out.print(json ? Json.line(answer) : DumpReport.text(answer));
            return 0;
        });
    }
}
