package io.gatepool.config;

import java.time.Duration;

/**
 * When a worker has lived long enough and is replaced by a new one.
 *
 * @param maxRequests how many requests it answers; 0 for no limit
 * @param jitterPercent by how much the limit of one worker may differ, so that not all reach it at the same time
 * @param maxAge how long it lives; may be {@link Durations#OFF}
 * @param softRss resident memory in bytes over which it is replaced; may be {@link Sizes#OFF}
 * @param hardRss resident memory in bytes over which it is killed; may be {@link Sizes#OFF}
 */
public record Recycling(int maxRequests, int jitterPercent, Duration maxAge, long softRss, long hardRss) {

    /** What never replaces a worker. */
    public static final Recycling NEVER = new Recycling(0, 0, Durations.OFF, Sizes.OFF, Sizes.OFF);

    /** @param random from 0 to 1; the limit for one worker, within the jitter */
    public long requestLimit(double random) {
        if (maxRequests == 0) {
            return Long.MAX_VALUE;
        }
        double jitter = maxRequests * (jitterPercent / 100.0) * (2 * random - 1);
        return Math.max(1, Math.round(maxRequests + jitter));
    }

    /** Whether memory has to be looked at. */
    public boolean limitsMemory() {
        return softRss != Sizes.OFF || hardRss != Sizes.OFF;
    }
}
