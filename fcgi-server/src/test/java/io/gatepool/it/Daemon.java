package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A gatepool of the built distribution (target/gatepool), as its users run it: a process of its own with a 64 MB heap.
 * Netty's paranoid leak detection is on, and its event loop is watched; at the end the log must be free of leaks.
 */
final class Daemon implements AutoCloseable {

    /** The repository's root. */
    static final Path REPOSITORY = Distribution.REPOSITORY;

    static final Path LAUNCHER = Distribution.LAUNCHER;

    /** Applications for tests only. */
    static final Path TEST_APPS = REPOSITORY.resolve("fcgi-server/src/test/apps");

    /** Most live for a second: the JVM's second compiler would take half of it and earn nothing. */
    private static final String CHECKS = "-XX:TieredStopAtLevel=1 -Dio.netty.leakDetection.level=paranoid"
            + " -Dio.netty.leakDetection.targetRecords=20 -Dgatepool.loop.watch=50 -XX:NativeMemoryTracking=off";

    private static final String JAVA_OPTIONS = "GATEPOOL_JAVA_OPTS";

    private final Running running;
    private final Path directory;

    private Daemon(Running running, Path directory) {
        this.running = running;
        this.directory = directory;
    }

    /**
     * Starts one with {@code toml} for a configuration, and waits until it says that it is ready. The configuration
     * lies in {@code directory}; unless it says otherwise, so does the runtime directory, as "run".
     */
    static Daemon serve(Path directory, String toml) throws Exception {
        return serve(directory, toml, "");
    }

    /** The same with these options for the JVM, besides those that all have. */
    static Daemon serve(Path directory, String toml, String javaOptions) throws Exception {
        Daemon daemon = new Daemon(
                run(
                        Map.of(JAVA_OPTIONS, javaOptions),
                        directory,
                        List.of(LAUNCHER.toString()),
                        "serve",
                        "-R",
                        "-c",
                        configure(directory, toml)),
                directory);
        daemon.running.await("ready in ");
        return daemon;
    }

    /** As the first one, without waiting. */
    static Daemon launch(Path directory, String toml) throws IOException {
        return new Daemon(start(directory, "serve", "-R", "-c", configure(directory, toml)), directory);
    }

    private static String configure(Path directory, String toml) throws IOException {
        Path file = directory.resolve("gatepool.toml");
        String server = toml.contains("[server]") ? "" : "[server]\nruntime_dir = \"run\"\n";
        // A test that counts workers wants to know how many there are.
        String mode = toml.contains("[defaults]") || toml.contains("workers.mode")
                ? ""
                : "[defaults]\nworkers.mode = \"static\"\n";
        return Files.writeString(file, server + mode + toml).toString();
    }

    /** A short form, started in {@code directory}: {@code fastcgi -w 2 -- php-cgi}. */
    static Daemon command(Path directory, String... arguments) throws Exception {
        return command(Map.of(), directory, arguments);
    }

    /** The same with these variables in its environment. */
    static Daemon command(Map<String, String> variables, Path directory, String... arguments) throws Exception {
        Daemon daemon = new Daemon(run(variables, directory, List.of(LAUNCHER.toString()), arguments), directory);
        daemon.running.await("ready in ");
        return daemon;
    }

    /** As {@link #serve}, by another program: {@code wrapper} ends where the launcher is to follow. */
    static Daemon serveBy(List<String> wrapper, Path directory, String toml) throws Exception {
        List<String> program = new ArrayList<>(wrapper);
        program.add(LAUNCHER.toString());
        Running running = run(directory, program, "serve", "-R", "-c", configure(directory, toml));
        running.await("ready in ");
        return new Daemon(running, directory);
    }

    /** Runs the launcher with any arguments. */
    static Running start(Path directory, String... arguments) throws IOException {
        return run(directory, List.of(LAUNCHER.toString()), arguments);
    }

    /** The same with these variables in its environment. */
    static Running start(Map<String, String> variables, Path directory, String... arguments) throws IOException {
        return run(variables, directory, List.of(LAUNCHER.toString()), arguments);
    }

    private static Running run(Path directory, List<String> program, String... arguments) throws IOException {
        return run(Map.of(), directory, program, arguments);
    }

