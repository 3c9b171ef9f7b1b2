package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Programs that a test runs to their end, the C compiler among them. */
final class Programs {

    private Programs() {}

    /** Runs it, and returns what it printed; it must succeed. */
    static String run(Path directory, String... command) throws Exception {
        try (Running running = Running.start(directory, Map.of(), command)) {
            assertThat(running.awaitExit()).as(running.output()).isZero();
            return running.output();
        }
    }

    /** Builds fcgi-server/src/test/apps/testapp.c into {@code directory}. */
    static Path testappInC(Path directory) throws Exception {
        needsCompiler();
        Path program = directory.resolve("testapp-c");
        Path source = Daemon.TEST_APPS.resolve("testapp.c");
        List<String> command =
                new ArrayList<>(List.of("/usr/bin/cc", "-O2", "-o", program.toString(), source.toString(), "-lfcgi"));
        run(directory, command.toArray(String[]::new));
        return program;
    }

    static void needsCompiler() {
        Needs.program("cc", "gcc");
        Needs.file("/usr/include/fcgiapp.h", "libfcgi-dev");
    }
}
