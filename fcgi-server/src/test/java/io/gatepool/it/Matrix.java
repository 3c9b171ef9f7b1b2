package io.gatepool.it;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * `make matrix`: every web server, over each way to gatepool, runs the {@link RequestSuite} for each kind of
 * application. Exit status 1 if anything failed, 2 if the words choose no row.
 */
final class Matrix {

    /** Where the logs of a row with failures are left. */
    private final Path logs;

    private final MatrixReport report;

    private Matrix(Path logs, MatrixReport report) {
        this.logs = logs;
        this.report = report;
    }

    /** @param arguments words; only rows with all of them are run, upper and lower case being the same */
    public static void main(String[] arguments) throws Exception {
        List<String> words = Arrays.stream(String.join(" ", arguments).split(" "))
                .filter(word -> !word.isEmpty())
                .toList();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Path logs = Files.createDirectories(Daemon.REPOSITORY.resolve("target/matrix"));
        // The event-loop watch of the daemons, which would stand in the middle of the matrix.
        System.setErr(new PrintStream(logs.resolve("stderr.log").toFile(), StandardCharsets.UTF_8));
        int status = 1;
        try {
            status = run(words, logs, out);
        } catch (Exception e) {
            out.println("\nFAILED: " + e);
        }
        System.exit(status);
    }

    /** The whole of it; returns the exit status. */
    static int run(List<String> words, Path logs, PrintStream out) throws Exception {
        List<FrontServer> servers = Arrays.stream(FrontServer.values())
                .filter(server -> !ways(server, words).isEmpty())
                .toList();
        if (servers.isEmpty()) {
            out.println("No row has all of: " + String.join(" ", words) + ". There are:");
            for (FrontServer server : FrontServer.values()) {
                server.ways().forEach(way -> out.println("  " + name(server, way)));
            }
            return 2;
        }
        long start = System.nanoTime();
        MatrixReport report = new MatrixReport(out);
        report.begin();
        for (FrontServer server : servers) {
            new Matrix(logs, report).rows(server, ways(server, words));
        }
        return report.end(Duration.ofNanos(System.nanoTime() - start));
    }

    private static String name(FrontServer server, Way way) {
        return server.label() + ", " + way.label();
    }

    private static List<Way> ways(FrontServer server, List<String> words) {
        return server.ways().stream()
                .filter(way -> words.stream()
                        .allMatch(word ->
                                name(server, way).toLowerCase(Locale.ROOT).contains(word.toLowerCase(Locale.ROOT))))
                .toList();
    }

    /** A gatepool for each web server, so that nothing of one is in the way of another. */
    private void rows(FrontServer server, List<Way> ways) throws Exception {
        Path directory = Files.createTempDirectory("gatepool-matrix").toRealPath();
        try (SuiteHouse house = new SuiteHouse(directory, "")) {
            for (Way way : ways) {
                row(server, way, house);
            }
        } catch (AssertionError gatepool) {
            report.row(server.label(), "(its gatepool)");
            report.broken(server.label(), "its gatepool", String.valueOf(gatepool.getMessage()));
        } finally {
            delete(directory);
        }
    }

    private void row(FrontServer server, Way way, SuiteHouse house) throws Exception {
        report.row(server.label(), way.label());
        try (WebServer started = server.start(house.examples(), house.upstream(way))) {
            boolean failed = false;
            for (SuiteKind kind : SuiteKind.values()) {
                List<RequestSuite.Outcome> outcomes = new RequestSuite(started, house).outcomes(kind);
                report.cell(server.label(), way.label(), kind, outcomes);
                failed |= outcomes.stream().anyMatch(one -> one.verdict() == RequestSuite.Verdict.FAILED);
            }
            report.endOfRow();
            if (failed) {
                Files.createDirectories(logs);
                Files.writeString(logs.resolve(server + "-" + way + ".log"), started.log());
                Files.writeString(
                        logs.resolve(server + "-" + way + "-gatepool.log"),
                        house.daemon().log());
            }
        } catch (TestAbortedException missing) {
            report.absent(
                    server.label(),
                    way.label(),
                    String.valueOf(missing.getMessage()).replaceFirst("^Assumption failed: ", ""));
        } catch (AssertionError broken) {
            report.broken(server.label(), way.label(), String.valueOf(broken.getMessage()));
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
