package io.gatepool.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gatepool status}. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Shows the applications: their state, workers, queue and traffic.",
            "BUSY counts requests, OLDEST is the longest wait in the queue, REQ/S and P99 cover the last minute,"
                    + " 5XX/H the last hour. Exits 0, 1 when an application fails, 3 when gatepool is not running."
        })
final class StatusCommand implements Callable<Integer> {

    /** The cursor to the corner, and all below it gone: ECMA-48. */
    private static final String CLEAR = "\033[H\033[J";

    @Mixin
    private final Control control = new Control();

    @Parameters(arity = "0..1", paramLabel = "APP", description = "The application (default: all).")
    private @Nullable String app;

    @Option(names = "--json", description = "Print what the daemon has answered.")
    private boolean json;

    @Option(names = "--watch", description = "Again every second, until interrupted.")
    private boolean watch;

    @Override
    public Integer call() throws InterruptedException {
        boolean redraws = watch && !json && isTerminal();
        int code = look(redraws);
        while (watch && code != Main.CONFIGURATION && !System.out.checkError()) {
            TimeUnit.SECONDS.sleep(1);
            if (!redraws && !json) {
                System.out.println();
            }
            code = look(redraws);
        }
        return code;
    }

    private int look(boolean redraws) {
        return control.ask(Control.request("status", app), answer -> {
            System.out.print((redraws ? CLEAR : "") + (json ? Json.line(answer) : StatusTable.text(answer)));
            return StatusTable.isWell(answer) ? 0 : Main.FAILED;
        });
    }

    /** System.console() asks for standard input too, and from Java 22 on says yes to everybody. */
    private static boolean isTerminal() {
        try {
            String output = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
            return output.startsWith("/dev/pts/") || output.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }
}
