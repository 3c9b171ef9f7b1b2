package io.gatepool.compare;

import java.util.ArrayList;
import java.util.List;

/** What the figures mean, in sentences. They say no more than was measured, and also what speaks against it. */
final class Words {

    /** What lies between these is the same, as far as such a measurement can tell. */
    private static final double LESS = 0.9;

    private static final double MORE = 1.1;

    /** With so much in reserve hardly anybody waits for others. */
    private static final double HALF = 0.5;

    private static final double P50 = 50;
    private static final double P99 = 99;

    private Words() {}

    static List<String> of(Comparison comparison) {
        return comparison.persistent() ? ofBoth(comparison) : ofOne(comparison);
    }

    private static List<String> ofBoth(Comparison comparison) {
        Way forked = comparison.first();
        Way persistent = comparison.second();
        List<String> words = new ArrayList<>();
        words.add(cost(
                "One request costs " + Numbers.millis(Figures.median(forked.full(), Window::cpu)) + " of CPU forked, "
                        + Numbers.millis(Figures.median(persistent.full(), Window::cpu)) + " persistent: ",
                Figures.ratio(forked.full(), persistent.full(), Window::cpu)));
        double most = Figures.median(forked.full(), window -> window.load().rate());
        words.add(rate(
                most,
                Figures.median(persistent.full(), window -> window.load().rate()),
                Figures.ratio(persistent.full(), forked.full(), window -> window.load()
                        .rate())));
        if (!forked.steady().isEmpty()) {
            words.add("Of 100 requests " + comparison.atRate() + ", 99 are answered within "
                    + Numbers.millis(Rows.at(Way.latencies(forked.steady()), P99)) + " forked, within "
                    + Numbers.millis(Rows.at(Way.latencies(persistent.steady()), P99)) + " persistent.");
        }
        double saved = Rows.at(Way.latencies(forked.alone()), P50) - Rows.at(Way.latencies(persistent.alone()), P50);
        if (saved > 0) {
            words.add("Alone, a request takes "
                    + Numbers.millis(Rows.at(Way.latencies(forked.alone()), P50)) + " forked and "
                    + Numbers.millis(Rows.at(Way.latencies(persistent.alone()), P50))
                    + " persistent. The difference is starting over: a process, its interpreter, its modules. What"
                    + " remains is the work itself, which no way of starting it makes shorter.");
        }
        words.add("For that, " + persistent.memory().count() + " persistent "
                + (persistent.memory().count() == 1 ? "process keeps " : "processes keep ")
                + Numbers.bytes(persistent.memory().processes())
                + " of memory, also when nobody asks, and whatever the script leaves in its variables; forked takes"
                + " memory only while a request runs, and forgets everything.");
        words.add("Below some " + Numbers.count(most * HALF)
                + " requests a second, half of what it can do on this machine, forked is enough.");
        return words;
    }

    private static String cost(String begin, double ratio) {
        if (ratio > MORE) {
            return begin + Numbers.times(ratio) + " times less.";
        }
        if (ratio >= LESS) {
            return begin + "no difference that this measurement could tell.";
        }
        return begin + "the persistent form costs " + Numbers.times(1 / ratio) + " times as much.";
    }

    private static String rate(double forked, double persistent, double ratio) {
        String begin = "At most, forked answers " + Numbers.count(forked) + " requests a second, persistent "
                + Numbers.count(persistent) + ": ";
        if (ratio > MORE) {
            return begin + Numbers.times(ratio) + " times as many.";
        }
        if (ratio >= LESS) {
            return begin + "persistent is not faster here.";
        }
        return begin + "persistent is slower here, by " + Numbers.percent(1 - ratio) + ".";
    }

    private static List<String> ofOne(Comparison comparison) {
        Way script = comparison.first();
        Way empty = comparison.second();
        double cpu = Figures.median(script.full(), Window::cpu);
        double birth = Math.min(cpu, Figures.median(empty.full(), Window::cpu));
        double alone = Rows.at(Way.latencies(script.alone()), P50);
        double start = Math.min(alone, Rows.at(Way.latencies(empty.alone()), P50));
        String costs = "One request costs " + Numbers.millis(cpu) + " of CPU";
        String what =
                "to take it, to start and end a process and to bring the answer, which is what a program costs that"
                        + " does nothing but answer";
        return List.of(
                cpu - birth < (1 - LESS) * cpu
                        ? costs + " " + what + ": what the script does itself is too little to be told apart."
                        : costs + ": " + Numbers.millis(birth) + " " + what + ", and " + Numbers.millis(cpu - birth)
                                + " that the script takes itself (" + Numbers.percent((cpu - birth) / cpu) + ").",
                "Alone it takes " + Numbers.millis(alone) + ", of which " + Numbers.millis(start)
                        + " are such a start.",
                "What of its own part the script spends on its beginning (the interpreter, its modules), and the"
                        + " start itself, are what a persistent form saves. To measure one, give it:"
                        + " --fastcgi 'COMMAND' or --wsgi MODULE:APP.");
    }
}
