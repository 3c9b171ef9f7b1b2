package io.gatepool.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatepool explain}. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Explains why a request failed: what happened, when, where, and what can be done.",
            "The last 1,000 failures are kept in memory (and as many that are the client's, such as 404);"
                    + " what is older stands in the log."
        })
final class ExplainCommand implements Callable<Integer> {

    @Mixin
    private final Control control = new Control();

    @Parameters(
            paramLabel = "ID",
            description = "The request id, such as r7f3a412: the error page and the log have it.")
    private String id = "";

    @Option(names = "--json", description = "Print what the daemon has answered.")
    private boolean json;

    @Override
    public Integer call() {
        Map<String, Object> request = Control.request("explain");
        request.put("id", id);
        return control.ask(request, answer -> {
            System.out.print(json ? Json.line(answer) : Explanation.text(answer));
            return 0;
        });
    }
}
