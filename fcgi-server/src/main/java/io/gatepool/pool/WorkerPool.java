package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Kind;
import io.gatepool.config.WorkerSettings;
import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Trouble;
import io.gatepool.exchange.WorkerEvents.Reason;
import io.gatepool.process.ExitStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The persistent processes of one generation of an application, each with one or more connections. Connections of web
 * servers end in gatepool, requests are handed out here, so a kept connection never pins a worker.
 *
 * <p>Free connections lie on a stack: the one that was used last is the warmest. {@link Scaler} says how many workers
 * there should be. One that ends is replaced; when workers end one after the other without having answered anything,
 * the next try waits, as {@link Postmortem} says, and only one is tried until it comes up. {@link Recycler} ends those
 * that have lived long enough.
 *
 * <p>Owned by the event loop.
 */
final class WorkerPool implements Backend, Worker.Owner, Recycler.Owner {

    private final AppSettings settings;
    private final PoolContext context;
    private final Requeue app;
    private final int generation;
    private final WorkerCommand command;
    private final Scaler scaler;
    private final Shortage shortage = new Shortage();
    private final Set<Worker> workers = new LinkedHashSet<>();
    private final Deque<WorkerConnection> free = new ArrayDeque<>();
    private final Sharing sharing;
    /** The connection for which {@link #hasCapacityFor} has said yes. */
    private @Nullable WorkerConnection chosen;

    private boolean watchesWaiting;
    private final Recycler recycler;
    private final Postmortem postmortem;
    private final Backoff backoff;
    private final Keeping keeping = new Keeping();
    private final List<Integer> started = new ArrayList<>();
    /** The pids of workers that have gone and have no successor yet. */
    private final Deque<Integer> replaced = new ArrayDeque<>();

    private int busy;
    private int lastNumber;
    private boolean announced;
    private boolean tryOne;
    private boolean refusalTold;
    private boolean begun;
    private boolean retired;
    private boolean stopping;

    /** @param generation of the application, counted from 1 and over its reloads */
    WorkerPool(AppSettings settings, PoolContext context, Requeue app, int generation) {
        this.settings = settings;
        this.context = context;
        this.app = app;
        this.generation = generation;
        this.command = new WorkerCommand(settings, context.mark(), context.baseDir());
        this.sharing = new Sharing(settings.kind() == Kind.WSGI);
        this.scaler = new Scaler(settings.workers(), System.nanoTime());
        this.recycler = new Recycler(settings.workers(), context, app, this);
        this.postmortem = new Postmortem(context, app, this::maintain);
        this.backoff = postmortem.backoff();
    }

    @Override
    public void start() {
        begun = true;
        // Also one that has no workers until they are needed shows that it can have them, when it replaces one that
        // had.
        tryOne = generation > 1;
        if (scaler.atStart() == 0 && !tryOne) {
            announced = true;
            app.log().info("no workers until there are requests ({})", modeText());
        }
        maintain();
    }

    // ---- how many ----

    private void maintain() {
        long now = System.nanoTime();
        if (!begun || retired || stopping || !backoff.isOver(now)) {
            context.budget().withdraw(this);
            return;
        }
        List.copyOf(workers).stream()
                .filter(worker -> worker.state() == WorkerState.BACKOFF)
                .forEach(Worker::backoffOver);
        Scaler.View view = view(now);
        int missing = scaler.toStart(view, now);
        if (tryOne) {
            missing = Math.max(missing, 1 - view.all());
        }
        if (missing <= 0 && scaler.needed(view) == 0) {
            context.budget().withdraw(this);
        }
        if (backoff.isFailing()) {
            missing = Math.min(missing, 1 - view.starting());
        }
        for (int number = 0; number < missing; number++) {
            startWorker();
        }
    }

    /** Starts one more, unless all applications together have too many; returns null then. */
    @Override
    public @Nullable Worker startWorker() {
        if (!context.budget().take(this)) {
            if (!refusalTold) {
                app.log()
                        .warn(
                                "no more workers for now: server.max_workers = {}",
                                context.budget().limit());
            }
            refusalTold = true;
            return null;
        }
        refusalTold = false;
        Worker worker = new Worker(generation, ++lastNumber, settings, context, command, this);
        workers.add(worker);
        return worker;
    }

