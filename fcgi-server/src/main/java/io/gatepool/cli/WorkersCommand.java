package io.gatepool.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatepool workers}. */
@Command(
        mixinStandardHelpOptions = true,
        description = "Shows the processes of an application, and what they are doing.")
final class WorkersCommand implements Callable<Integer> {

    @Mixin
    private final Control control = new Control();

    @Parameters(paramLabel = "APP", description = "The application.")
    private String app = "";

    @Option(names = "--json", description = "Print what the daemon has answered.")
    private boolean json;

    @Override
    public Integer call() {
        return control.ask(Control.request("workers", app), answer -> {
            System.out.print(json ? Json.line(answer) : WorkersTable.text(answer));
            return 0;
        });
    }
}
