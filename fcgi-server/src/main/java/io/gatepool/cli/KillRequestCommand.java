package io.gatepool.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code gatepool kill-request}. */
@Command(
        mixinStandardHelpOptions = true,
        description = "Fails a request that is under way, and replaces the worker, or ends the script, that has it.")
final class KillRequestCommand implements Callable<Integer> {

    @Mixin
    private final Control control = new Control();

    @Parameters(paramLabel = "ID", description = "The request id, such as r7f3a412: gatepool dump shows it.")
    private String id = "";

    @Override
    public Integer call() {
        Map<String, Object> request = Control.request("kill-request");
        request.put("id", id);
        return control.ask(request, answer -> {
            System.out.println(answer.text("app") + ": " + id + " " + answer.text("title") + " killed, after "
                    + Human.running(answer.decimal("age_ms")) + ", " + DumpReport.place(answer));
            return 0;
        });
    }
}
