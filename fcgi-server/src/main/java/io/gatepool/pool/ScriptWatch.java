package io.gatepool.pool;

import io.gatepool.cgi.Origins;
import io.gatepool.process.Command;
import io.gatepool.process.ExitStatus;
import io.gatepool.process.Privileges;
import io.netty.buffer.ByteBuf;

/**
 * Sees how scripts are run, for {@code gatepool cgi-run}. Everything happens whether it is seen or not. Origins,
 * starting and started are called on a spawner thread, the others after them on the event loop.
 */
public interface ScriptWatch {

    /** Nobody looks. */
    ScriptWatch NONE = new ScriptWatch() {};

    /** Who wants to know where the variables of the environment come from. */
    default Origins origins() {
        return Origins.UNSEEN;
    }

    /**
     * A script is about to be started.
     *
     * @param wrapper how many words at the beginning of {@code argv} only change the state of the process
     * @param privileges whose rights it will have
     */
    default void starting(Command command, int wrapper, Privileges privileges) {}

    /** It has been started. */
    default void started() {}

    /** It could not be started. */
    default void notStarted() {}

    /** Some of its output, before it is looked at; the caller keeps the buffer. */
    default void output(ByteBuf bytes) {}

    /** Some of its standard error; the caller keeps the buffer. */
    default void error(ByteBuf bytes) {}

    /** It has ended, and its output too. */
    default void ended(ExitStatus status) {}
}
