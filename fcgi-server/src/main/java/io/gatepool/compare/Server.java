package io.gatepool.compare;

import io.gatepool.process.Child;
import io.gatepool.process.Command;
import io.gatepool.process.ExitStatus;
import io.gatepool.process.Leftovers;
import io.gatepool.process.Signals;
import io.gatepool.process.SpawnFailure;
import io.gatepool.process.SpawnRequest;
import io.gatepool.process.Spawner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A gatepool of its own, as a child process: so that what it uses is not mixed up with what the load generator does. It
 * does not outlive us. One thread, which waits; {@link #kill} is for any.
 */
public final class Server implements AutoCloseable {

    private static final long START_SECONDS = 60;
    private static final long STOP_SECONDS = 3;
    private static final long LOOK_MILLIS = 5;
    private static final String READY = " ready in ";

    private final Path directory;
    private final Child child;
    private final CompletableFuture<ExitStatus> end;

    private Server(Path directory, Child child, CompletableFuture<ExitStatus> end) {
        this.directory = directory;
        this.child = child;
        this.end = end;
    }

    /**
     * Starts one with {@code gatepool.toml} in {@code directory}, which is its runtime directory, too.
     *
     * @param launcher bin/gatepool
     * @param mark by which its processes can be told to be ours
     */
    public static Server start(Spawner spawner, Path launcher, Path directory, boolean rootAllowed, String mark)
            throws IOException, InterruptedException {
        // It dies when the thread does that has started it, which lives as long as we do.
        List<String> words = new ArrayList<>(List.of("/usr/bin/setpriv", "--pdeathsig", "KILL", "--"));
        words.addAll(List.of("/bin/sh", "-c", "log=$1; shift; exec \"$@\" >\"$log\" 2>&1", "sh"));
        words.addAll(List.of(log(directory).toString(), launcher.toString(), "serve"));
        if (rootAllowed) {
            words.add("-R");
        }
        words.addAll(List.of("-c", directory.resolve("gatepool.toml").toString()));
        Map<String, String> variables = new HashMap<>(System.getenv());
        List.of("LISTEN_FDS", "LISTEN_PID", "NOTIFY_SOCKET", "WATCHDOG_USEC").forEach(variables::remove);
        variables.put(Leftovers.VARIABLE, mark + ":compare");
        List<String> environment = new ArrayList<>();
        variables.forEach((name, value) -> environment.add(name + "=" + value));
        Command command = Command.plain(
                Command.bytes(words),
                Command.bytes(environment),
                directory.toString().getBytes(StandardCharsets.UTF_8),
                022,
                true,
                true);
        CompletableFuture<ExitStatus> end = new CompletableFuture<>();
        CompletableFuture<Child> birth = new CompletableFuture<>();
        int devNull = spawner.devNull();
        spawner.execute(() -> {
            try {
                birth.complete(spawner.spawn(new SpawnRequest(command, devNull, devNull, devNull), end::complete));
            } catch (SpawnFailure | RuntimeException e) {
                birth.completeExceptionally(e);
            }
        });
        try {
            return new Server(directory, birth.get(), end);
        } catch (ExecutionException e) {
            throw new IOException("gatepool cannot be started: " + e.getCause(), e);
        }
    }

    private static Path log(Path directory) {
        return directory.resolve("log");
    }

    public int pid() {
        return child.pid();
    }

    /**
     * Waits until it serves.
     *
     * @return whether it does, and all of its applications have come up
     */
    public boolean awaitReady() throws InterruptedException, IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!end.isDone() && System.nanoTime() < deadline) {
            for (String line : lines()) {
                if (line.contains(READY)) {
                    return !line.contains("; failing: ");
                }
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        return false;
    }

    private List<String> lines() throws IOException {
        return Files.exists(log(directory))
                ? Files.readAllLines(log(directory), StandardCharsets.ISO_8859_1)
                : List.of();
    }

    /**
     * What it complains about: its warnings and errors without their times, or else all it has said. What several
     * processes say is there once; the first ones.
     */
    public List<String> complaints(int most) throws IOException {
        return complaints(lines(), most);
    }

    static List<String> complaints(List<String> lines, int most) {
        List<String> bad = lines.stream()
                .filter(line -> line.contains(" ERROR ") || line.contains(" WARN "))
                .toList();
        Map<String, String> once = new LinkedHashMap<>();
        for (String line : bad.isEmpty() ? lines : bad) {
            String said = line.replaceFirst("^\\S+ \\S+ (ERROR|WARN|INFO) +", "")
                    .replaceFirst("; next try in [0-9.]+ m?s$", "");
            once.putIfAbsent(said.replaceAll("\\d+", "0"), said);
        }
        return once.values().stream().limit(most).toList();
    }

    /** Ends it and whatever it has started, at once. */
    public void kill() {
        child.signal(Signals.KILL);
        Leftovers.kill(Leftovers.mark(directory));
    }

    /** Stops it, and whatever it has started. */
    @Override
    public void close() {
        child.signal(Signals.INT);
        try {
            end.get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // Then less politely.
        }
        kill();
    }
}
