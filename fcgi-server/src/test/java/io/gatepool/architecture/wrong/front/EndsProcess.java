package io.gatepool.architecture.wrong.front;

/** Takes a process of the JDK's for one of ours. */
public final class EndsProcess {
    private EndsProcess() {}

    static void end(Process process) {
        process.destroy();
    }
}
