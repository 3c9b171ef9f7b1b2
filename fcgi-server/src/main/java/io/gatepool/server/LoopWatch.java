package io.gatepool.server;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports every task that keeps the event loop busy for too long, with the stack it was caught on: everything waits
 * behind it. A thread of its own; on in the integration tests, and wherever {@code gatepool.loop.watch} says so.
 */
final class LoopWatch {

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");

    private final EventExecutor loop;
    private final Thread loopThread;
    private final long limitMillis;
    private final AtomicLong answered = new AtomicLong();

    private LoopWatch(EventExecutor loop, Thread loopThread, long limitMillis) {
        this.loop = loop;
        this.loopThread = loopThread;
        this.limitMillis = limitMillis;
    }

    /** Starts watching if the system property {@code gatepool.loop.watch} is set, to a number of milliseconds. */
    static void startIfWanted(EventExecutor loop) {
        Integer limit = Integer.getInteger("gatepool.loop.watch");
        if (limit != null) {
            loop.execute(() -> {
                LoopWatch watch = new LoopWatch(loop, Thread.currentThread(), limit);
                Thread thread = new Thread(watch::run, "loop-watch");
                thread.setDaemon(true);
                thread.start();
            });
        }
    }

    private void run() {
        try {
            for (long question = 1; !loop.isShuttingDown(); question++) {
                long asked = question;
                loop.execute(() -> answered.set(asked));
                Thread.sleep(limitMillis);
                if (answered.get() < asked) {
                    report(asked);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void report(long asked) throws InterruptedException {
        StackTraceElement[] caught = loopThread.getStackTrace();
        long since = System.nanoTime();
        while (answered.get() < asked && !loop.isShuttingDown()) {
            Thread.sleep(1);
        }
        StringBuilder stack = new StringBuilder();
        for (int frame = 0; frame < Math.min(caught.length, 25); frame++) {
            stack.append("\n    at ").append(caught[frame]);
        }
        LOG.warn(
                "LOOP: the event loop was busy for {} ms or more, at{}",
                limitMillis + (System.nanoTime() - since) / 1_000_000,
                stack);
    }
}
