package io.gatepool.jmh;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.format.OutputFormat;

/** A line for each benchmark as soon as it is over: its time, the error of that, and what it allocates. */
final class Table implements OutputFormat {

    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final PrintStream out;

    Table(PrintStream out) {
        this.out = out;
    }

    @Override
    public void startRun() {
        out.printf(Locale.ROOT, "%-34s %12s %9s %14s%n", "benchmark", "time", "+-", ALLOCATED);
    }

    @Override
    public void endBenchmark(BenchmarkResult result) {
        String name = result.getParams().getBenchmark();
        String shown = name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1)
                .replace("Benchmark.", ".");
        Result<?> time = result.getPrimaryResult();
        Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
        out.printf(
                Locale.ROOT,
                "%-34s %,9.1f %s %9s %10s B/op%n",
                shown,
                time.getScore(),
                time.getScoreUnit().replace("/op", ""),
                Double.isNaN(time.getScoreError()) ? "" : String.format(Locale.ROOT, "%,.1f", time.getScoreError()),
                allocated == null ? "?" : String.format(Locale.ROOT, "%,.0f", allocated.getScore()));
        out.flush();
    }

    @Override
    public void endRun(Collection<RunResult> results) {}

    @Override
    public void iteration(BenchmarkParams benchmark, IterationParams params, int iteration) {}

    @Override
    public void iterationResult(
            BenchmarkParams benchmark, IterationParams params, int iteration, IterationResult data) {}

    @Override
    public void startBenchmark(BenchmarkParams benchmark) {}

    @Override
    public void print(String text) {}

    @Override
    public void println(String text) {}

    @Override
    public void verbosePrintln(String text) {}

    /** What the measured JVM writes: seen only if something is wrong. */
    @Override
    public void write(int character) {
        out.write(character);
    }

    @Override
    public void write(byte[] text) {
        try {
            out.write(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public void close() {
        out.flush();
    }
}
