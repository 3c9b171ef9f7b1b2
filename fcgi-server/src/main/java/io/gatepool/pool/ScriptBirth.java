package io.gatepool.pool;

import io.gatepool.cgi.CgiProcess;
import io.gatepool.cgi.Environ;
import io.gatepool.exchange.Cause;
import io.gatepool.process.Command;
import io.gatepool.process.FailedCall;
import io.gatepool.process.SpawnFailure;
import io.netty.buffer.ByteBuf;
import java.io.IOException;

/**
 * How the process of a script comes into being: the script is looked up, its command made, and the process started, all
 * of it on a spawner thread. What came of it the {@link Parent} is told on the event loop.
 */
final class ScriptBirth {

    /** Whose process it is. All on the event loop. */
    interface Parent extends CgiProcess.Listener {

        /** There will be no process. */
        void refused(Cause cause, String detail);

        /** There is no process, but there may be one a moment later: the system had nothing to make one of. */
        void postponed(String reason);

        /** There is no process, since it was {@linkplain #cancel cancelled} in time. */
        void neverBorn();
    }

    private final PoolContext context;
    private final ScriptCommand command;
    private final String run;
    private final Parent parent;
    private volatile boolean cancelled;
    /** Written on the spawner thread before the event loop is told anything. */
    private ScriptPlace.Found place = ScriptPlace.Found.NONE;

    /** @param run its name, see {@link io.gatepool.process.Strays} */
    ScriptBirth(PoolContext context, ScriptCommand command, String run, Parent parent) {
        this.context = context;
        this.command = command;
        this.run = run;
        this.parent = parent;
    }

    /**
     * Begins. Event loop only.
     *
     * @param body the whole input if it is at hand, which passes to the process
     * @param moreInput whether input follows
     */
    void begin(ScriptPlace.Query query, Environ request, ByteBuf body, boolean moreInput) {
        context.spawner().execute(() -> spawn(query, request, body, moreInput));
    }

    /** Nobody wants it any more; it may be too late. */
    void cancel() {
        cancelled = true;
    }

    /** What runs, once the parent has been told that it does. */
    ScriptPlace.Found place() {
        return place;
    }

    /** The process has ended: what it leaves behind is a stray from now on. */
    void ended() {
        context.strays().ended(run);
    }

    private void spawn(ScriptPlace.Query query, Environ request, ByteBuf body, boolean moreInput) {
        if (cancelled) {
            body.release();
            context.loop().execute(parent::neverBorn);
            return;
        }
        ScriptCommand.Chosen chosen;
        Command made;
        try {
            chosen = command.find(query);
            made = command.of(chosen, request, run, context.watch().origins());
        } catch (ScriptCommand.Refusal e) {
            body.release();
            context.loop().execute(() -> parent.refused(e.cause(), String.valueOf(e.getMessage())));
            return;
        } catch (RuntimeException e) {
            body.release();
            context.loop().execute(() -> parent.refused(Cause.SPAWN_FAILED, e.toString()));
            return;
        }
        place = chosen.found();
        context.strays().begins(run);
        context.watch().starting(made, command.wrapper(chosen).size(), chosen.privileges());
        try {
            CgiProcess.start(context.loop(), context.spawner(), made, body, moreInput, parent);
            context.watch().started();
        } catch (SpawnFailure e) {
            String said = String.valueOf(e.getMessage());
            ExecFailure failure = ExecFailure.of(e.errno(), place, said);
            notStarted(() -> {
                if (e.isPassing()) {
                    parent.postponed(said);
                } else {
                    parent.refused(failure.cause(), failure.detail());
                }
            });
        } catch (FailedCall e) {
            String said = String.valueOf(e.getMessage());
            notStarted(() -> {
                if (e.isPassing()) {
                    parent.postponed(said);
                } else {
                    parent.refused(Cause.SPAWN_FAILED, said);
                }
            });
        } catch (IOException | RuntimeException e) {
            notStarted(() -> parent.refused(Cause.SPAWN_FAILED, String.valueOf(e.getMessage())));
        }
    }

    private void notStarted(Runnable news) {
        context.strays().ended(run);
        context.loop().execute(() -> {
            context.watch().notStarted();
            news.run();
        });
    }
}
