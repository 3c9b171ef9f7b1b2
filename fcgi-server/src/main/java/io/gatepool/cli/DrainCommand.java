package io.gatepool.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code gatepool drain}. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Lets an application finish what is queued and running; new requests get 503 with Retry-After.",
            "Its addresses stay open. 'gatepool resume' takes it back."
        })
final class DrainCommand implements Callable<Integer> {

    @Mixin
    private final Control control = new Control();

    @Parameters(paramLabel = "APP", description = "The application.")
    private String app = "";

    @Override
    public Integer call() {
        return control.ask(Control.request("drain", app), answer -> {
            System.out.println(app + ": drained, " + Human.count(answer.number("open"), "request") + " under way");
            return 0;
        });
    }
}
