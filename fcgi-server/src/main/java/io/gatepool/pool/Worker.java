package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Durations;
import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Place;
import io.gatepool.process.Child;
import io.gatepool.process.ExitStatus;
import io.gatepool.process.ListeningSocket;
import io.gatepool.process.Pipe;
import io.gatepool.process.PipeReader;
import io.gatepool.process.Signals;
import io.gatepool.process.SpawnFailure;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One persistent process and the connections to it.
 *
 * <p>It is STARTING from the wish to have it until it has answered (see {@link WorkerProbe}), then READY, then STOPPING
 * from the moment when it gets no further requests, and gone when the {@link Owner} is told that it has
 * {@linkplain Owner#ended ended}. A worker that ends on its own skips STOPPING.
 *
 * <p>Owned by the event loop. It is born on a spawner thread: the socket it listens on is made there, given to it as
 * descriptor 0, and our copy closed.
 */
final class Worker {

    /** Who is told what becomes of a worker. */
    interface Owner {
        Requeue app();

        void ready(Worker worker, long millis);

        /** It lives, but has not answered in time; it will get no requests. */
        void neverReady(Worker worker, String reason);

        /** What is known of the application's way with connections. */
        Keeping keeping();

        /** The connection takes a request. */
        void freed(WorkerConnection connection, boolean wasBusy);

        /** None of its connections takes requests any more. */
        void withdrawn(Worker worker);

        void ended(Worker worker, ExitStatus status);

        void notStarted(Worker worker, String reason);
    }

    /** A request that its end will explain, if it ends until then. */
    private record Concern(Exchange request, long until) {}

    private enum State {
        STARTING,
        READY,
        STOPPING,
        GONE
    }

    private static final int BACKLOG = 511;

    /** A worker that has closed a connection and lives on has not died of the request. */
    private static final long LOST_WITH_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Of its stderr, for those who ask why a request failed. */
    private static final int LAST_LINES = 20;

    /** How long the news of its end may wait for its last answers to be read. */
    private static final long ACCOUNT_LIMIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final int number;
    private final AppSettings settings;
    private final PoolContext context;
    private final Owner owner;
    private final Path socket;
    private final long wantedNanos = System.nanoTime();
    private final List<WorkerConnection> connections = new ArrayList<>();
    private final LineSplitter stderr = new LineSplitter(this::stderrLine);
    private State state = State.STARTING;
    private @Nullable Child child;
    private @Nullable ExitStatus endedEarly;
    private @Nullable WorkerProbe probe;
    private @Nullable PipeReader stderrPipe;
    private String lastStderr = "";
    private final Tail lastErrors = new Tail();
    private final List<Concern> concerns = new ArrayList<>();
    private String lostRequest = "";
    private long requests;
    private long stopNanos;
    private boolean askedToStop;
    private boolean termSent;
    private boolean everReady;

    Worker(int number, AppSettings settings, PoolContext context, WorkerCommand command, Owner owner) {
        this.number = number;
        this.settings = settings;
        this.context = context;
        this.owner = owner;
        this.socket = context.runtimeDir().resolve(settings.name() + "-" + number + ".sock");
        for (int connection = 0; connection < settings.workers().connections(); connection++) {
            connections.add(new WorkerConnection(this, settings, context));
        }
        context.spawner().execute(() -> spawn(command));
    }

    /** Spawner thread. */
    private void spawn(WorkerCommand command) {
        String obstacle = command.obstacle();
        if (!obstacle.isEmpty()) {
            context.loop().execute(() -> owner.notStarted(this, obstacle));
            return;
        }
        try {
            Pipe output = Pipe.fromChild();
            Child born;
            try (ListeningSocket listening = ListeningSocket.bind(socket, BACKLOG)) {
                born = context.spawner()
                        .spawn(command.request(number, listening.fd(), output.childEnd()), status -> context.loop()
                                .execute(() -> exited(status)));
            } catch (IOException | SpawnFailure e) {
                output.closeOurEnd();
                throw e;
            } finally {
                output.closeChildEnd();
            }
            context.loop().execute(() -> spawned(born, output.ourEnd()));
        } catch (IOException | SpawnFailure e) {
            context.loop().execute(() -> owner.notStarted(this, "worker not started: " + e.getMessage()));
        } catch (RuntimeException e) {
            // A mistake of ours; without the news the pool would wait for this worker for ever.
            context.loop().execute(() -> owner.notStarted(this, "worker not started: " + e));
        }
    }

    private void spawned(Child born, int output) {
        child = born;
        stderrPipe = PipeReader.open(context.loop(), output, new PipeReader.Sink() {
            @Override
            public void data(ByteBuf bytes) {
                lastErrors.add(bytes);
                stderr.add(bytes);
                bytes.release();
            }

            @Override
            public void endOfFile() {
                stderr.finish();
            }
        });
        if (endedEarly != null) {
            exited(endedEarly);
        } else if (state == State.STOPPING) {
            terminate();
        } else {
            probe = new WorkerProbe(context, socket, settings.workers().startGrace(), this::answered);
        }
    }

    private void stderrLine(String line) {
        lastStderr = line;
        if (owner.app().log().takesErrorLine()) {
            owner.app().log().warn("worker {} stderr: {}", pid(), line);
        }
    }

    private void answered() {
        if (state == State.STARTING) {
            state = State.READY;
            everReady = true;
            probe = null;
            owner.ready(this, (System.nanoTime() - wantedNanos) / 1_000_000);
            connections.forEach(connection -> owner.freed(connection, false));
        }
    }

    int pid() {
        return child == null ? 0 : child.pid();
    }

    Path socket() {
        return socket;
    }

    Owner owner() {
        return owner;
    }

    boolean isRunning() {
        return child != null;
    }

    boolean isReady() {
        return state == State.READY;
    }

    boolean isStopping() {
        return state == State.STOPPING;
    }

    /** Whether it ended because we wanted it to. */
    boolean wasAskedToStop() {
        return askedToStop;
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

    /** A request was on it when it was lost; for the line that tells of its end. */
    void lost(Exchange request) {
        lostRequest = request.id();
        endsWith(request, LOST_WITH_NANOS);
    }

    /** How it ends, and what it says until then, belongs to the story of this request, if that happens soon enough. */
    void endsWith(Exchange request, long withinNanos) {
        long now = System.nanoTime();
        concerns.removeIf(concern -> concern.until() - now < 0);
        concerns.add(new Concern(request, now + withinNanos));
    }

    /** The last lines of its stderr. */
    List<String> lastErrors() {
        return lastErrors.lines(LAST_LINES);
    }

    /** Whether no request was on it when it ended. */
    boolean hasLostNothing() {
        return lostRequest.isEmpty();
    }

    /** The end of the worker in words: {@code worker 4182 died of SIGSEGV in r7f3a412}. */
    String account(ExitStatus status) {
        String when = !lostRequest.isEmpty() ? " in " + lostRequest : everReady ? "" : " at start";
        return "worker " + pid() + " " + status.describe() + when;
    }

    /** The last line of its stderr, which is often the reason for its end; empty if there was none. */
    String lastWords() {
        return lastStderr;
    }

    AppStatus.WorkerStatus status() {
        boolean busy = connections.stream().anyMatch(WorkerConnection::isBusy);
        String shown =
                switch (state) {
                    case STARTING -> "starting";
                    case READY -> busy ? "busy" : "idle";
                    case STOPPING, GONE -> "stopping";
                };
        return new AppStatus.WorkerStatus(
                pid(),
                shown,
                requests,
                (System.nanoTime() - wantedNanos) / 1_000_000_000,
                1,
                connections.stream()
                        .flatMap(connection -> connection.current().stream())
                        .toList());
    }

    void tick(long nowNanos) {
        for (WorkerConnection connection : connections) {
            connection.tick(nowNanos);
        }
        if (state == State.STARTING && probe != null) {
            probe.tick(nowNanos);
            if (nowNanos - wantedNanos > settings.timeouts().start().toNanos()) {
                owner.neverReady(
                        this,
                        "worker " + pid() + " did not answer within start_timeout = "
                                + Durations.text(settings.timeouts().start())
                                + (lastStderr.isEmpty() ? "" : ": " + lastStderr));
                withdraw();
            }
        }
        if (state == State.STOPPING && child != null) {
            long grace = settings.timeouts().stop().toNanos();
            if (!termSent && (isIdle() || nowNanos - stopNanos > grace)) {
                terminate();
            } else if (termSent && nowNanos - stopNanos > grace) {
                child.signalGroup(Signals.KILL);
            }
        }
    }

    private boolean isIdle() {
        return connections.stream().noneMatch(WorkerConnection::isServing);
    }

    /** Takes it out of service because something is wrong with it; its other requests may end first. */
    void retire(String reason) {
        if (state == State.STARTING || state == State.READY) {
            owner.app().log().warn("worker {} is replaced: {}", pid(), reason);
            withdraw();
        }
    }

    /** Ends it now: whoever stops it has waited for its requests. */
    void stop() {
        withdraw();
        if (!termSent) {
            terminate();
        }
    }

    private void withdraw() {
        if (state == State.STARTING || state == State.READY) {
            state = State.STOPPING;
            askedToStop = true;
            stopNanos = System.nanoTime();
            closeProbe();
            owner.withdrawn(this);
            if (isIdle()) {
                terminate();
            }
        }
    }

    private void terminate() {
        if (child != null && !termSent) {
            termSent = true;
            stopNanos = System.nanoTime();
            // php-cgi reads on through the signal: it ends only when its kept connection does.
            connections.forEach(WorkerConnection::closeIfIdle);
            child.signal(Signals.TERM);
        }
    }

    private void closeProbe() {
        if (probe != null) {
            probe.close();
            probe = null;
        }
    }

    private void exited(ExitStatus status) {
        if (child == null) {
            // The reaper was faster than the spawner's own news of the birth.
            endedEarly = status;
            return;
        }
        closeProbe();
        state = State.GONE;
        if (stderrPipe != null) {
            // Its last words are the reason for its end.
            stderrPipe.readNow();
            stderr.finish();
        }
        connections.forEach(WorkerConnection::workerGone);
        owner.withdrawn(this);
        context.files().execute(this::removeSocket);
        account(status, System.nanoTime());
    }

    /** Its last answers may still lie in the sockets: only they tell whether it ended under a request. */
    private void account(ExitStatus status, long since) {
        boolean known = connections.stream().noneMatch(WorkerConnection::isServing);
        if (known || System.nanoTime() - since > ACCOUNT_LIMIT_NANOS) {
            Place place = Place.worker(pid());
            concerns.removeIf(concern -> concern.until() - since < 0);
            concerns.forEach(concern -> concern.request().processEnded(place, status, lastErrors()));
            concerns.clear();
            owner.ended(this, status);
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
