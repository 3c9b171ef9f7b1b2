package io.gatepool.cli;

import io.gatepool.config.AppBuilder;
import io.gatepool.config.AppSettings;
import io.gatepool.config.Durations;
import io.gatepool.config.ServerBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gatepool wsgi}: options that mean the same as gunicorn's are called the same. */
@Command(
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        description = {
            "Serves one Python WSGI application with persistent processes, without a configuration file.",
            "Signals: HUP begins a new generation of processes, TTIN and TTOU make one more or less, TERM stops"
                    + " gracefully, INT at once."
        },
        footer = {"", "Example:", "  gatepool wsgi -w 4 -b 127.0.0.1:8000 shop:app"})
final class WsgiCommand implements Callable<Integer> {

    private static final int PORT = 8000;

    private static final int MOST_THREADS = 1000;

    /** gunicorn's asterisk. */
    private static final List<String> EVERYBODY = List.of("0.0.0.0/0", "::/0", "unix");

    @Mixin
    private final ShortForm form = new ShortForm();

    @Option(
            names = {"-w", "--workers"},
            paramLabel = "N",
            description = "How many processes (default: $$WEB_CONCURRENCY, else 2 x processors + 1, at most 12).")
    private @Nullable Integer workers;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many requests one process serves side by side (default: ${DEFAULT-VALUE}).")
    private int threads = 1;

    @Option(
            names = "--chdir",
            paramLabel = "DIR",
            description = "Where the processes work; modules there are found (default: this directory).")
    private @Nullable Path chdir;

    @Option(
            names = "--pythonpath",
            paramLabel = "DIR[,DIR]",
            split = ",",
            description = "Where modules are looked for besides.")
    private List<Path> pythonPath = new ArrayList<>();

    @Option(
            names = "--python",
            paramLabel = "PYTHON",
            description =
                    "An interpreter, or the directory of a virtualenv (default: $$VIRTUAL_ENV, else python3 in PATH).")
    private @Nullable String wantedPython;

    @Option(
            names = {"-e", "--env"},
            paramLabel = "NAME[=VALUE]",
            description = "A variable for the processes; without a value, as it is here. They get no others.")
    private List<String> env = new ArrayList<>();

    @Option(
            names = {"-t", "--timeout"},
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long an answer may be silent before its process is replaced; 0 for ever (default: 30).")
    private int timeout = 30;

    @Option(
            names = "--graceful-timeout",
            paramLabel = "SECONDS",
            defaultValue = "25",
            description = "How long requests may take when their process is to end (default: 25).")
    private int gracefulTimeout = 25;

    @Option(
            names = "--max-requests",
            paramLabel = "N",
            defaultValue = "0",
            description = "A process is replaced after so many; 0 for never (default).")
    private int maxRequests;

    @Option(
            names = "--max-requests-jitter",
            paramLabel = "N",
            defaultValue = "0",
            description = "By how many, at random, the number of one process may differ (default: 0).")
    private int maxRequestsJitter;

    @Option(
            names = "--reload",
            description = "For development: new processes as soon as a *.py file in the directory, or below, changes.")
    private boolean reload;

    @Option(
            names = {"--error-logfile", "--log-file"},
            paramLabel = "FILE",
            defaultValue = "-",
            description = "The log: a file, or - for standard error (default).")
    private String errorLog = "-";

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "info",
            description = "error, warn, info (default), debug or trace.")
    private String logLevel = "info";

    @Option(
            names = "--forwarded-allow-ips",
            paramLabel = "ADDRESS[,ADDRESS]",
            split = ",",
            description = "Proxies whose X-Forwarded-* are believed; * for all (default: 127.0.0.1,::1,unix).")
    private List<String> trustedProxies = new ArrayList<>();

