package io.gatepool.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Reasons not to trust the figures, or not all of them. */
final class Doubts {

    private static final double NOISE = 0.05;
    private static final double STEAL = 0.02;
    private static final double SPREAD = 0.25;
    private static final double BUSY = 0.85;
    private static final double ARRIVED = 0.97;
    private static final long LATE_NANOS = 1_000_000;
    private static final long FEW = 100;
    private static final long THOUSAND = 1000;

    private Doubts() {}

    static List<String> of(Comparison comparison) {
        List<String> doubts = new ArrayList<>(comparison.notes());
        double elsewhere = mean(comparison, window -> window.cost().elsewhere());
        if (elsewhere > NOISE) {
            doubts.add("other programs used " + Numbers.percent(elsewhere)
                    + " of the processors meanwhile: measure again when the machine is calm");
        }
        double steal = mean(comparison, window -> window.cost().steal());
        if (steal > STEAL) {
            doubts.add("the hypervisor kept " + Numbers.percent(steal)
                    + " of the processors for others: the times are longer than they would be");
        }
        comparison.ways().forEach(way -> of(way, comparison, doubts));
        return doubts;
    }

    private static void of(Way way, Comparison comparison, List<String> doubts) {
        double spread = Figures.spread(way.full(), window -> window.load().rate());
        if (spread > SPREAD) {
            doubts.add(way.name() + ": the rounds differ by " + Numbers.percent(spread)
                    + "; ratios are made within a round, but take more rounds or longer ones (--rounds, --duration)");
        }
        double load = Figures.median(
                way.full(),
                window -> (double) window.cost().load()
                        / Math.max(1, window.load().nanos()));
        if (load > BUSY) {
            doubts.add(way.name() + ": the load generator was busy for " + Numbers.percent(load)
                    + " of the time, as fast as it goes: the server can do more than that");
        }
        long errors = Rows.errors(way);
        if (errors > 0) {
            int status = Stream.of(way.alone(), way.full(), way.steady())
                    .flatMap(List::stream)
                    .mapToInt(window -> window.load().otherStatus())
                    .max()
                    .orElse(0);
            doubts.add(way.name() + ": " + errors + " requests got no answer, or another one"
                    + (status == 0 ? "" : " (status " + status + ")") + "; they count in no rate");
        }
        if (way.steady().isEmpty()) {
            return;
        }
        long answers = way.steady().stream()
                .mapToLong(window -> window.load().answers())
                .sum();
        if (answers < THOUSAND) {
            doubts.add(way.name() + ": " + answers + " requests at the same rate are too few for "
                    + (answers < FEW ? "p99 and p99.9" : "p99.9") + "; --duration makes it more");
        }
        double due = comparison.rate() * comparison.seconds() * way.steady().size();
        double inTime = way.steady().stream()
                .mapToDouble(window -> window.load().rate() * comparison.seconds())
                .sum();
        if (inTime < ARRIVED * due && due > FEW) {
            doubts.add(way.name() + " could not keep up with " + Numbers.count(comparison.rate())
                    + " requests a second: its latencies grow with the duration; write a lower --rate");
        }
        double late = Figures.median(way.steady(), window -> window.load().lateness());
        if (late > LATE_NANOS) {
            doubts.add(way.name() + ": the load generator itself was up to " + Numbers.millis(late)
                    + " late; that is in the latencies");
        }
    }

    private static double mean(Comparison comparison, ToDoubleFunction<Window> figure) {
        return comparison.ways().stream()
                .flatMap(way -> Stream.of(way.full(), way.steady()).flatMap(List::stream))
                .mapToDouble(figure)
                .average()
                .orElse(0);
    }
}
