package io.gatepool.compare;

import java.util.List;

/**
 * All that was measured, for the reports.
 *
 * @param request such as {@code GET /hello.pl}
 * @param answer what all ways answer to it
 * @param ways the first forks; the second is the persistent form, or a program that does nothing
 * @param persistent whether the second is the persistent form
 * @param connections of the load generator
 * @param seconds of one run
 * @param rate requests a second that were the same for all
 * @param notes what was odd before anything was measured
 */
public record Comparison(
        String request,
        String answer,
        List<Way> ways,
        boolean persistent,
        int connections,
        int rounds,
        double seconds,
        double rate,
        List<String> notes) {

    Way first() {
        return ways.get(0);
    }

    Way second() {
        return ways.get(1);
    }

    /** {@code at 146 requests a second}. */
    String atRate() {
        return "at " + Numbers.count(rate) + " requests a second";
    }
}
