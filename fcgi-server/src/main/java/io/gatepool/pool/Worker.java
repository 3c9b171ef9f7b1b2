package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Durations;
import io.gatepool.config.ReadyRequest;
import io.gatepool.config.Recycling;
import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Place;
import io.gatepool.exchange.WorkerEvents;
import io.gatepool.process.Child;
import io.gatepool.process.ExitStatus;
import io.gatepool.process.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One persistent process and the connections to it. Its life is a walk through {@link WorkerTable}: every piece of news
 * is an event there, and {@link #on} does what the table says.
 *
 * <p>Owned by the event loop; {@link WorkerBirth} happens elsewhere.
 */
final class Worker implements WorkerBirth.Parent {

    /** Who is told what becomes of a worker. */
    interface Owner {
        Requeue app();

        /** It may have requests from now on, on all of its connections. */
        void ready(Worker worker, long millis);

        /** It lives, but has not answered in time; it will get no requests. */
        void neverReady(Worker worker, String reason);

        /** What is known of the application's way with connections. */
        Keeping keeping();

        /**
         * A request was answered, so long after the worker could begin with it.
         *
         * @param alone whether the worker had nothing to do when it was sent
         */
        void answered(long nanos, boolean alone);

        /** The connection takes a request. */
        void freed(WorkerConnection connection, boolean wasBusy);

        /** One of its connections could not be made just now, and that is no fault of the worker's. */
        void notConnected(String refusal);

        /** None of its connections takes requests any more. */
        void withdrawn(Worker worker);

        /** It has ended; {@code status} is null when there never was a process, and the reason tells why. */
        void ended(Worker worker, @Nullable ExitStatus status, String reason);

        /** Its place is free. */
        void forgotten(Worker worker);
    }

    /** What is known of its end. */
    enum Fate {
        LIVES,
        /** The kernel is about to end it. */
        ENDS,
        /** It has exited by itself with status 0. */
        ENDED_WELL,
        ENDED_BADLY
    }

    /** How long the news of its end may wait for its last answers to be read. */
    private static final long ACCOUNT_LIMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Between two tries of the request that it must answer. */
    private static final long CHECK_PAUSE_MILLIS = 200;

    /** How long a worker that hangs may take to write down where, before TERM. */
    private static final long DUMP_MILLIS = 500;

    private final int generation;
    private final String name;
    private final AppSettings settings;
    private final PoolContext context;
    private final Owner owner;
    private final Path socket;
    private final long wantedNanos = System.nanoTime();
    private final long requestLimit;
    private final List<WorkerConnection> connections = new ArrayList<>();
    private final WorkerErrors errors;
    private final Concerns concerns = new Concerns();
    private WorkerState state = WorkerState.STARTING;
    private long stateSince = wantedNanos;
    private @Nullable Child child;
    private @Nullable ExitStatus endedEarly;
    private @Nullable WorkerProbe probe;
    private @Nullable ReadyCheck check;
    private String notStarted = "";
    private String unready = "";
    private String killedFor = "";
    private long requests;
    private long rss;
    private int running;
    private boolean hangs;
    private boolean asked;
    private boolean unneeded;
    private boolean termSent;
    private boolean everReady;
    private Multiplexing.Told told = Multiplexing.Told.NOTHING;

    /**
     * @param generation of the application, counted from 1 and over its reloads
     * @param number within the generation
     */
    Worker(int generation, int number, AppSettings settings, PoolContext context, WorkerCommand command, Owner owner) {
        this.generation = generation;
        this.name = generation + "-" + number;
        this.settings = settings;
        this.context = context;
        this.owner = owner;
        this.socket = context.runtimeDir().resolve(settings.name() + "-" + name + ".sock");
        this.requestLimit = settings.workers()
                .recycling()
                .requestLimit(ThreadLocalRandom.current().nextDouble());
        this.errors = new WorkerErrors(owner.app().log());
        WorkerBirth.begin(context, command, name, socket, this);
    }

    // ---- birth ----

    @Override
    public void notSpawned(String reason) {
        notStarted = reason;
        on(WorkerEvent.EXITED);
    }

    @Override
    public void spawned(Child born, int output) {
        child = born;
        owner.app().events().spawned(System.nanoTime() - wantedNanos);
        errors.open(context.loop(), output, born.pid());
        on(WorkerEvent.SPAWNED);
        if (endedEarly != null) {
            exited(endedEarly);
        }
    }

    @Override
    public void exited(ExitStatus status) {
        endedEarly = status;
        // The reaper may be faster than the spawner's own news of the birth.
        if (child != null) {
            on(WorkerEvent.EXITED);
        }
    }

    // ---- the walk through the table ----

    private void on(WorkerEvent event) {
        WorkerTable.Cell cell = WorkerTable.at(state, event);
        WorkerState before = state;
        if (cell.next() != before) {
            state = cell.next();
            if (event != WorkerEvent.DISPATCHED) {
                stateSince = System.nanoTime();
            }
            if (before == WorkerState.STARTING) {
                closeProbe();
            }
            if (before.isReady() && !state.isReady()) {
                owner.withdrawn(this);
            }
        }
        switch (cell.action()) {
            case NOTHING -> {}
            case PROBE -> awaitReadiness();
            case SERVE -> serve();
            case WITHDRAW -> asked = true;
            case TERMINATE -> terminate();
            case KILL -> kill();
            case MOURN -> mourn();
            case FORGET -> owner.forgotten(this);
            case COMPLAIN -> owner.app().log().error("worker {}: {} while {}", pid(), event, before);
        }
    }

    private void awaitReadiness() {
        Duration grace = settings.workers().startGrace();
        if (!WorkerProtocol.of(settings).endsWithConnection()) {
            probe = new WorkerProbe(context, socket, grace, this::answered);
        } else if (settings.workers().ready().isPresent()) {
            answered();
        } else {
            // There is no question that asks for nothing: a connection without a request is a fault to many.
            context.loop().schedule(this::livesAfterGrace, grace.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void livesAfterGrace() {
        if (state == WorkerState.STARTING) {
            answered();
        }
    }

    /** The probe is content; there may be a request to answer too. */
    private void answered() {
        if (probe != null) {
            told = probe.told();
        }
        probe = null;
        Optional<ReadyRequest> wanted = settings.workers().ready();
        if (wanted.isEmpty()) {
            on(WorkerEvent.READY);
        } else if (state == WorkerState.STARTING) {
            check = new ReadyCheck(settings, wanted.get(), context, socket, this::checked);
        }
    }

    private void checked(String problem) {
        if (problem.isEmpty()) {
            check = null;
            on(WorkerEvent.READY);
        } else {
            unready = problem;
            context.loop().schedule(this::answered, CHECK_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void serve() {
        everReady = true;
        long took = System.nanoTime() - wantedNanos;
        owner.app().events().ready(took);
        Multiplexing multiplexing = Multiplexing.of(settings, told);
        for (int connection = 0; connection < settings.workers().connections(); connection++) {
            connections.add(new WorkerConnection(this, settings, context, multiplexing));
        }
        owner.ready(this, took / 1_000_000);
    }

    /** Those on which it takes requests: none before it is ready. */
    List<WorkerConnection> connections() {
        return Collections.unmodifiableList(connections);
    }

    /** One of its connections has got a request. */
    void dispatched() {
        running++;
        on(WorkerEvent.DISPATCHED);
    }

    /** The request on one of its connections is over, wanted or not. */
    void freed(WorkerConnection connection) {
        running--;
        if (running == 0) {
            on(WorkerEvent.DONE);
        }
        if (!state.isReady()) {
            connection.closeIfIdle();
            doneIfDrained();
        }
        owner.freed(connection, true);
    }

    /** It has closed a connection, or we have. */
    void connectionLost() {
        on(WorkerEvent.CONNECTION_LOST);
    }

    /** One that hangs is not waited for: only those requests count that somebody still waits for. */
    private void doneIfDrained() {
        boolean drained = hangs ? connections.stream().noneMatch(WorkerConnection::isServing) : running == 0;
        if (state == WorkerState.DRAINING && drained) {
            on(WorkerEvent.DONE);
        }
    }

    /**
     * Sends back what waits on its connections behind a request that has run for so long. Returns whether something
     * waits there still.
     */
    boolean takeBackStuck(long patienceNanos, long nowNanos) {
        boolean waiting = false;
        for (WorkerConnection connection : connections) {
            if (connection.isStuck(patienceNanos, nowNanos)) {
                connection.takeBack();
            }
            waiting |= connection.hasWaiting();
        }
        return waiting;
    }

    /** Takes it out of service because something is wrong with it; its other requests may end first. */
    void retire(String reason) {
        if (state.isInService()) {
            owner.app().log().warn("worker {} is replaced: {}", pid(), reason);
            owner.app().events().replaced(WorkerEvents.Reason.TIMEOUT);
            asked = true;
            on(WorkerEvent.RECYCLE);
        }
    }

    /** A request has gone over a time limit, or an operator's patience: the worker hangs in it, for all we know. */
    void overdue(String reason) {
        hangs = true;
        if (state.isReady()) {
            owner.app().log().warn("worker {} is replaced: {}", pid(), reason);
            owner.app().events().replaced(WorkerEvents.Reason.TIMEOUT);
            on(WorkerEvent.TIMEOUT);
        }
        doneIfDrained();
    }

    /** It is not needed any more; it ends when its requests are over. */
    void recycle() {
        asked = true;
        unneeded = true;
        on(WorkerEvent.RECYCLE);
    }

    /** Ends it now: whoever stops it has waited for its requests. */
    void stop() {
        asked = true;
        on(WorkerEvent.STOP);
    }

    /** It has had nothing to do for too long. */
    void idleTooLong() {
        asked = true;
        unneeded = true;
        on(WorkerEvent.TIMEOUT);
    }

    /** The wait after its failed start is over: its place may be taken. */
    void backoffOver() {
        on(WorkerEvent.TIMEOUT);
    }

    private void terminate() {
        asked = true;
        Child running = child;
        String dump = settings.workers().timeoutSignal().orElse("");
        if (running == null) {
            return;
        }
        if (hangs && !dump.isEmpty() && !termSent) {
            owner.app().log().warn("worker {} hangs: SIG{} to have it tell where", pid(), dump);
            running.signal(Signals.number(dump));
            context.loop().schedule(this::term, DUMP_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            term();
        }
    }

    private void term() {
        if (child != null && state == WorkerState.STOPPING && !termSent) {
            termSent = true;
            stateSince = System.nanoTime();
            // php-cgi reads on through the signal: it ends only when its kept connection does.
            connections.forEach(WorkerConnection::closeIfIdle);
            child.signal(Signals.TERM);
        }
    }

    private void kill() {
        if (child != null) {
            child.signalGroup(Signals.KILL);
        }
    }

    /** Ends it by SIGKILL, whatever it does, as one that must not go on: its requests are lost. */
    void killFor(String reason) {
        if (killedFor.isEmpty()) {
            killedFor = reason;
            kill();
        }
    }

    private void closeProbe() {
        if (probe != null) {
            probe.close();
            probe = null;
        }
        if (check != null) {
            check.close();
            check = null;
        }
    }

    void tick(long nowNanos) {
        for (WorkerConnection connection : connections) {
            connection.tick(nowNanos);
        }
        long inState = nowNanos - stateSince;
        switch (state) {
            case STARTING -> {
                if (probe != null) {
                    unready = probe.problem();
                    probe.tick(nowNanos);
                }
                if (child != null && inState > settings.timeouts().start().toNanos()) {
                    owner.neverReady(
                            this,
                            "worker " + pid() + " did not answer within start_timeout = "
                                    + Durations.text(settings.timeouts().start())
                                    + (unready.isEmpty() ? "" : ": " + unready));
                    on(WorkerEvent.TIMEOUT);
                }
            }
            case DRAINING -> {
                doneIfDrained();
                if (state == WorkerState.DRAINING
                        && inState > context.drainTimeout().toNanos()) {
                    owner.app()
                            .log()
                            .warn(
                                    "worker {}: drain_timeout = {} has passed, its requests are cut off",
                                    pid(),
                                    Durations.text(context.drainTimeout()));
                    on(WorkerEvent.TIMEOUT);
                }
            }
            case STOPPING -> {
                if (termSent && inState > settings.timeouts().stop().toNanos()) {
                    on(WorkerEvent.TIMEOUT);
                }
            }
            case IDLE, BUSY, BACKOFF, DEAD -> {}
        }
    }

    // ---- what is known of it ----

    int pid() {
        return child == null ? 0 : child.pid();
    }

    Path socket() {
        return socket;
    }

    Owner owner() {
        return owner;
    }

    WorkerState state() {
        return state;
    }

    /** Since when it is in its state; for one that is IDLE, since its last request. */
    long stateSinceNanos() {
        return stateSince;
    }

    /** Asks the kernel: the news of an end comes later than the ends of its connections. */
    Fate fate() {
        ExitStatus status = endedEarly;
        if (status != null) {
            return status.isSuccess() ? Fate.ENDED_WELL : Fate.ENDED_BADLY;
        }
        return child != null && child.isExiting() ? Fate.ENDS : Fate.LIVES;
    }

    boolean isRunning() {
        return child != null && state != WorkerState.BACKOFF && state != WorkerState.DEAD;
    }

    boolean isReady() {
        return state.isReady();
    }

    /** Whether it ended because we wanted it to. */
    boolean wasAskedToStop() {
        return asked;
    }

    /** Whether nothing was wrong with it when it was taken out of service. */
    boolean isUnneeded() {
        return unneeded;
    }

    /** Why it was ended by {@link #killFor}; empty when it was not. */
    String killedFor() {
        return killedFor;
    }

    /** Whether it has answered a request: then its end is not a failed start. */
    boolean hasProvenItself() {
        return requests > 0;
    }

    /** Whether it was ready for requests at some time. */
    boolean wasReady() {
        return everReady;
    }

    void answeredRequest() {
        requests++;
    }

    /** What of the application's settings says that it has lived long enough; null while nothing does. */
    WorkerEvents.@Nullable Reason dueFor(long nowNanos) {
        Recycling recycling = settings.workers().recycling();
        if (requests >= requestLimit) {
            return WorkerEvents.Reason.MAX_REQUESTS;
        }
        if (nowNanos - wantedNanos > recycling.maxAge().toNanos()) {
            return WorkerEvents.Reason.MAX_AGE;
        }
        return rss > recycling.softRss() ? WorkerEvents.Reason.MAX_RSS : null;
    }

    /** Its resident memory in bytes, as it was found a moment ago. */
    void rss(long bytes) {
        rss = bytes;
    }

    /** Requests that its end will explain. */
    Concerns concerns() {
        return concerns;
    }

    /** The last lines of its stderr. */
    List<String> lastErrors() {
        return errors.lastLines();
    }

    /** Whether no request was on it when it ended. */
    boolean hasLostNothing() {
        return concerns.lostRequest().isEmpty();
    }

    /** The end of the worker in words: {@code worker 4182 died of SIGSEGV in r7f3a412}. */
    String account(ExitStatus status) {
        String when = !hasLostNothing() ? " in " + concerns.lostRequest() : everReady ? "" : " at start";
        return "worker " + pid() + " " + status.describe() + when;
    }

    /** The last line of its stderr, which is often the reason for its end; empty if there was none. */
    String lastWords() {
        return errors.lastWords();
    }

    AppStatus.WorkerStatus status() {
        return new AppStatus.WorkerStatus(
                pid(),
                state.text(),
                requests,
                (System.nanoTime() - wantedNanos) / 1_000_000_000,
                generation,
                connections.stream()
                        .flatMap(connection -> connection.current().stream())
                        .toList());
    }

    // ---- its end ----

    private void mourn() {
        ExitStatus status = endedEarly;
        if (child == null || status == null) {
            owner.ended(this, null, notStarted);
            return;
        }
        errors.readRest();
        connections.forEach(WorkerConnection::workerGone);
        context.files().execute(this::removeSocket);
        account(status, System.nanoTime());
    }

    /** Its last answers may still lie in the sockets: only they tell whether it ended under a request. */
    private void account(ExitStatus status, long since) {
        boolean known = connections.stream().noneMatch(WorkerConnection::isServing);
        if (known || System.nanoTime() - since > ACCOUNT_LIMIT_NANOS) {
            concerns.tell(Place.worker(pid()), status, lastErrors(), since);
            owner.ended(this, status, "");
        } else {
            context.loop().schedule(() -> account(status, since), 2, TimeUnit.MILLISECONDS);
        }
    }

    private void removeSocket() {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            // The next gatepool cleans its directory; nobody connects to a dead socket.
        }
    }
}
