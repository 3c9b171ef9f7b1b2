package io.gatepool.compare;

import org.HdrHistogram.Histogram;

/**
 * What one run of the load generator saw.
 *
 * @param latencies of the answers in nanoseconds, from the moment when each was due; those that never came count with
 *     the time after which nobody waited any longer
 * @param answers with the status that was expected
 * @param nanos from the start to the last answer, or the end of the run if that is later
 * @param otherStatuses answers with another status
 * @param otherStatus one of those; 0 without
 * @param broken connections that were refused, or ended in the middle of an answer
 * @param unanswered requests that were due and not answered at the end
 * @param lateness by how much the generator itself was late though there was a free connection, 99 % of the time, in
 *     nanoseconds
 */
public record Load(
        Histogram latencies,
        long answers,
        long nanos,
        long otherStatuses,
        int otherStatus,
        long broken,
        long unanswered,
        long lateness) {

    private static final long LEAST = 1_000;
    private static final long MOST = 3_600_000_000_000L;

    /** For latencies in nanoseconds: three digits of each, from a microsecond to an hour. */
    public static Histogram histogram() {
        return new Histogram(LEAST, MOST, 3);
    }

    /** Puts a latency in, also one outside of the range. */
    static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.max(LEAST, Math.min(nanos, MOST)));
    }

    /** Answers in a second. */
    public double rate() {
        return nanos == 0 ? 0 : answers * 1e9 / nanos;
    }

    public long errors() {
        return otherStatuses + broken + unanswered;
    }
}
