package io.gatepool.jmh;

import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * {@code make jmh}: runs the benchmarks that JMH's options name, all of them by default, and prints a {@link Table}.
 */
public final class Main {

    /** With one of these JMH speaks for itself. */
    private static final List<String> JMH_ALONE = List.of("-h", "-l", "-lp", "-lprof", "-lrf", "-v");

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        if (List.of(arguments).stream().anyMatch(JMH_ALONE::contains)) {
            org.openjdk.jmh.Main.main(arguments);
            return;
        }
        CommandLineOptions given = new CommandLineOptions(arguments);
        new Runner(
                        new OptionsBuilder()
                                .parent(given)
                                .addProfiler(GCProfiler.class)
                                .build(),
                        new Table(System.out))
                .run();
    }
}
