package io.gatepool.cli;

import io.gatepool.compare.Answer;
import io.gatepool.compare.Bench;
import io.gatepool.compare.Comparison;
import io.gatepool.compare.LoadGenerator;
import io.gatepool.compare.Server;
import io.gatepool.compare.Target;
import io.gatepool.compare.Way;
import io.gatepool.config.AppSettings;
import io.gatepool.config.ConfigLoader;
import io.gatepool.config.Configuration;
import io.gatepool.config.ServerSettings;
import io.gatepool.front.OwnRequest;
import io.gatepool.process.Leftovers;
import io.gatepool.server.Logging;
import io.gatepool.server.StartFailure;
import io.gatepool.server.Workbench;
import io.netty.handler.codec.http.HttpRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * One comparison from the first try of the script to the figures: a gatepool for each form, started, asked for the same
 * answer, loaded in turns, and stopped. However it ends, no process and no directory stays.
 */
final class CompareRun {

    /**
     * How it is measured.
     *
     * @param nanos of one run
     * @param rate requests a second; 0 to have it found
     */
    record Plan(int connections, int rounds, long nanos, double rate) {}

    private static final String FORKED = "forked";
    private static final String PERSISTENT = "persistent";
    private static final String EMPTY = "empty";
    private static final int COMPLAINTS = 12;

    private final Compared compared;
    private final HttpRequest request;
    private final byte[] body;
    private final Plan plan;
    private final List<Server> servers = new CopyOnWriteArrayList<>();
    private final List<Bench.Subject> subjects = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private int exitCode;

    CompareRun(Compared compared, HttpRequest request, byte[] body, Plan plan) {
        this.compared = compared;
        this.request = request;
        this.body = body;
        this.plan = plan;
    }

    /** When there are no figures. */
    int exitCode() {
        return exitCode;
    }

    /** The figures; none when something does not answer, which has been said then. */
    Optional<Comparison> measure() throws IOException, InterruptedException {
        Path directory = ScratchDirectories.create().toRealPath();
        Thread hook = new Thread(() -> cleanUp(directory), "compare-clean-up");
        Runtime.getRuntime().addShutdownHook(hook);
        Logging.startForCommand("off");
        try {
            return measure(directory);
        } catch (StartFailure e) {
            return failed(e.isConfiguration() ? Main.CONFIGURATION : Main.FAILED, String.valueOf(e.getMessage()));
        } finally {
            servers.forEach(Server::close);
            Logging.stop();
            ScratchDirectories.remove(directory);
        }
    }

    /** After Ctrl-C: at once. */
    private void cleanUp(Path directory) {
        servers.forEach(Server::kill);
        Leftovers.kill(Leftovers.mark(directory));
        ScratchDirectories.remove(directory);
    }

    private Optional<Comparison> measure(Path directory) throws StartFailure, IOException, InterruptedException {
        Path first = compared.forked().write(directory.resolve(FORKED));
        Optional<Configuration> configuration =
                ConfigFile.orPrinted(ConfigLoader.load(directory.resolve(FORKED).resolve("gatepool.toml")));
        if (configuration.isEmpty()) {
            exitCode = Main.CONFIGURATION;
            return Optional.empty();
        }
        AppSettings settings = configuration.get().apps().get(0);
        Workbench.checkAccounts(settings);
        ScriptTrial trial = new ScriptTrial(OutputStream.nullOutputStream());
        try (Workbench bench = new Workbench(ServerSettings.defaults(), directory, compared.place(), trial)) {
            if (!trial(bench, trial, settings)) {
                return Optional.empty();
            }
            boolean persistent = compared.isPersistentToo();
            Path second = persistent
                    ? compared.persistent().write(directory.resolve(PERSISTENT))
                    : empty(directory).write(directory.resolve(EMPTY));
            Server one = start(bench, directory, FORKED);
            Server two = start(bench, directory, persistent ? PERSISTENT : EMPTY);
            if (!isUp(one, FORKED, compared.howForked(), first)
                    || !isUp(
                            two,
                            persistent ? PERSISTENT : EMPTY,
                            persistent ? compared.howPersistent() : compared.howEmpty(),
                            second)) {
                return Optional.empty();
            }
            return Optional.of(load(persistent));
        } catch (OwnRequest.Bad e) {
            return failed(Main.FAILED, request.uri() + ": " + e.getMessage());
        }
    }