    @Parameters(
            arity = "1",
            paramLabel = "MODULE:APP",
            description = "The application: MODULE:NAME, 'MODULE:FACTORY()', or FILE.py:NAME.")
    private String module = "";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (form.root() != null) {
            throw problem("--root: a WSGI application has no directory of scripts; write --chdir DIR");
        }
        Map<String, String> variables;
        String python;
        try {
            python = Python.find(wantedPython, directory());
            variables = Variables.of(env);
        } catch (IllegalArgumentException e) {
            throw problem(String.valueOf(e.getMessage()));
        }
        AppBuilder app = AppSettings.wsgi(name(), module)
                .threads(threads())
                .chdir(directory())
                .pythonPath(pythonPath.stream()
                        .map(path -> existing("--pythonpath", path))
                        .toList())
                .python(python)
                .env(variables)
                .outputTimeout(atLeast(0, "-t", timeout) == 0 ? Durations.OFF : Duration.ofSeconds(timeout))
                .maxRequests(atLeast(0, "--max-requests", maxRequests), jitterPercent());
        Integer number = workers();
        if (number != null) {
            app.workers(number);
        }
        if (reload) {
            app.watch(List.of("*.py"));
        }
        return form.run(app, server(), PORT);
    }

    private ServerBuilder server() {
        ServerBuilder server = new ServerBuilder().drainTimeout(seconds("--graceful-timeout", gracefulTimeout));
        if (!errorLog.equals("-")) {
            server.log(Path.of(errorLog).toAbsolutePath().normalize().toString());
        }
        if (!List.of("error", "warn", "info", "debug", "trace").contains(logLevel)) {
            throw wrong("--log-level", logLevel, "error, warn, info, debug or trace");
        }
        server.logLevel(logLevel);
        if (!trustedProxies.isEmpty()) {
            try {
                server.trustedProxies(trustedProxies.contains("*") ? EVERYBODY : trustedProxies);
            } catch (IllegalArgumentException e) {
                throw problem("--forwarded-allow-ips: " + e.getMessage());
            }
        }
        return server;
    }

    private @Nullable Integer workers() {
        if (workers != null) {
            return atLeast(1, "-w", workers);
        }
        String concurrency = System.getenv("WEB_CONCURRENCY");
        if (concurrency == null || concurrency.isEmpty()) {
            return null;
        }
        try {
            return atLeast(1, "WEB_CONCURRENCY", Integer.parseInt(concurrency));
        } catch (NumberFormatException e) {
            throw wrong("WEB_CONCURRENCY", concurrency, "a number from 1");
        }
    }

    private int threads() {
        if (threads > MOST_THREADS) {
            throw wrong("--threads", Integer.toString(threads), "a number from 1 to " + MOST_THREADS);
        }
        return atLeast(1, "--threads", threads);
    }

    private Path directory() {
        return existing("--chdir", chdir == null ? Path.of("") : chdir);
    }

    private Path existing(String option, Path path) {
        Path directory = path.toAbsolutePath().normalize();
        if (!Files.isDirectory(directory)) {
            throw problem(option + " " + path + ": there is no such directory");
        }
        return directory;
    }

    /** gunicorn adds a number of requests; ours is a share of max_requests. */
    private int jitterPercent() {
        int jitter = atLeast(0, "--max-requests-jitter", maxRequestsJitter);
        return maxRequests == 0 ? 0 : (int) Math.min(100, Math.ceil(100.0 * jitter / maxRequests));
    }

    private Duration seconds(String option, int number) {
        return Duration.ofSeconds(atLeast(1, option, number));
    }

    private int atLeast(int least, String option, int number) {
        if (number < least) {
            throw wrong(option, Integer.toString(number), "a number from " + least);
        }
        return number;
    }

    private ParameterException wrong(String option, String value, String wanted) {
        return problem(option + " " + value + ": write " + wanted);
    }

    private ParameterException problem(String text) {
        return new ParameterException(spec.commandLine(), text);
    }

    /** The module's own name, as far as it is one for an application. */
    private String name() {
        String path = module.replaceFirst(":.*", "").replaceFirst("\\.py$", "");
        String last = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('.')) + 1);
        String name =
                last.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "-").replaceAll("^[^a-z0-9]+", "");
        return name.isEmpty() ? "app" : name.substring(0, Math.min(name.length(), 32));
    }
}
