package io.gatepool.pool;

import io.gatepool.process.Child;
import io.gatepool.process.ExitStatus;
import io.gatepool.process.ListeningSocket;
import io.gatepool.process.Pipe;
import io.gatepool.process.SpawnFailure;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The birth of a worker, on a spawner thread: the socket it listens on is made there, given to it as descriptor 0, and
 * our copy closed (else connections to a dead worker would queue instead of being refused).
 */
final class WorkerBirth {

    private static final int BACKLOG = 511;

    /** Who is told, on the event loop. */
    interface Parent {

        /** There is no process, and why. */
        void notSpawned(String reason);

        /** @param output descriptor of the end of its stdout and stderr; the parent's from now on */
        void spawned(Child born, int output);

        /** It has ended. The news may come before that of its birth. */
        void exited(ExitStatus status);
    }

    private final PoolContext context;
    private final WorkerCommand command;
    private final String name;
    private final Path socket;
    private final Parent parent;

    private WorkerBirth(PoolContext context, WorkerCommand command, String name, Path socket, Parent parent) {
        this.context = context;
        this.command = command;
        this.name = name;
        this.socket = socket;
        this.parent = parent;
    }

    /** @param name of the worker, with its generation, for its mark */
    static void begin(PoolContext context, WorkerCommand command, String name, Path socket, Parent parent) {
        WorkerBirth birth = new WorkerBirth(context, command, name, socket, parent);
        context.spawner().execute(birth::spawn);
    }

    private void spawn() {
        String obstacle = command.obstacle();
        if (!obstacle.isEmpty()) {
            tell(() -> parent.notSpawned(obstacle));
            return;
        }
        try {
            WorkersDirectory.provide(context.runtimeDir());
            Pipe output = Pipe.fromChild();
            Child born;
            try (ListeningSocket listening = ListeningSocket.bind(socket, BACKLOG)) {
                born = context.spawner()
                        .spawn(
                                command.request(name, listening.fd(), output.childEnd()),
                                status -> tell(() -> parent.exited(status)));
            } catch (IOException | SpawnFailure | RuntimeException e) {
                output.closeOurEnd();
                throw e;
            } finally {
                output.closeChildEnd();
            }
            tell(() -> parent.spawned(born, output.ourEnd()));
        } catch (IOException | SpawnFailure e) {
            tell(() -> parent.notSpawned("worker not started: " + e.getMessage()));
        } catch (RuntimeException e) {
            // A mistake of ours; without the news the pool would wait for this worker for ever.
            tell(() -> parent.notSpawned("worker not started: " + e));
        }
    }

    private void tell(Runnable news) {
        context.loop().execute(news);
    }
}
