package io.gatepool.it;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecuteResultHandler;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteException;
import org.apache.commons.exec.ExecuteWatchdog;
import org.apache.commons.exec.PumpStreamHandler;
import org.apache.commons.exec.ShutdownHookProcessDestroyer;

/**
 * A program that a test has started: its output, line by line, and its end. commons-exec sees to it that it ends with
 * the test's JVM at the latest, and after {@link #LIMIT} in any case.
 */
final class Running implements AutoCloseable {

    /** Nothing a test starts may live longer. */
    static final Duration LIMIT = Duration.ofMinutes(5);

    private static final ShutdownHookProcessDestroyer AT_EXIT = new ShutdownHookProcessDestroyer();

    @SuppressWarnings("JdkObsolete") // Written by the pump's thread, read by the test's.
    private final StringBuffer output = new StringBuffer();

    private final ExecuteWatchdog watchdog =
            ExecuteWatchdog.builder().setTimeout(LIMIT).get();
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();
    private final String name;

    private Running(String name) {
        this.name = name;
    }

    /** Starts {@code command} in {@code directory}; its environment is the test's with {@code variables} added. */
    static Running start(Path directory, Map<String, String> variables, String... command) throws IOException {
        Running running = new Running(Path.of(command[0]).getFileName().toString());
        CommandLine line = new CommandLine(command[0]);
        for (int word = 1; word < command.length; word++) {
            line.addArgument(command[word], false);
        }
        DefaultExecutor executor = DefaultExecutor.builder()
                .setWorkingDirectory(directory.toFile())
                .get();
        executor.setStreamHandler(new PumpStreamHandler(running.sink()));
        executor.setWatchdog(running.watchdog);
        executor.setProcessDestroyer(AT_EXIT);
        Map<String, String> environment = new java.util.HashMap<>(System.getenv());
        environment.putAll(variables);
        executor.execute(line, environment, new DefaultExecuteResultHandler() {
            @Override
            public void onProcessComplete(int value) {
                running.exit.complete(value);
            }

            @Override
            public void onProcessFailed(ExecuteException e) {
                running.exit.complete(e.getExitValue());
            }
        });
        return running;
    }

    private OutputStream sink() {
        return new OutputStream() {
            @Override
            public void write(int b) {
                output.append((char) (b & 0xff));
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                output.append(new String(bytes, offset, length, StandardCharsets.ISO_8859_1));
            }
        };
    }

    /** All it has printed so far. */
    String output() {
        return output.toString();
    }

    /** Waits until its output matches, and returns the match. */
    Matcher await(String regex) throws InterruptedException {
        return await(regex, 0);
    }

    /** The same for what it has printed since {@link #output} had {@code from} characters. */
    Matcher await(String regex, int from) throws InterruptedException {
        return await(regex, from, this::output);
    }

    /** The same for some of what it has printed. */
    Matcher await(String regex, int from, Supplier<String> printed) throws InterruptedException {
        Pattern pattern = Pattern.compile(regex);
        long deadline = System.nanoTime() + Poll.PATIENCE.toNanos();
        while (true) {
            boolean last = exit.isDone() || System.nanoTime() > deadline;
            String text = printed.get();
            Matcher matcher = pattern.matcher(text.substring(Math.min(from, text.length())));
            if (matcher.find()) {
                return matcher;
            }
            if (last) {
                throw new AssertionError(name + " never printed /" + regex + "/, but:\n" + output);
            }
            Poll.pause();
        }
    }

    /** Waits for its end and returns its exit code. */
    int awaitExit() throws Exception {
        return exit.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    boolean hasEnded() {
        return exit.isDone();
    }

    /** Ends it if it still runs. */
    @Override
    public void close() throws Exception {
        if (!exit.isDone()) {
            watchdog.destroyProcess();
            awaitExit();
        }
    }
}
