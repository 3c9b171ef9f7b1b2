package io.gatepool.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What is drawn, as characters or as SVG. */
final class Charts {

    private static final double P99 = 99;

    /** A title and a bar for each way. */
    record Chart(String title, List<Bars.Bar> bars) {}

    private Charts() {}

    static List<Chart> of(Comparison comparison) {
        List<Chart> charts = new ArrayList<>();
        charts.add(chart(
                comparison,
                "requests a second, as fast as it goes (longer is better)",
                way -> Figures.median(way.full(), window -> window.load().rate()),
                Numbers::count));
        charts.add(chart(
                comparison,
                "CPU for one request, as fast as it goes (shorter is better)",
                way -> Figures.median(way.full(), Window::cpu),
                Numbers::millis));
        if (!comparison.first().steady().isEmpty()) {
            charts.add(chart(
                    comparison,
                    "p99 of the latency " + comparison.atRate() + " (shorter is better)",
                    way -> Rows.at(Way.latencies(way.steady()), P99),
                    Numbers::millis));
        }
        charts.add(chart(
                comparison,
                "memory under load, gatepool and its processes (shorter is better)",
                way -> (double) way.memory().total(),
                bytes -> Numbers.bytes(Math.round(bytes))));
        return charts;
    }

    private static Chart chart(
            Comparison comparison, String title, Function<Way, Double> figure, Function<Double, String> text) {
        List<Bars.Bar> bars = new ArrayList<>();
        for (Way way : comparison.ways()) {
            double value = figure.apply(way);
            bars.add(new Bars.Bar(way.name(), value, text.apply(value)));
        }
        return new Chart(title, bars);
    }
}
