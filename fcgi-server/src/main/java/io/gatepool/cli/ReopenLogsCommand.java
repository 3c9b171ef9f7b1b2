package io.gatepool.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code gatepool reopen-logs}. */
@Command(mixinStandardHelpOptions = true, description = "Opens the log files anew, after they have been renamed.")
final class ReopenLogsCommand implements Callable<Integer> {

    @Mixin
    private final Control control = new Control();

    @Override
    public Integer call() {
        return control.ask(Control.request("reopen-logs"), answer -> {
            System.out.println("log files reopened");
            return 0;
        });
    }
}
