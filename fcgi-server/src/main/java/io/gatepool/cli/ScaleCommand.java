package io.gatepool.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code gatepool scale}. */
@Command(
        mixinStandardHelpOptions = true,
        description = "Sets the number of workers of an application, until the next reload.")
final class ScaleCommand implements Callable<Integer> {

    @Mixin
    private final Control control = new Control();

    @Parameters(index = "0", paramLabel = "APP", description = "The application.")
    private String app = "";

    @Parameters(index = "1", paramLabel = "N", description = "How many.")
    private int workers;

    @Override
    public Integer call() {
        Map<String, Object> request = Control.request("scale", app);
        request.put("workers", workers);
        return control.ask(request, Control.LONG, (answer, open) -> {
            System.out.println(app + ": " + Human.count(workers, "worker"));
            return 0;
        });
    }
}
