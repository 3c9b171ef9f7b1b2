package io.gatepool.architecture.wrong.front;

import java.io.IOException;

/** The same in the old way. */
public final class RunsCommand {
    private RunsCommand() {}

    static void run(Runtime runtime) throws IOException {
        runtime.exec(new String[] {"true"});
    }
}
