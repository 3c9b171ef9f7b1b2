package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Durations;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.ExchangeList;
import io.netty.channel.IoEventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one application that wait for a worker, the first come first. It is bounded, and none waits longer
 * than {@code queue.timeout}, or beyond its {@code request_timeout}: those are failed, and no worker is bothered with
 * them. It outlives the generations of the application.
 *
 * <p>There is one timer for all of them, for the oldest, and only while somebody waits. Owned by the event loop.
 */
final class RequestQueue {

    private final ExchangeList waiting = new ExchangeList();
    private final IoEventLoop loop;
    private final Supplier<AppSettings> settings;
    private final LongFunction<String> shortage;
    private boolean timed;

    /**
     * @param settings those of the application at present
     * @param shortage what they wait for besides their turn at a time; empty for nothing
     */
    RequestQueue(IoEventLoop loop, Supplier<AppSettings> settings, LongFunction<String> shortage) {
        this.loop = loop;
        this.settings = settings;
        this.shortage = shortage;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int size() {
        return waiting.size();
    }

    /** How many may wait. */
    int limit() {
        return settings.get().queue().size();
    }

    boolean isFull() {
        return waiting.size() >= limit();
    }

    void addLast(Exchange exchange) {
        waiting.addLast(exchange);
        setTimer(System.nanoTime());
    }

    /** For one that has met a worker that could not take it. */
    void addFirst(Exchange exchange) {
        waiting.addFirst(exchange);
        setTimer(System.nanoTime());
    }

    /** The one that is next; null when none waits. */
    @Nullable
    Exchange peek() {
        return waiting.peek();
    }

    void remove(Exchange exchange) {
        waiting.remove(exchange);
    }

    /** How long the first of them has waited, in nanoseconds; 0 when none does. */
    long oldestNanos(long nowNanos) {
        Exchange oldest = waiting.peek();
        return oldest == null ? 0 : oldest.waitedNanos(nowNanos);
    }

    /** Answers all of them with the same failure. */
    void failAll(Cause cause, String detail) {
        for (Exchange next = waiting.peek(); next != null; next = waiting.peek()) {
            next.fail(cause, detail);
        }
    }

    /** Fails those whose time is over. */
    void expire(long nowNanos) {
        Duration inQueue = settings.get().queue().timeout();
        Duration inAll = settings.get().timeouts().request();
        for (Exchange oldest = waiting.peek(); oldest != null; oldest = waiting.peek()) {
            if (oldest.waitedNanos(nowNanos) > inQueue.toNanos()) {
                String missing = shortage.apply(nowNanos);
                oldest.fail(
                        Cause.QUEUE_TIMEOUT,
                        "no worker was free for " + Durations.text(inQueue) + " (queue.timeout)"
                                + (missing.isEmpty() ? "" : ": " + missing));
            } else if (nowNanos - oldest.submittedNanos() > inAll.toNanos()) {
                // It may have come back to the queue, and its time ended here.
                oldest.fail(
                        Cause.REQUEST_TIMEOUT,
                        "it has waited for a worker until request_timeout = " + Durations.text(inAll) + " had passed");
            } else {
                return;
            }
        }
    }

    private void setTimer(long nowNanos) {
        Exchange oldest = waiting.peek();
        if (timed || oldest == null) {
            return;
        }
        timed = true;
        long inQueue = settings.get().queue().timeout().toNanos() - oldest.waitedNanos(nowNanos);
        long inAll = settings.get().timeouts().request().toNanos() - (nowNanos - oldest.submittedNanos());
        // A millisecond more, so that it is over by then.
        long wait = Math.max(0, Math.min(inQueue, inAll)) + TimeUnit.MILLISECONDS.toNanos(1);
        loop.schedule(this::timePassed, wait, TimeUnit.NANOSECONDS);
    }

    private void timePassed() {
        timed = false;
        long now = System.nanoTime();
        expire(now);
        setTimer(now);
    }
}
