package io.gatepool.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/** The table of a comparison, for the terminal and for HTML. */
final class Rows {

    /** A row of the table; one without cells is the head of a section. {@code better} may be empty. */
    record Row(String label, List<String> cells, String better) {}

    private static final double P50 = 50;
    private static final double P90 = 90;
    private static final double P99 = 99;
    private static final double P999 = 99.9;

    private final Comparison comparison;
    private final List<Row> rows = new ArrayList<>();

    private Rows(Comparison comparison) {
        this.comparison = comparison;
    }

    static List<Row> of(Comparison comparison) {
        return new Rows(comparison).all();
    }

    private List<Row> all() {
        each("processes born for a request", way -> Long.toString(way.births()), "");
        section("one request alone");
        latency("  time, median", Way::alone, P50);
        section("as fast as it goes, " + comparison.connections() + " connections");
        each(
                "  requests a second",
                way -> Numbers.count(
                        Figures.median(way.full(), window -> window.load().rate())),
                better(comparison.second().full(), comparison.first().full(), window -> window.load()
                        .rate()));
        each("    slowest to fastest round", Rows::range, "");
        cpu("  CPU for a request", Way::full, Window::cpu);
        cpu("    gatepool", Way::full, Window::server);
        cpu("    its processes", Way::full, Window::processes);
        if (!comparison.second().steady().isEmpty()) {
            section("the same for both: " + Numbers.count(comparison.rate()) + " requests a second");
            latency("  latency, median (p50)", Way::steady, P50);
            latency("    p90", Way::steady, P90);
            latency("    p99", Way::steady, P99);
            latency("    p99.9", Way::steady, P999);
            latency("    max", Way::steady, 100);
            cpu("  CPU for a request", Way::steady, Window::cpu);
        }
        section("memory under load (PSS)");
        memory("  gatepool", Memory::server, "");
        each(
                "  its processes",
                way -> way.memory().count() == 0
                        ? "none seen"
                        : way.memory().count() + " x "
                                + Numbers.bytes(
                                        way.memory().processes() / way.memory().count()),
                "");
        memory(
                "  together",
                Memory::total,
                ratio((double) comparison.first().memory().total()
                        / comparison.second().memory().total()));
        if (comparison.ways().stream().anyMatch(way -> errors(way) > 0)) {
            each("errors", way -> Long.toString(errors(way)), "");
        }
        return rows;
    }

    static long errors(Way way) {
        return List.of(way.alone(), way.full(), way.steady()).stream()
                .flatMap(List::stream)
                .mapToLong(window -> window.load().errors())
                .sum();
    }

    private void section(String title) {
        rows.add(new Row(title, List.of(), ""));
    }

    private void each(String label, Function<Way, String> cell, String better) {
        rows.add(new Row(label, comparison.ways().stream().map(cell).toList(), better));
    }

    private void latency(String label, Function<Way, List<Window>> rounds, double percentile) {
        double[] values = comparison.ways().stream()
                .mapToDouble(way -> at(Way.latencies(rounds.apply(way)), percentile))
                .toArray();
        rows.add(new Row(
                label,
                List.of(Numbers.millis(values[0]), Numbers.millis(values[1])),
                values[1] == 0 ? "" : ratio(values[0] / values[1])));
    }

    static double at(Histogram histogram, double percentile) {
        return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(percentile);
    }

    private void cpu(String label, Function<Way, List<Window>> rounds, ToDoubleFunction<Window> figure) {
        each(
                label,
                way -> Numbers.millis(Figures.median(rounds.apply(way), figure)),
                better(rounds.apply(comparison.first()), rounds.apply(comparison.second()), figure));
    }

    private void memory(String label, Function<Memory, Long> part, String better) {
        each(label, way -> Numbers.bytes(part.apply(way.memory())), better);
    }

    private String better(List<Window> above, List<Window> below, ToDoubleFunction<Window> figure) {
        return ratio(Figures.ratio(above, below, figure));
    }

    /** A program that does nothing is no rival. */
    private String ratio(double ratio) {
        return comparison.persistent() ? Numbers.times(ratio) + " x" : "";
    }

    private static String range(Way way) {
        return Numbers.count(Figures.least(way.full(), window -> window.load().rate()))
                + "-"
                + Numbers.count(Figures.most(way.full(), window -> window.load().rate()));
    }
}
