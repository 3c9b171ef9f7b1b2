package io.gatepool.architecture.wrong.front;

import java.util.concurrent.CompletableFuture;

/** Makes the JDK wait for a child, beside the Reaper. */
public final class WaitsForProcess {
    private WaitsForProcess() {}

    static CompletableFuture<ProcessHandle> end(ProcessHandle process) {
        return process.onExit();
    }
}
