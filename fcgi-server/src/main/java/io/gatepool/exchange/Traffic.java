package io.gatepool.exchange;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What has become of the requests of one application: counters since the start, and the last ten minutes in slices of
 * ten seconds. It outlives reloads. Event loop only.
 */
public final class Traffic {

    /** How long a slice is, in seconds. */
    public static final int SLICE_SECONDS = 10;

    private static final long SLICE_NANOS = TimeUnit.SECONDS.toNanos(SLICE_SECONDS);
    private static final int SLICES = 60;

    /** The slices that "now" means: the last minute. */
    private static final int RECENT = 6;

    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int HOUR = 60;

    /**
     * What happened in ten seconds.
     *
     * @param requests that ended
     * @param errors of them with a status from 500
     * @param longestQueue requests that waited at the same time
     */
    public record Slice(long requests, long errors, int longestQueue) {}

    private final long since;
    private final long[] byClass = new long[6];
    private final Map<Cause, Long> byCause = new EnumMap<>(Cause.class);
    private final Histogram duration = new Histogram();
    private final Histogram wait = new Histogram();
    private final Histogram[] recent = new Histogram[RECENT];
    private final long[] requests = new long[SLICES];
    private final long[] errors = new long[SLICES];
    private final int[] queue = new int[SLICES];
    private final long[] errorsByMinute = new long[HOUR];
    private long slice;
    private long minute;
    private long retries;

    public Traffic(long nowNanos) {
        since = nowNanos;
        for (int index = 0; index < RECENT; index++) {
            recent[index] = new Histogram();
        }
    }

    /** Counts a request that is over. */
    public void over(Exchange exchange, long nowNanos) {
        advance(nowNanos);
        int status = exchange.shownStatus();
        byClass[status / 100 % 6]++;
        Failure failure = exchange.failure();
        if (failure != null) {
            byCause.merge(failure.cause(), 1L, Long::sum);
        }
        long took = nowNanos - exchange.arrivedNanos();
        duration.add(took);
        wait.add(exchange.waitedNanos(nowNanos));
        recent[(int) (slice % RECENT)].add(took);
        requests[(int) (slice % SLICES)]++;
        if (status >= 500) {
            errors[(int) (slice % SLICES)]++;
            errorsByMinute[(int) (minute % HOUR)]++;
        }
    }

    /** A request begins again with another worker. */
    public void retried() {
        retries++;
    }

    /** Called now and then, with the number of waiting requests. */
    public void tick(long nowNanos, int queued) {
        advance(nowNanos);
        int now = (int) (slice % SLICES);
        queue[now] = Math.max(queue[now], queued);
    }

    private void advance(long nowNanos) {
        long current = (nowNanos - since) / SLICE_NANOS;
        for (long next = Math.max(slice + 1, current - SLICES + 1); next <= current; next++) {
            recent[(int) (next % RECENT)].clear();
            requests[(int) (next % SLICES)] = 0;
            errors[(int) (next % SLICES)] = 0;
            queue[(int) (next % SLICES)] = 0;
        }
        slice = Math.max(slice, current);
        long currentMinute = (nowNanos - since) / MINUTE_NANOS;
        for (long next = Math.max(minute + 1, currentMinute - HOUR + 1); next <= currentMinute; next++) {
            errorsByMinute[(int) (next % HOUR)] = 0;
        }
        minute = Math.max(minute, currentMinute);
    }

    /** Requests that have ended with a status of this class: 4 for 404; 0 for those that ended without a status. */
    public long byClass(int statusClass) {
        return byClass[statusClass];
    }

    /** Requests that gatepool itself has failed, by cause; causes that have not occurred are missing. */
    public Map<Cause, Long> byCause() {
        return Map.copyOf(byCause);
    }

    /** From the arrival of a request to its end, of all since the start. */
    public Histogram duration() {
        return duration;
    }

    /** How long requests have waited for a worker, of all since the start; those that did not have to count as 0. */
    public Histogram queueWait() {
        return wait;
    }

    /** How many requests have begun again because their worker was lost. */
    public long retries() {
        return retries;
    }

    /** Requests a second over the last minute, or since the start if that is less. */
    public double perSecond(long nowNanos) {
        advance(nowNanos);
        long ended = 0;
        for (long index = Math.max(0, slice - RECENT + 1); index <= slice; index++) {
            ended += requests[(int) (index % SLICES)];
        }
        long from = since + Math.max(0, slice - RECENT + 1) * SLICE_NANOS;
        return ended / (Math.max(1, nowNanos - from) / 1e9);
    }

    /** The time that 99 % of the requests of the last minute did not exceed, in nanoseconds; 0 when there were none. */
    public long p99Nanos(long nowNanos) {
        advance(nowNanos);
        Histogram all = new Histogram();
        for (Histogram one : recent) {
            all.add(one);
        }
        return all.percentileNanos(99);
    }

    /** Answers with a status from 500 within the last hour, gatepool's own and the application's. */
    public long errorsLastHour(long nowNanos) {
        advance(nowNanos);
        long sum = 0;
        for (long count : errorsByMinute) {
            sum += count;
        }
        return sum;
    }

    /** The last ten minutes, or the time since the start; the oldest slice first, the last one not over yet. */
    public List<Slice> history(long nowNanos) {
        advance(nowNanos);
        List<Slice> history = new ArrayList<>();
        for (long index = Math.max(0, slice - SLICES + 1); index <= slice; index++) {
            int at = (int) (index % SLICES);
            history.add(new Slice(requests[at], errors[at], queue[at]));
        }
        return history;
    }
}
