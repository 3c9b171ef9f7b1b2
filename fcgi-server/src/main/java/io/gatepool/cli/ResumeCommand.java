package io.gatepool.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code gatepool resume}. */
@Command(mixinStandardHelpOptions = true, description = "Lets an application take requests again that was drained.")
final class ResumeCommand implements Callable<Integer> {

    @Mixin
    private final Control control = new Control();

    @Parameters(paramLabel = "APP", description = "The application.")
    private String app = "";

    @Override
    public Integer call() {
        return control.ask(Control.request("resume", app), answer -> {
            System.out.println(app + ": takes requests");
            return 0;
        });
    }
}