    private ComparedApp empty(Path directory) throws IOException {
        Files.writeString(directory.resolve("empty.head"), "Content-Type: text/plain\n\n");
        return compared.empty(directory);
    }

    /** Runs the script once, as cgi-run does, and says what is wrong if it fails. */
    private boolean trial(Workbench bench, ScriptTrial trial, AppSettings settings)
            throws OwnRequest.Bad, InterruptedException {
        trial.run(bench, settings, request, new ByteArrayInputStream(body));
        TrialReport report = new TrialReport(trial, settings, Optional.empty(), false);
        if (report.isError()) {
            System.err.print(report.text());
            failed(
                    Main.FAILED,
                    "the script fails as CGI, so there is nothing to measure; 'gatepool cgi-run' tries it" + " again");
            return false;
        }
        return true;
    }

    private Server start(Workbench bench, Path directory, String name) throws IOException, InterruptedException {
        Server server = Server.start(
                bench.pool().spawner(),
                Path.of(System.getProperty("gatepool.home", "/usr/local/lib/gatepool"), "bin", "gatepool"),
                directory.resolve(name),
                compared.rootAllowed(),
                Leftovers.mark(directory));
        servers.add(server);
        return server;
    }

    /** Waits until it serves, and asks it once; says what is wrong if it does not, or fails. */
    private boolean isUp(Server server, String name, String how, Path socket) throws IOException, InterruptedException {
        if (!server.awaitReady()) {
            return complained(server, name + " (" + how + ") does not start");
        }
        Target target = new Target(socket, bytes(), request.method().name().equals("HEAD"));
        Answer answer = Answer.of(target);
        if (answer.isError()) {
            return complained(server, name + " (" + how + ") answers " + answer.describe());
        }
        answers.add(answer);
        subjects.add(new Bench.Subject(new Way(name, how), target, server.pid(), answer.status()));
        return true;
    }

    private boolean complained(Server server, String what) throws IOException {
        failed(Main.FAILED, what + ":");
        for (String line : server.complaints(COMPLAINTS)) {
            System.err.println("  " + line.replaceFirst("^" + ComparedApp.NAME + ": ", ""));
        }
        if (server.complaints(COMPLAINTS).stream().anyMatch(line -> line.contains("exited with status 0 at start"))) {
            System.err.println("A FastCGI program stays, and takes one request after the other from its standard input;"
                    + " this one has ended as a CGI script does.");
        }
        System.err.println("Nothing was measured.");
        return false;
    }

    private byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StringBuilder head = new StringBuilder(request.method() + " " + request.uri() + " HTTP/1.1\r\n");
        request.headers().forEach(field -> head.append(field.getKey())
                .append(": ")
                .append(field.getValue())
                .append("\r\n"));
        bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        bytes.writeBytes(body);
        return bytes.toByteArray();
    }

    private Comparison load(boolean persistent) throws IOException, InterruptedException {
        List<String> notes = new ArrayList<>();
        String answer = answers.get(0).describe();
        if (persistent) {
            Optional<String> difference = answers.get(0).difference(FORKED, answers.get(1), PERSISTENT);
            answer += difference.isEmpty() ? ", the same from both" : " forked";
            difference.ifPresent(text -> notes.add("the two do not answer the same: " + text));
        }
        if (answers.get(0).status() >= 400) {
            notes.add("what is measured is an answer with status "
                    + answers.get(0).status());
        }
        notes.forEach(note -> System.err.println("gatepool: " + note));
        try (LoadGenerator generator = new LoadGenerator()) {
            Bench bench = new Bench(
                    generator, subjects, plan.connections(), plan.rounds(), plan.nanos(), System.err::println);
            double rate = bench.run(plan.rate());
            return new Comparison(
                    request.method() + " " + request.uri(),
                    answer,
                    subjects.stream().map(Bench.Subject::way).toList(),
                    persistent,
                    plan.connections(),
                    plan.rounds(),
                    plan.nanos() / 1e9,
                    rate,
                    notes);
        }
    }

    private Optional<Comparison> failed(int code, String message) {
        exitCode = code;
        System.err.println("gatepool: " + message);
        return Optional.empty();
    }
}