    private Scaler.View view(long now) {
        int starting = 0;
        int idle = 0;
        int working = 0;
        for (Worker worker : workers) {
            // The one that leaves when its successor is ready is not needed, nor is there a surplus because of it.
            if (!recycler.isLeaving(worker)) {
                switch (worker.state()) {
                    case STARTING -> starting++;
                    case IDLE -> idle++;
                    case BUSY -> working++;
                    case DRAINING, STOPPING, BACKOFF, DEAD -> {}
                }
            }
        }
        return new Scaler.View(starting, idle, working, app.waiting(), app.oldestNanos(now));
    }

    @Override
    public int idle() {
        return view(System.nanoTime()).idle();
    }

    private void shrink(long now) {
        long idleTimeout = settings.workers().idleTimeout().toNanos();
        List<Worker> idle = workers.stream()
                .filter(worker -> worker.state() == WorkerState.IDLE && !recycler.isLeaving(worker))
                .toList();
        int tooLong = (int) idle.stream()
                .filter(worker -> now - worker.stateSinceNanos() > idleTimeout)
                .count();
        Scaler.View view = view(now);
        int stop = scaler.toStop(view, tooLong, now);
        boolean canSpare = view.idle() > 0 && view.all() > scaler.minimum();
        if (stop == 0 && canSpare && context.budget().claim(this)) {
            stop = 1;
        }
        idle.stream()
                .sorted((one, other) -> Long.compare(one.stateSinceNanos(), other.stateSinceNanos()))
                .limit(stop)
                .forEach(Worker::idleTooLong);
        int surplus = view.all() - stop - scaler.max();
        List.copyOf(workers).stream()
                .filter(worker -> worker.state() == WorkerState.BUSY && !recycler.isLeaving(worker))
                .limit(Math.max(0, surplus))
                .forEach(Worker::recycle);
    }

    @Override
    public void demand() {
        // A static one has all the workers that it may have.
        if (settings.workers().mode() != WorkerSettings.Mode.STATIC) {
            maintain();
        }
    }

    @Override
    public void scale(int number) {
        scaler.setMax(number);
        maintain();
    }

    // ---- for the application ----

    private long ready() {
        return workers.stream().filter(Worker::isReady).count();
    }

    @Override
    public boolean isSettled() {
        boolean tried = !tryOne || ready() > 0;
        return backoff.isFailing()
                || context.budget().isRefusedTo(this)
                || (begun && tried && ready() >= scaler.atStart());
    }

    @Override
    public boolean hasCapacity() {
        return !free.isEmpty();
    }

    @Override
    public boolean hasCapacityFor(Exchange exchange) {
        chosen = mayShare() ? sharing.choose(exchange, !free.isEmpty()) : null;
        return chosen != null || !free.isEmpty();
    }

    @Override
    public void dispatch(Exchange exchange) {
        busy++;
        // That of a moment ago: meanwhile it may have got too old to be found again.
        WorkerConnection taken = chosen;
        chosen = null;
        if (taken == null) {
            taken = free.poll();
        } else {
            sharing.taken(taken);
        }
        if (taken == null) {
            throw new IllegalStateException("no capacity");
        }
        taken.send(exchange);
        share(taken);
    }

    // ---- several requests on one connection ----

    /**
     * Whether requests may wait at a worker that serves in order. As long as there may be more workers, they have to be
     * seen in the queue; and where idle ones are stopped, none may be idle because of it.
     */
    private boolean mayShare() {
        boolean fixed = settings.workers().mode() == WorkerSettings.Mode.STATIC;
        return settings.kind() != Kind.WSGI || (workers.size() >= scaler.max() && (fixed || free.isEmpty()));
    }

