package io.gatepool.control;

import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Histogram;
import io.gatepool.exchange.Traffic;
import io.gatepool.exchange.WorkerEvents;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * One application at one moment, with copies of all that goes on counting, so that any thread may look at it.
 *
 * @param app its state; its traffic and events are not to be looked at, they are the event loop's
 * @param byClass requests that ended, by the first digit of their status; at 0 those without one
 * @param byCause requests that gatepool failed
 * @param duration from arrival to end
 * @param queueWait in the queue
 * @param retries requests that began again because their worker was lost
 * @param perSecond requests, over the last minute
 * @param p99Nanos of the last minute; 0 when there was no request
 * @param errorsLastHour answers with a status from 500
 * @param history the last ten minutes
 * @param replaced workers, by reason; every reason is there
 * @param spawns from the wish for a process to its existence
 * @param starts from the wish for a worker to its being ready
 */
record AppView(
        AppStatus app,
        List<Long> byClass,
        Map<Cause, Long> byCause,
        Histogram duration,
        Histogram queueWait,
        long retries,
        double perSecond,
        long p99Nanos,
        long errorsLastHour,
        List<Traffic.Slice> history,
        Map<WorkerEvents.Reason, Long> replaced,
        Histogram spawns,
        Histogram starts) {

    /** Event loop only. */
    static AppView of(AppStatus app, long nowNanos) {
        Traffic traffic = app.traffic();
        Map<WorkerEvents.Reason, Long> replaced = new EnumMap<>(WorkerEvents.Reason.class);
        for (WorkerEvents.Reason reason : WorkerEvents.Reason.values()) {
            replaced.put(reason, app.events().replacedFor(reason));
        }
        return new AppView(
                app,
                IntStream.range(0, 6).mapToObj(traffic::byClass).toList(),
                traffic.byCause(),
                copy(traffic.duration()),
                copy(traffic.queueWait()),
                traffic.retries(),
                traffic.perSecond(nowNanos),
                traffic.p99Nanos(nowNanos),
                traffic.errorsLastHour(nowNanos),
                traffic.history(nowNanos),
                replaced,
                copy(app.events().spawns()),
                copy(app.events().starts()));
    }

    private static Histogram copy(Histogram histogram) {
        Histogram copy = new Histogram();
        copy.add(histogram);
        return copy;
    }

    String name() {
        return app.name();
    }

    /** Whether it is one of persistent processes. */
    boolean isPool() {
        return !app.kind().equals("cgi");
    }

    /** How many of its processes are in this state. */
    long workers(String state) {
        return app.workers().stream()
                .filter(worker -> worker.state().equals(state))
                .count();
    }
}
