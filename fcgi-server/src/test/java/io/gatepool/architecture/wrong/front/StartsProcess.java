package io.gatepool.architecture.wrong.front;

import java.io.IOException;

/** Starts a process past the Spawner. */
public final class StartsProcess {
    private StartsProcess() {}

    static Object start() throws IOException {
        return new ProcessBuilder("true").start();
    }
}
