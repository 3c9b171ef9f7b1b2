package io.gatepool.cli;

import io.gatepool.compare.Comparison;
import io.gatepool.config.Durations;
import io.gatepool.config.ValueException;
import io.gatepool.process.User;
import io.netty.handler.codec.http.HttpRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gatepool compare}. */
@Command(
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        description = {
            "Shows what a CGI script costs that is started anew for each request, beside its persistent form:"
                    + " processes, CPU, memory, latency, requests a second. A .php file needs no other form: php-cgi"
                    + " serves it both ways. Without a persistent form it shows how much of a request is the start of a"
                    + " process.",
            "Exits 0, or 1 when one of the two does not answer, or with an error (a status from 500)."
        },
        footer = {
            "",
            "Examples:",
            "  gatepool compare hello.pl --fastcgi hello.fcgi",
            "  gatepool compare hello.py --wsgi hello:app --html hello.html",
            "  gatepool compare index.php"
        })
final class CompareCommand implements Callable<Integer> {

    private static final int MOST_CONNECTIONS = 1000;
    private static final int MOST_WORKERS = 64;
    private static final int MOST_ROUNDS = 100;
    private static final long LARGEST_BODY = 8 << 20;
    private static final Duration SHORTEST = Duration.ofMillis(50);
    private static final Duration LONGEST = Duration.ofHours(1);

    @Mixin
    private final RequestOptions request = new RequestOptions();

    @Option(
            names = "--fastcgi",
            paramLabel = "'COMMAND'",
            description = "Its FastCGI form: a file, or a program with its arguments.")
    private @Nullable String fastcgi;

    @Option(names = "--wsgi", paramLabel = "MODULE:APP", description = "Its WSGI form, as 'gatepool wsgi' has it.")
    private @Nullable String wsgi;

    @Option(
            names = "--chdir",
            paramLabel = "DIR",
            description = "Where the persistent form works; modules there are found (default: this directory).")
    private @Nullable Path chdir;

    @Option(
            names = "--python",
            paramLabel = "PYTHON",
            description =
                    "An interpreter, or the directory of a virtualenv (default: $$VIRTUAL_ENV, else python3 in PATH).")
    private @Nullable String python;

    @Mixin
    private final TargetOptions behindScript = new TargetOptions();

    @Option(
            names = {"-d", "--data"},
            paramLabel = "DATA",
            description = "The request body: a text, or @FILE.")
    private @Nullable String data;

    @Option(
            names = {"-e", "--env"},
            paramLabel = "NAME[=VALUE]",
            description = "A variable for both; without a value, as it is here. They get no others.")
    private List<String> env = new ArrayList<>();

    @Option(
            names = {"-w", "--workers"},
            paramLabel = "N",
            defaultValue = "4",
            description = "How many persistent processes, and how many scripts at a time (default: ${DEFAULT-VALUE}).")
    private int workers = 4;

    @Option(
            names = "--connections",
            paramLabel = "N",
            defaultValue = "16",
            description = "How many clients (default: ${DEFAULT-VALUE}).")
    private int connections = 16;

    @Option(
            names = "--duration",
            paramLabel = "DURATION",
            defaultValue = "2s",
            description = "How long one run takes; there are two in a round for each form (default: ${DEFAULT-VALUE}).")
    private String duration = "2s";

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How many rounds, each form in turn (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Requests a second for the comparison at the same rate (default: 80 %% of what the slower can"
                    + " do).")
    private @Nullable Double rate;

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER",
            description = "Who the script runs as; needed when started as root.")
    private @Nullable String user;

    @Option(
            names = {"-R", "--allow-to-run-as-root"},
            description = "When started as root, let the script stay root.")
    private boolean rootAllowed;

    @Option(names = "--html", paramLabel = "FILE", description = "Write the report as one HTML page, too.")
    private @Nullable Path html;

    @Option(names = "--json", description = "Print every run as JSON instead.")
    private boolean json;

    @Parameters(arity = "1", paramLabel = "SCRIPT", description = "The CGI script: a file.")
    private String script = "";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        Path file = Path.of(script).toAbsolutePath().normalize();
        Compared compared;
        try {
            compared = new Compared(
                    new Compared.Forms(file, fastcgi, wsgi, directory(), python),
                    workers,
                    Variables.of(env),
                    Optional.ofNullable(user),
                    rootAllowed);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
        byte[] body = body();
        HttpRequest head = request.request(behindScript.target(Compared.mount(file)), data == null ? -1 : body.length);
        CompareRun run = new CompareRun(
                compared,
                head,
                body,
                new CompareRun.Plan(connections, rounds, duration().toNanos(), rate == null ? 0 : rate));
        Optional<Comparison> measured = run.measure();
        if (measured.isEmpty()) {
            return run.exitCode();
        }
        CompareOutput.write(measured.get(), Optional.ofNullable(html), json);
        return 0;
    }

    private void check() {
        if (fastcgi != null && wsgi != null) {
            throw wrong("--fastcgi and --wsgi: one persistent form at a time; run it twice");
        }
        range("--workers", workers, MOST_WORKERS);
        range("--connections", connections, MOST_CONNECTIONS);
        range("--rounds", rounds, MOST_ROUNDS);
        if (rate != null && !(rate > 0 && rate <= 1e6)) {
            throw wrong("--rate " + rate + ": write requests a second, more than 0");
        }
        if (html != null
                && !Files.isDirectory(
                        Optional.ofNullable(html.toAbsolutePath().getParent()).orElse(Path.of("/")))) {
            throw wrong("--html " + html + ": there is no such directory to write it into");
        }
        duration();
        Path file = Path.of(script);
        if (!Files.exists(file)) {
            throw wrong(script + ": there is no such file");
        }
        if (Files.isDirectory(file)) {
            throw wrong(script + " is a directory; name the script in it");
        }
        if (user == null && !rootAllowed && User.current().isRoot()) {
            throw wrong(
                    "gatepool runs as root: say with -u USER who the script runs as, or with -R that it stays root");
        }
    }

    private void range(String option, int number, int most) {
        if (number < 1 || number > most) {
            throw wrong(option + " " + number + ": write a number from 1 to " + most);
        }
    }

    private Duration duration() {
        Duration parsed;
        try {
            parsed = Durations.parse(duration);
        } catch (ValueException e) {
            throw wrong("--duration: " + e.getMessage());
        }
        if (Durations.isOff(parsed) || parsed.compareTo(SHORTEST) < 0 || parsed.compareTo(LONGEST) > 0) {
            throw wrong("--duration " + duration + ": write 50ms to 1h");
        }
        return parsed;
    }

    private Path directory() {
        Path directory = (chdir == null ? Path.of("") : chdir).toAbsolutePath().normalize();
        if (!Files.isDirectory(directory)) {
            throw wrong("--chdir " + chdir + ": there is no such directory");
        }
        return directory;
    }

    private byte[] body() throws IOException {
        if (data == null) {
            return new byte[0];
        }
        if (!data.startsWith("@")) {
            return data.getBytes(StandardCharsets.UTF_8);
        }
        Path file = Path.of(data.substring(1));
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw wrong("--data " + data + ": there is no such file that can be read");
        }
        if (Files.size(file) > LARGEST_BODY) {
            throw wrong(
                    "--data " + data + ": it has " + Human.bytes(Files.size(file)) + ", and 8 MiB is the limit here");
        }
        return Files.readAllBytes(file);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