    private static Running run(Map<String, String> variables, Path directory, List<String> program, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(program);
        command.addAll(List.of(arguments));
        Map<String, String> all = new LinkedHashMap<>(variables);
        all.merge(JAVA_OPTIONS, CHECKS, (more, checks) -> checks + " " + more);
        all.put("GATEPOOL_IT_PASSED", "from outside");
        return Running.start(directory, all, command.toArray(String[]::new));
    }

    Running running() {
        return running;
    }

    /** What it has logged, but for what its loop's watch has caught: that says how busy the machine is, too. */
    String log() {
        StringBuilder log = new StringBuilder();
        logLines().filter(line -> !line.ofLoopWatch()).forEach(line -> log.append(line.text())
                .append('\n'));
        return log.toString();
    }

    /** Waits until what it has logged since {@link #log} had {@code from} characters matches, and returns the match. */
    Matcher await(String regex, int from) throws InterruptedException {
        return running.await(regex, from, this::log);
    }

    /** @param ofLoopWatch whether it is a message of the event-loop watch, or the stack below one */
    private record Line(String text, boolean ofLoopWatch) {}

    private Stream<Line> logLines() {
        List<Line> lines = new ArrayList<>();
        boolean caught = false;
        String output = running.output();
        // Whole lines: of one that is just coming nobody knows which kind it is.
        for (String line :
                output.substring(0, output.lastIndexOf('\n') + 1).lines().toList()) {
            caught = line.contains("LOOP:") || (caught && line.startsWith("    at "));
            lines.add(new Line(line, caught));
        }
        return lines.stream();
    }

    /** The process id that it has logged. */
    int pid() throws InterruptedException {
        return Integer.parseInt(running.await("gatepool \\S+, pid (\\d+)").group(1));
    }

    /** The workers of {@code app} as it has logged them at the start. */
    List<Integer> workers(String app) throws InterruptedException {
        String pids =
                running.await(app + ": workers ([0-9 ]+) \\((?:static|dynamic)").group(1);
        return List.of(pids.trim().split(" ")).stream().map(Integer::valueOf).toList();
    }

    /** The port that the system has chosen for {@code app} on the protocol ("http" or "fastcgi"), with port 0. */
    int port(String app, String protocol) throws InterruptedException {
        return Integer.parseInt(
                running.await(app + ": " + protocol + " on \\S+:(\\d+)").group(1));
    }

    Path directory() {
        return directory;
    }

    /** Sends a signal to it, by its name without SIG. */
    void signal(String name) throws Exception {
        signal(pid(), name);
    }

    /** Sends a signal to any process that the test knows the id of. */
    static void signal(int pid, String name) throws Exception {
        try (Running kill = Running.start(Path.of("/"), Map.of(), "/bin/kill", "-" + name, Integer.toString(pid))) {
            kill.awaitExit();
        }
    }

    /** Stops a process in its tracks (SIGSTOP), and waits until each of its threads stands still. */
    static void freeze(int pid) throws Exception {
        signal(pid, "STOP");
        Poll.until(pid + " stands still", () -> {
            try (Stream<Path> threads = Files.list(Path.of("/proc", Integer.toString(pid), "task"))) {
                return threads.allMatch(thread -> state(thread).equals("T"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** The letter in its status; "" when it is gone. */
    private static String state(Path process) {
        try {
            Matcher state =
                    Pattern.compile("(?m)^State:\\s+(\\S)").matcher(Files.readString(process.resolve("status")));
            return state.find() ? state.group(1) : "";
        } catch (IOException e) {
            return "";
        }
    }

    /** Whether the process exists and is not a zombie. */
    static boolean isAlive(int pid) {
        String state = state(Path.of("/proc", Integer.toString(pid)));
        return !state.isEmpty() && !state.equals("Z");
    }

    /** Stops it gracefully; it must end by itself with exit code 0, and must not have leaked a buffer. */
    void stop() throws Exception {
        signal("TERM");
        assertThat(running.awaitExit()).as(log()).isZero();
        assertNoLeak();
    }

    void assertNoLeak() {
        assertThat(log())
                .doesNotContain("LEAK:")
                .doesNotContain("internal error")
                .doesNotContain("A task raised");
    }

    /** Stops it if the test has not, and prints what the event-loop watch has caught. */
    @Override
    public void close() throws Exception {
        if (!running.hasEnded()) {
            stop();
        }
        printLoopWatch();
    }

    /** With the stack, or nobody could do anything about it. */
    private void printLoopWatch() {
        logLines().filter(Line::ofLoopWatch).forEach(line -> System.err.println("[loop watch] " + line.text()));
    }
}
