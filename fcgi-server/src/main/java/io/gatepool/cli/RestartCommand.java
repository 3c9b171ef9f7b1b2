package io.gatepool.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code gatepool restart}. */
@Command(mixinStandardHelpOptions = true, description = "Stops the workers of an application, then starts it.")
final class RestartCommand implements Callable<Integer> {

    @Mixin
    private final Control control = new Control();

    @Parameters(paramLabel = "APP", description = "The application.")
    private String app = "";

    @Override
    public Integer call() {
        return control.ask(Control.request("restart", app), Control.LONG, (answer, open) -> {
            System.out.println(app + ": restarted");
            return 0;
        });
    }
}
