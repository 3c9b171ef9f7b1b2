package io.gatepool.cli;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code gatepool stop}. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Stops the daemon, and returns when it has ended. Requests under way are answered first,"
                    + " within drain_timeout."
        })
final class StopCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Mixin
    private final Control control = new Control();

    @Option(names = "--now", description = "Do not wait for requests under way.")
    private boolean now;

    @Override
    public Integer call() {
        Map<String, Object> request = Control.request("stop");
        request.put("now", now);
        return control.ask(request, PATIENCE, (answer, open) -> {
            long requests = answer.number("open");
            System.out.println("gatepool, pid " + answer.number("pid") + ", is stopping"
                    + (requests == 0 || now ? "" : ": " + Human.count(requests, "request") + " under way"));
            open.awaitEnd();
            awaitEnd(answer.number("pid"));
            return 0;
        });
    }

    /** It closes its connections a little before its end: until then it holds the lock of its directory. */
    private static void awaitEnd(long pid) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (ProcessHandle.of(pid).isPresent() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
