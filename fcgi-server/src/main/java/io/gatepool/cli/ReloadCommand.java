package io.gatepool.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatepool reload}. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Reads the configuration again, and starts new workers, also when it is the same: new code is a reason.",
            "The old ones go when the new ones are ready. Exits 1, and changes nothing, when they do not come up."
        })
final class ReloadCommand implements Callable<Integer> {

    @Mixin
    private final Control control = new Control();

    @Parameters(arity = "0..1", paramLabel = "APP", description = "The application (default: all).")
    private @Nullable String app;

    @Option(names = "--changed", description = "Only those whose configuration has changed.")
    private boolean changed;

    @Override
    public Integer call() {
        Map<String, Object> request = Control.request("reload", app);
        request.put("changed", changed);
        return control.ask(request, Control.LONG, (answer, open) -> {
            System.out.println("reloaded, generation " + answer.number("generation"));
            return 0;
        });
    }
}
