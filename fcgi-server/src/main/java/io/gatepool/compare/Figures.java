package io.gatepool.compare;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What is made of several rounds. */
final class Figures {

    private Figures() {}

    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return 0;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    static double median(List<Window> rounds, ToDoubleFunction<Window> figure) {
        return median(rounds.stream().mapToDouble(figure).toArray());
    }

    static double least(List<Window> rounds, ToDoubleFunction<Window> figure) {
        return rounds.stream().mapToDouble(figure).min().orElse(0);
    }

    static double most(List<Window> rounds, ToDoubleFunction<Window> figure) {
        return rounds.stream().mapToDouble(figure).max().orElse(0);
    }

    /** The median of what each round has for its own two: a noise that lasted a round is in both. 0 without. */
    static double ratio(List<Window> above, List<Window> below, ToDoubleFunction<Window> figure) {
        int rounds = Math.min(above.size(), below.size());
        double[] ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            double divisor = figure.applyAsDouble(below.get(round));
            ratios[round] = divisor == 0 ? 0 : figure.applyAsDouble(above.get(round)) / divisor;
        }
        return median(ratios);
    }

    /** By how much of their median the rounds differ. */
    static double spread(List<Window> rounds, ToDoubleFunction<Window> figure) {
        double median = median(rounds, figure);
        return median == 0 ? 0 : (most(rounds, figure) - least(rounds, figure)) / median;
    }
}
