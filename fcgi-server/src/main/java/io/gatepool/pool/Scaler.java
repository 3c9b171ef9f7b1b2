package io.gatepool.pool;

import io.gatepool.config.WorkerSettings;
import java.util.concurrent.TimeUnit;

/**
 * How many workers an application needs at this moment, with php-fpm's vocabulary. More are started when too few are
 * idle, and when requests wait: a queue that is over in a moment needs no new process, so only one that has grown
 * beyond what runs, or whose first request has waited for longer than a process takes to come up, counts. New ones come
 * one in the first second, two in the next, up to 32; too many idle ones go one a second.
 *
 * <p>It only counts and decides, {@link WorkerPool} acts. Event loop only.
 */
final class Scaler {

    /**
     * What the pool has.
     *
     * @param starting workers that will be ready in a moment
     * @param idle workers with nothing to do
     * @param busy workers with at least one request
     * @param queued requests that wait
     * @param oldestNanos how long the first of them has waited
     */
    record View(int starting, int idle, int busy, int queued, long oldestNanos) {
        int all() {
            return starting + idle + busy;
        }
    }

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** php-fpm's FPM_MAX_SPAWN_RATE. */
    private static final int MOST_A_SECOND = 32;

    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final WorkerSettings settings;
    private int max;
    private boolean hasStarted;
    private int rate = 1;
    private int startedThisSecond;
    private long secondSince;
    private long lastStopNanos;

    Scaler(WorkerSettings settings, long nowNanos) {
        this.settings = settings;
        this.max = settings.max();
        this.secondSince = nowNanos - SECOND_NANOS;
        this.lastStopNanos = nowNanos;
    }

    /** How many there may be. */
    int max() {
        return max;
    }

    /** An operator wants another number: all of them where it is fixed, else at the most so many. */
    void setMax(int number) {
        max = number;
    }

    /** How many there must be before the application counts as started. */
    int atStart() {
        return switch (settings.mode()) {
            case STATIC -> max;
            case DYNAMIC -> Math.min(settings.start(), max);
            case ONDEMAND -> 0;
        };
    }

    /** How many must be ready, whatever else happens. */
    int minimum() {
        return switch (settings.mode()) {
            case STATIC -> max;
            case DYNAMIC -> Math.min(settings.minSpare(), max);
            case ONDEMAND -> 0;
        };
    }

    /** How many to start now. Whoever does not start them will be told again. */
    int toStart(View view, long nowNanos) {
        hasStarted |= view.all() >= atStart();
        int needed = needed(view);
        return settings.mode() == WorkerSettings.Mode.DYNAMIC && hasStarted ? ramped(needed, nowNanos) : needed;
    }

    /** How many more there should be, of which not all may be due to start now. */
    int needed(View view) {
        int needed =
                switch (settings.mode()) {
                    case STATIC -> max;
                    case DYNAMIC -> hasStarted ? Math.max(missingSpare(view), demand(view)) : atStart() - view.all();
                    case ONDEMAND -> Math.min(MOST_A_SECOND, demand(view));
                };
        return Math.max(0, Math.min(needed, max - view.all()));
    }

    private int missingSpare(View view) {
        return settings.minSpare() - view.idle() - view.starting();
    }

    /** Workers for the requests that wait, less those that come anyway. */
    private int demand(View view) {
        int slots = settings.connections();
        boolean backlog = view.oldestNanos() >= PATIENCE_NANOS || view.queued() >= 2 * view.all() * slots;
        return view.queued() > 0 && backlog ? (view.queued() + slots - 1) / slots - view.starting() : 0;
    }

    private int ramped(int needed, long nowNanos) {
        if (nowNanos - secondSince >= SECOND_NANOS) {
            boolean stillNeeded = startedThisSecond > 0 && nowNanos - secondSince < 2 * SECOND_NANOS;
            rate = stillNeeded ? Math.min(MOST_A_SECOND, rate * 2) : 1;
            secondSince = nowNanos;
            startedThisSecond = 0;
        }
        int now = Math.max(0, Math.min(needed, rate - startedThisSecond));
        startedThisSecond += now;
        return now;
    }

    /**
     * How many of the idle ones to stop now.
     *
     * @param idleTooLong how many have been idle for {@code workers.idle_timeout}
     */
    int toStop(View view, int idleTooLong, long nowNanos) {
        int surplus = view.all() - max;
        if (surplus > 0) {
            return Math.min(view.idle(), surplus);
        }
        return switch (settings.mode()) {
            case STATIC -> 0;
            case ONDEMAND -> idleTooLong;
            case DYNAMIC -> {
                boolean due = view.idle() > settings.maxSpare() && nowNanos - lastStopNanos >= SECOND_NANOS;
                if (due) {
                    lastStopNanos = nowNanos;
                }
                yield due ? 1 : 0;
            }
        };
    }
}
