package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A gatepool whose parent binds the sockets and hands them over, as systemd does: test/apps/handover.py. */
final class HandOver implements AutoCloseable {

    private static final Pattern PID = Pattern.compile("gatepool \\S+, pid (\\d+)");

    private final Running running;

    private HandOver(Running running) {
        this.running = running;
    }

    /** Starts one, without waiting; {@code options} are those of handover.py, sockets included. */
    static HandOver launch(Path directory, List<String> options, String... command) throws Exception {
        return launch(directory, Map.of(), options, command);
    }

    static HandOver launch(Path directory, Map<String, String> variables, List<String> options, String... command)
            throws Exception {
        Needs.program("python3", "python3");
        List<String> line = new ArrayList<>(List.of(
                "/usr/bin/python3", Daemon.TEST_APPS.resolve("handover.py").toString()));
        line.addAll(options);
        line.add("--");
        line.add(Daemon.LAUNCHER.toString());
        line.addAll(List.of(command));
        return new HandOver(Running.start(directory, variables, line.toArray(String[]::new)));
    }

    /** One with a configuration, which lies in {@code directory}, and its runtime directory beside it. */
    static HandOver serve(Path directory, List<String> options, String toml) throws Exception {
        HandOver started = launch(
                directory,
                options,
                "serve",
                "-R",
                "-c",
                configure(directory, toml).toString());
        started.running.await("ready in ");
        return started;
    }

    static Path configure(Path directory, String toml) throws Exception {
        return Files.writeString(
                directory.resolve("gatepool.toml"),
                "[server]\nruntime_dir = \"run\"\n[defaults]\nworkers.mode = \"static\"\nworkers.max = 1\n" + toml);
    }

    Running running() {
        return running;
    }

    String log() {
        return running.output();
    }

    /** The port of a socket that it has bound. */
    int port(String name) throws Exception {
        return Integer.parseInt(
                running.await("handover: " + name + " is port (\\d+)").group(1));
    }

    /** gatepool's process id: of the one that was started last. */
    int pid() throws Exception {
        running.await(PID.pattern());
        Matcher found = PID.matcher(log());
        int last = 0;
        while (found.find()) {
            last = Integer.parseInt(found.group(1));
        }
        return last;
    }

    private int parent() throws Exception {
        return Integer.parseInt(running.await("handover: pid (\\d+)").group(1));
    }

    /** Has gatepool reload, and waits until it has logged what matches. */
    Matcher reload(String outcome) throws Exception {
        int from = log().length();
        Daemon.signal(pid(), "HUP");
        return running.await(outcome, from);
    }

    /** Ends gatepool, by TERM or by KILL, and has another one started with the same sockets. */
    void restart(boolean kill) throws Exception {
        int from = log().length();
        Daemon.signal(parent(), kill ? "USR2" : "USR1");
        running.await("handover: starts it again", from);
        running.await("ready in ", from);
    }

    /** Ends gatepool; its sockets stay, and nobody accepts. */
    void down() throws Exception {
        Daemon.signal(parent(), "HUP");
        running.await("handover: it has ended");
    }

    /** Starts another one after {@link #down}. */
    void up() throws Exception {
        int from = log().length();
        Daemon.signal(parent(), "HUP");
        running.await("ready in ", from);
    }

    /** How many descriptors gatepool has open. */
    int descriptors() throws Exception {
        String[] open = Path.of("/proc/" + pid() + "/fd").toFile().list();
        return open == null ? -1 : open.length;
    }

    void stop() throws Exception {
        Daemon.signal(parent(), "TERM");
        assertThat(running.awaitExit()).as(log()).isZero();
    }

    @Override
    public void close() throws Exception {
        if (!running.hasEnded()) {
            stop();
        }
        running.close();
    }
}
