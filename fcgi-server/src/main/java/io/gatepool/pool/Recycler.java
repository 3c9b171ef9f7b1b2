package io.gatepool.pool;

import io.gatepool.config.Sizes;
import io.gatepool.config.WorkerSettings;
import io.gatepool.exchange.WorkerEvents.Reason;
import io.gatepool.process.ProcessMemory;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends workers that have lived long enough: that have answered their number of requests, reached their age, or grown
 * too large. One at a time, and each goes only when its successor is ready, unless there are workers to spare.
 *
 * <p>Owned by the event loop; memory is read on the files thread.
 */
final class Recycler {

    /** The pool whose workers they are. */
    interface Owner {

        /** One more worker; null when there may be no more. */
        @Nullable
        Worker startWorker();

        /** How many are idle and ready for requests. */
        int idle();
    }

    private static final long MEMORY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final WorkerSettings settings;
    private final PoolContext context;
    private final Requeue app;
    private final Owner owner;
    private @Nullable Worker leaving;
    private @Nullable Worker successor;
    private long memoryNanos;
    private boolean readingMemory;

    Recycler(WorkerSettings settings, PoolContext context, Requeue app, Owner owner) {
        this.settings = settings;
        this.context = context;
        this.app = app;
        this.owner = owner;
    }

    /** Whether it goes as soon as its successor is ready. */
    boolean isLeaving(Worker worker) {
        return worker == leaving;
    }

    /** Whose place this one takes; null when it is nobody's successor. */
    @Nullable
    Worker predecessor(Worker worker) {
        return worker == successor ? leaving : null;
    }

    /** A worker is ready; if it is the successor, the other one goes. */
    void ready(Worker worker) {
        Worker gone = predecessor(worker);
        if (worker == successor) {
            forget();
        }
        if (gone != null) {
            gone.recycle();
        }
    }

    /** A worker gets no requests any more, or will not come up: nobody replaces it, or is replaced by it. */
    void lost(Worker worker) {
        if (worker == leaving || worker == successor) {
            forget();
        }
    }

    private void forget() {
        leaving = null;
        successor = null;
    }

    /**
     * Looks for one that has lived long enough.
     *
     * @param calm whether workers come up at present: else none is ended that works
     */
    void tick(Collection<Worker> workers, boolean calm, long nowNanos) {
        watchMemory(workers, nowNanos);
        if (leaving != null || !calm) {
            return;
        }
        for (Worker worker : workers) {
            Reason reason = worker.isReady() ? worker.dueFor(nowNanos) : null;
            if (reason != null) {
                begin(worker, reason);
                return;
            }
        }
    }

    private void begin(Worker worker, Reason reason) {
        app.log().info("worker {} is recycled: {}", worker.pid(), reason.setting());
        app.events().replaced(reason);
        if (settings.mode() != WorkerSettings.Mode.STATIC && owner.idle() > settings.minSpare()) {
            worker.recycle();
            return;
        }
        leaving = worker;
        successor = owner.startWorker();
        if (successor == null) {
            // There may be no more than there are: it goes first.
            leaving = null;
            worker.recycle();
        }
    }

    private void watchMemory(Collection<Worker> workers, long nowNanos) {
        if (!settings.recycling().limitsMemory() || readingMemory || nowNanos - memoryNanos < MEMORY_NANOS) {
            return;
        }
        memoryNanos = nowNanos;
        readingMemory = true;
        List<Worker> looked = workers.stream().filter(Worker::isRunning).toList();
        List<Integer> pids = looked.stream().map(Worker::pid).toList();
        context.files().execute(() -> {
            List<Long> sizes = pids.stream().map(ProcessMemory::resident).toList();
            context.loop().execute(() -> {
                readingMemory = false;
                for (int index = 0; index < looked.size(); index++) {
                    weighed(looked.get(index), sizes.get(index));
                }
            });
        });
    }

    private void weighed(Worker worker, long bytes) {
        worker.rss(bytes);
        long hard = settings.recycling().hardRss();
        if (bytes > hard && worker.isRunning()) {
            worker.killFor("it took " + Sizes.text(bytes) + " of memory, max_rss.hard = " + Sizes.text(hard));
        }
    }
}
