package io.gatepool.exchange;

import java.util.Arrays;

/**
 * How often times of each length occurred: in steps of about a tenth, from a microsecond to hours, so that a percentile
 * can be told without keeping the times. Not for sharing between threads.
 */
public final class Histogram {

    /** Each power of two is divided into so many steps. */
    private static final int STEPS = 8;

    private static final int STEP_BITS = 3;

    /** Up to 2^40 microseconds, twelve days; what is longer counts as that. */
    private static final int POWERS = 41;

    private final long[] counts = new long[POWERS * STEPS];
    private long count;
    private long sumNanos;

    /** Counts one; a negative time counts as none. */
    public void add(long nanos) {
        counts[index(nanos)]++;
        count++;
        sumNanos += Math.max(0, nanos);
    }

    private static int index(long nanos) {
        long micros = Math.max(0, nanos) / 1000;
        if (micros < STEPS) {
            return (int) micros;
        }
        int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(micros);
        int step = (int) (micros >> (power - STEP_BITS)) & (STEPS - 1);
        return Math.min(indexOf(power, step), POWERS * STEPS - 1);
    }

    private static int indexOf(int power, int step) {
        return (power - STEP_BITS + 1) * STEPS + step;
    }

    /** The first time, in nanoseconds, that no longer belongs to the step. */
    private static long limitNanos(int index) {
        if (index < STEPS) {
            return (index + 1) * 1000L;
        }
        int power = index / STEPS + STEP_BITS - 1;
        long micros = (long) (STEPS + index % STEPS + 1) << (power - STEP_BITS);
        return micros * 1000;
    }

    public long count() {
        return count;
    }

    /** The sum of all times. */
    public long sumNanos() {
        return sumNanos;
    }

    /** How many took less than {@code nanos}, to the next step. */
    public long countBelow(long nanos) {
        long below = 0;
        for (int index = 0; index < counts.length && limitNanos(index) <= nanos; index++) {
            below += counts[index];
        }
        return below;
    }

    /** The time that {@code percent} of all did not exceed, in nanoseconds, to the next step; 0 when there is none. */
    public long percentileNanos(double percent) {
        long wanted = (long) Math.ceil(count * percent / 100);
        long seen = 0;
        for (int index = 0; index < counts.length; index++) {
            seen += counts[index];
            if (seen >= wanted && seen > 0) {
                return limitNanos(index);
            }
        }
        return 0;
    }

    /** Adds the counts of another one to these. */
    public void add(Histogram other) {
        for (int index = 0; index < counts.length; index++) {
            counts[index] += other.counts[index];
        }
        count += other.count;
        sumNanos += other.sumNanos;
    }

    /** Forgets everything. */
    public void clear() {
        Arrays.fill(counts, 0);
        count = 0;
        sumNanos = 0;
    }
}