    /** The connection has requests, and perhaps takes more. */
    private void share(WorkerConnection connection) {
        sharing.offer(connection);
        if (!watchesWaiting && connection.hasWaiting()) {
            watchesWaiting = true;
            context.loop().schedule(this::takeBackStuck, Lookahead.WATCH_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    /** Whoever waits at a worker behind a request that turns out to be long goes back to the queue. */
    private void takeBackStuck() {
        long now = System.nanoTime();
        watchesWaiting = false;
        for (Worker worker : List.copyOf(workers)) {
            watchesWaiting |= worker.takeBackStuck(Lookahead.patienceNanos(!free.isEmpty()), now);
        }
        if (watchesWaiting) {
            context.loop().schedule(this::takeBackStuck, Lookahead.WATCH_NANOS, TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void answered(long nanos, boolean alone) {
        sharing.answered(nanos, alone);
    }

    // ---- what happens with time ----

    @Override
    public void tick(long nowNanos) {
        for (Worker worker : List.copyOf(workers)) {
            worker.tick(nowNanos);
        }
        if (!retired && !stopping) {
            recycler.tick(workers, !backoff.isFailing() && backoff.isOver(nowNanos), nowNanos);
            shrink(nowNanos);
            maintain();
        }
    }

    @Override
    public Trouble trouble() {
        boolean nobody = free.isEmpty() && busy == 0 && ready() == 0;
        // Nobody starts one that has none until it is needed, unless a request may wait for it.
        boolean waitsForDemand = settings.workers().mode() == WorkerSettings.Mode.ONDEMAND
                && workers.stream().noneMatch(worker -> worker.state().isInService())
                && backoff.isOver(System.nanoTime());
        return nobody && !waitsForDemand ? backoff.trouble() : Trouble.NONE;
    }

    @Override
    public void retire() {
        retired = true;
        context.budget().withdraw(this);
        postmortem.close();
        free.clear();
        sharing.clear();
        workers.stream().filter(Worker::isReady).forEach(worker -> app.events().replaced(Reason.RELOAD));
        List.copyOf(workers).forEach(Worker::recycle);
    }

    @Override
    public void stop() {
        stopping = true;
        context.budget().withdraw(this);
        postmortem.close();
        List.copyOf(workers).forEach(Worker::stop);
    }

    @Override
    public boolean isStopped() {
        return (stopping || retired) && workers.isEmpty();
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
        return scaler.max();
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
        tryOne = false;
        if (!announced) {
            started.add(worker.pid());
            announced = started.size() >= Math.max(1, scaler.atStart());
            if (announced) {
                app.log().info("workers {} ({})", join(started), modeText());
            }
        } else {
            Worker before = recycler.predecessor(worker);
            Integer predecessor = before == null ? replaced.poll() : Integer.valueOf(before.pid());
            if (predecessor != null) {
                app.log().info("worker {} replaces {}, ready in {} ms", worker.pid(), predecessor, millis);
            } else {
                app.log().debug("worker {} ready in {} ms", worker.pid(), millis);
            }
        }
        recycler.ready(worker);
        // First what waits, then whether what waits still needs another one.
        worker.connections().forEach(connection -> freed(connection, false));
        maintain();
    }

    private String modeText() {
        WorkerSettings.Mode mode = settings.workers().mode();
        return mode == WorkerSettings.Mode.STATIC ? mode.text() : mode.text() + ", at most " + scaler.max();
    }

    private static String join(List<Integer> pids) {
        return String.join(" ", pids.stream().map(String::valueOf).toList());
    }

    @Override
    public void notConnected(String refusal) {
        if (shortage.met(refusal, System.nanoTime())) {
            app.log().warn("{}; requests wait, it is tried again and again", refusal);
        }
    }

    @Override
    public String shortage(long nowNanos) {
        return shortage.what(nowNanos);
    }

    @Override
    public void freed(WorkerConnection connection, boolean wasBusy) {
        if (wasBusy) {
            busy--;
        }
        if (!connection.worker().isReady() || retired) {
            return;
        }
        if (connection.isIdle()) {
            free.push(connection);
        } else {
            share(connection);
        }
        app.capacityFreed();
    }

    @Override
    public void withdrawn(Worker worker) {
        free.removeIf(connection -> connection.worker() == worker);
        sharing.withdraw(worker);
        recycler.lost(worker);
        if (!worker.isUnneeded()) {
            // Not when it has ended: its successor may be ready before its last answers are read.
            replaced.add(worker.pid());
        }
        maintain();
    }

    @Override
    public void ended(Worker worker, @Nullable ExitStatus status, String reason) {
        recycler.lost(worker);
        started.remove((Integer) worker.pid());
        if (status == null) {
            postmortem.failed(reason, "");
        } else {
            if (!worker.wasAskedToStop() && !stopping) {
                postmortem.ended(worker, status, ready() > 0);
            }
        }
        if (worker.state() == WorkerState.DEAD) {
            forgotten(worker);
        }
        maintain();
        if (backoff.isOver(System.nanoTime()) && view(System.nanoTime()).starting() == 0) {
            // The others are enough.
            replaced.clear();
        }
    }

    @Override
    public void forgotten(Worker worker) {
        if (workers.remove(worker)) {
            context.budget().giveBack();
        }
    }

    @Override
    public void neverReady(Worker worker, String reason) {
        recycler.lost(worker);
        postmortem.failed(reason, worker.lastWords());
    }
}
