package io.gatepool.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Child} in the shape that commons-exec wants: a {@link Process} in name only, which nobody but the {@link
 * Reaper} waits for. It has no input; its errors are part of its output. Any thread.
 */
final class SpawnedProcess extends Process {

    private final Child child;
    private final CompletableFuture<ExitStatus> end;
    private final OutputUntilEnd output;

    private SpawnedProcess(Child child, CompletableFuture<ExitStatus> end, OutputUntilEnd output) {
        this.child = child;
        this.end = end;
        this.output = output;
    }

    /**
     * Starts it, and waits for its birth.
     *
     * @throws IOException when it could not be started, with the reason for a message; nothing is left behind
     */
    static SpawnedProcess start(Spawner spawner, Command command) throws IOException {
        OutputUntilEnd output = OutputUntilEnd.open();
        CompletableFuture<ExitStatus> end = new CompletableFuture<>();
        CompletableFuture<Child> birth = new CompletableFuture<>();
        spawner.execute(() -> {
            try {
                birth.complete(spawner.spawn(
                        new SpawnRequest(command, spawner.devNull(), output.childEnd(), output.childEnd()), status -> {
                            output.processEnded();
                            end.complete(status);
                        }));
            } catch (SpawnFailure | RuntimeException e) {
                birth.completeExceptionally(e);
            }
        });
        try {
            Child child = birth.get();
            output.born();
            return new SpawnedProcess(child, end, output);
        } catch (ExecutionException e) {
            output.neverBorn();
            throw new IOException(
                    e.getCause() == null ? e.toString() : e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts these threads", e);
        }
    }

    @Override
    public OutputStream getOutputStream() {
        return OutputStream.nullOutputStream();
    }

    @Override
    public InputStream getInputStream() {
        return output;
    }

    @Override
    public InputStream getErrorStream() {
        return InputStream.nullInputStream();
    }

    /** As a shell shows it. */
    @Override
    public int waitFor() throws InterruptedException {
        try {
            return end.get().shellCode();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int exitValue() {
        ExitStatus status = status();
        if (status == null) {
            throw new IllegalThreadStateException("process " + child.pid() + " has not ended");
        }
        return status.shellCode();
    }

    /** How it ended; null as long as it lives. */
    @Nullable
    ExitStatus status() {
        return end.getNow(null);
    }

    /** Kills it, and its process group. */
    @Override
    public void destroy() {
        child.signalGroup(Signals.KILL);
    }

    void closeOutput() {
        output.close();
    }
}
