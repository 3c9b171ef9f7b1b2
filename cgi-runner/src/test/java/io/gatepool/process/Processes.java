package io.gatepool.process;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;

/** The one reaper that a test JVM may have, with its spawner, and short ways to run a child. */
final class Processes {

    static {
        // Netty's native library reads the pipes here.
        Epoll.ensureAvailability();
    }

    static final Reaper REAPER = Reaper.start(Reaper.Mode.WAITID);
    static final Spawner SPAWNER = new Spawner(REAPER, 256);

    private Processes() {}

    /** What a child printed, and how it ended. */
    record Result(String output, ExitStatus status) {}

    static SpawnRequest request(Pipe out, List<String> command) {
        return new SpawnRequest(
                Command.plain(
                        Command.bytes(command),
                        Command.bytes(List.of("PATH=/usr/bin:/bin", "GREETING=hello")),
                        "/tmp".getBytes(StandardCharsets.UTF_8),
                        027,
                        true,
                        true),
                SPAWNER.devNull(),
                out.childEnd(),
                SPAWNER.devNull());
    }

    static Result run(String... command) throws Exception {
        return run(Duration.ofSeconds(20), command);
    }

    /** A child that has not ended after {@code limit} is killed, and what it wrote is in the failure. */
    static Result run(Duration limit, String... command) throws Exception {
        Pipe out = Pipe.fromChild();
        CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
        Child child;
        try {
            child = spawn(request(out, List.of(command)), exit);
        } finally {
            out.closeChildEnd();
        }
        ExitStatus status;
        try {
            status = exit.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            child.signalGroup(Signals.KILL);
            throw new AssertionError(command[0] + " had not ended after " + limit + "; it wrote: " + readAll(out), e);
        }
        // The child has ended and was alone: what it wrote lies in the pipe.
        String output = readAll(out);
        out.closeOurEnd();
        return new Result(output, status);
    }

    static Child spawn(SpawnRequest request, CompletableFuture<ExitStatus> exit) throws Exception {
        CompletableFuture<Child> born = new CompletableFuture<>();
        SPAWNER.execute(() -> {
            try {
                born.complete(SPAWNER.spawn(request, exit::complete));
            } catch (SpawnFailure e) {
                born.completeExceptionally(e);
            }
        });
        try {
            return born.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SpawnFailure failure) {
                throw failure;
            }
            throw e;
        }
    }

    static String readAll(Pipe pipe) throws IOException {
        Pointer buffer = Memory.allocateDirect(Libc.Native.RUNTIME, 65536, true);
        StringBuilder text = new StringBuilder();
        FileDescriptor fd = new FileDescriptor(pipe.ourEnd());
        int got;
        while ((got = fd.readAddress(buffer.address(), 0, 65536)) > 0) {
            byte[] bytes = new byte[got];
            buffer.get(0, bytes, 0, got);
            text.append(new String(bytes, StandardCharsets.UTF_8));
        }
        return text.toString();
    }
}
