package io.gatepool.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One run of the command line that asks a daemon: how it ended, and all that it printed. */
record Gatepool(int exit, String output) {

    /** Runs a command in {@code directory}. */
    static Gatepool run(Path directory, String... arguments) throws Exception {
        try (Running running = Daemon.start(directory, arguments)) {
            int exit = running.awaitExit();
            return new Gatepool(exit, running.output());
        }
    }

    /** The same for the daemon whose runtime directory is "run" there. */
    static Gatepool ask(Path directory, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--runtime-dir");
        all.add("run");
        return run(directory, all.toArray(String[]::new));
    }
}
