package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.WorkerEvents.Reason;
import io.gatepool.process.ExitStatus;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The persistent processes of one application: a fixed number of them, each with one or more connections. Connections
 * of web servers end in gatepool, requests are handed out here, so a kept connection never pins a worker.
 *
 * <p>Free connections lie on a stack: the one that was used last is the warmest. A worker that ends is replaced; when
 * workers end one after the other without having answered anything, the next try waits, twice as long each time, and
 * only one is tried until it comes up.
 *
 * <p>Owned by the event loop.
 */
final class WorkerPool implements Backend, Worker.Owner {

    private final AppSettings settings;
    private final PoolContext context;
    private final Requeue app;
    private final WorkerCommand command;
    private final Set<Worker> workers = new LinkedHashSet<>();
    private final Deque<WorkerConnection> free = new ArrayDeque<>();
    private final Backoff backoff = new Backoff();
    private final Keeping keeping = new Keeping();
    private final List<Integer> started = new ArrayList<>();
    /** The pids of workers that have gone and have no successor yet. */
    private final Deque<Integer> replaced = new ArrayDeque<>();

    private int busy;
    private int lastNumber;
    private boolean announced;
    private boolean stopping;

    WorkerPool(AppSettings settings, PoolContext context, Requeue app) {
        this.settings = settings;
        this.context = context;
        this.app = app;
        this.command = new WorkerCommand(settings, context.mark(), context.baseDir());
    }

    @Override
    public void start() {
        maintain();
    }

    /** Starts as many workers as are missing, as soon as the back-off allows it. */
    private void maintain() {
        if (stopping || !backoff.isOver(System.nanoTime())) {
            return;
        }
        int max = settings.workers().max();
        long wanted = backoff.isFailing() ? Math.min(max, ready() + 1) : max;
        long serving = workers.stream().filter(worker -> !worker.isStopping()).count();
        for (long number = serving; number < wanted; number++) {
            workers.add(new Worker(++lastNumber, settings, context, command, this));
        }
    }

    private long ready() {
        return workers.stream().filter(Worker::isReady).count();
    }

    @Override
    public boolean isSettled() {
        return backoff.isFailing() || ready() >= settings.workers().max();
    }

    @Override
    public boolean hasCapacity() {
        return !free.isEmpty();
    }

    @Override
    public void dispatch(Exchange exchange) {
        busy++;
        free.pop().send(exchange);
    }

    @Override
    public void tick(long nowNanos) {
        for (Worker worker : List.copyOf(workers)) {
            worker.tick(nowNanos);
        }
        maintain();
    }

    @Override
    public String failing() {
        return free.isEmpty() && busy == 0 && ready() == 0 ? backoff.reason() : "";
    }

    @Override
    public void stop() {
        stopping = true;
        List.copyOf(workers).forEach(Worker::stop);
    }

    @Override
    public boolean isStopped() {
        return stopping && workers.isEmpty();
    }

    @Override
    public int busy() {
        return busy;
    }

    @Override
    public int processes() {
        return (int) workers.stream().filter(Worker::isRunning).count();
    }

    @Override
    public int limit() {
        return settings.workers().max();
    }

    @Override
    public List<AppStatus.WorkerStatus> workers() {
        return workers.stream().filter(Worker::isRunning).map(Worker::status).toList();
    }

    // ---- what the workers tell ----

    @Override
    public Requeue app() {
        return app;
    }

    @Override
    public Keeping keeping() {
        return keeping;
    }

    @Override
    public void ready(Worker worker, long millis) {
        backoff.succeeded(System.nanoTime());
        if (!announced) {
            started.add(worker.pid());
            if (started.size() == settings.workers().max()) {
                announced = true;
                app.log().info("workers {} (static)", join(started));
            }
        } else {
            Integer predecessor = replaced.poll();
            String what = predecessor == null ? "" : "replaces " + predecessor + ", ";
            app.log().info("worker {} {}ready in {} ms", worker.pid(), what, millis);
        }
        maintain();
    }

    private static String join(List<Integer> pids) {
        return String.join(" ", pids.stream().map(String::valueOf).toList());
    }

    @Override
    public void freed(WorkerConnection connection, boolean wasBusy) {
        if (wasBusy) {
            busy--;
        }
        if (!connection.worker().isReady()) {
            return;
        }
        free.push(connection);
        app.capacityFreed();
    }

    @Override
    public void withdrawn(Worker worker) {
        free.removeIf(connection -> connection.worker() == worker);
        maintain();
    }

    @Override
    public void ended(Worker worker, ExitStatus status) {
        workers.remove(worker);
        started.remove((Integer) worker.pid());
        if (worker.wasReady()) {
            replaced.add(worker.pid());
        }
        if (!stopping && worker.wasAskedToStop() && worker.wasReady()) {
            app.events().replaced(Reason.TIMEOUT);
        }
        if (!worker.wasAskedToStop() && !stopping) {
            explain(worker, worker.account(status), status);
        }
        maintain();
    }

    private void explain(Worker worker, String account, ExitStatus status) {
        String words = worker.lastWords();
        String reason = words.isEmpty() ? account : account + ": " + words;
        if (worker.hasProvenItself() && status.isSuccess() && worker.hasLostNothing()) {
            app.events().replaced(Reason.EXIT);
            app.log().info("{}", account);
        } else if (worker.hasProvenItself()) {
            app.events().replaced(Reason.CRASH);
            app.log().error("{}", account);
            if (!words.isEmpty()) {
                app.log().error("worker {} stderr: {}", worker.pid(), words);
            }
        } else if (worker.wasReady()) {
            crashed(reason);
        } else {
            failed(reason);
        }
    }

    @Override
    public void notStarted(Worker worker, String reason) {
        workers.remove(worker);
        failed(reason);
    }

    @Override
    public void neverReady(Worker worker, String reason) {
        failed(reason);
    }

    /** It was up, so requests may wait for its successor; unless it goes on like that. */
    private void crashed(String reason) {
        boolean known = reason.equals(backoff.reason());
        app.events().replaced(Reason.CRASH);
        retry(reason, known, backoff.crashed(reason, System.nanoTime()));
    }

    private void failed(String reason) {
        boolean known = reason.equals(backoff.reason());
        app.events().replaced(Reason.START_FAILED);
        retry(reason, known, backoff.failed(reason, System.nanoTime()));
    }

    /** @param known whether it has been said: several workers, or every further try, may fail for the same reason */
    private void retry(String reason, boolean known, Duration wait) {
        if (stopping) {
            return;
        }
        if (known) {
            app.log().debug("{}; next try in {} ms", reason, wait.toMillis());
        } else {
            app.log().error("{}; next try in {} ms", reason, wait.toMillis());
        }
        context.loop().schedule(this::maintain, wait.toNanos(), TimeUnit.NANOSECONDS);
    }
}
