package io.gatepool.cli;

import io.gatepool.config.Address;
import io.gatepool.config.AddressException;
import io.gatepool.config.AppSettings;
import io.gatepool.config.Configuration;
import io.gatepool.config.Protocol;
import io.gatepool.config.ServerSettings;
import io.gatepool.front.OwnRequest;
import io.gatepool.process.User;
import io.gatepool.server.Logging;
import io.gatepool.server.StartFailure;
import io.gatepool.server.Workbench;
import io.netty.handler.codec.http.HttpRequest;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** {@code gatepool cgi-run}. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Runs one CGI script as the server would, and shows what happens: the command, the environment and where it"
                    + " comes from, the head, the response, and in words what is wrong.",
            "Exits 0, or 1 when the answer is an error of the server's or of the script's (a status from 500)."
        },
        footer = {
            "",
            "Examples:",
            "  gatepool cgi-run hello.pl",
            "  gatepool cgi-run --app cgi --data @form.txt guestbook.pl"
        })
final class CgiRunCommand implements Callable<Integer> {

    @Mixin
    private final ConfigFile config = new ConfigFile();

    @Mixin
    private final AppChoice app = new AppChoice();

    @Mixin
    private final RequestOptions options = new RequestOptions();

    @Mixin
    private final TargetOptions behindScript = new TargetOptions();

    @Option(
            names = {"-d", "--data"},
            paramLabel = "DATA",
            description = "The request body: a text, @FILE, or @- for standard input.")
    private @Nullable String data;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where the body of the response goes: a file, or - for standard output (default: nowhere).")
    private @Nullable String outputFile;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show all variables, and gatepool's own log.")
    private boolean verbose;

    @Parameters(
            arity = "0..1",
            paramLabel = "SCRIPT",
            description =
                    "The script: a file, or with --app a path from the root of the app. Not needed for an app with"
                            + " one script for all.")
    private @Nullable String script;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Optional<Configuration> configuration = app.isGiven() ? config.load() : Optional.empty();
        if (app.isGiven() && configuration.isEmpty()) {
            return Main.CONFIGURATION;
        }
        AppSettings settings =
                configuration.map(app::in).map(AppSettings::withoutHooks).orElseGet(this::ofFile);
        if (!settings.kind().text().equals("cgi")) {
            throw wrong("[app." + settings.name() + "] is no kind = \"cgi\": it runs no scripts of its own");
        }
        Optional<String> notAs = otherUser(settings);
        Path directory = ScratchDirectories.create();
        Logging.startForCommand(verbose ? "info" : "off");
        try (Body body = body();
                OutputStream output = output()) {
            Workbench.checkAccounts(notAs.isEmpty() ? settings : settings.withoutUser());
            return run(
                    settings,
                    notAs,
                    configuration.map(Configuration::server).orElseGet(ServerSettings::defaults),
                    configuration.map(Workbench::baseDirectory).orElse(Path.of("/")),
                    directory,
                    body,
                    output);
        } catch (StartFailure e) {
            System.err.println("gatepool: " + e.getMessage());
            return e.isConfiguration() ? Main.CONFIGURATION : Main.FAILED;
        } finally {
            Logging.stop();
            ScratchDirectories.remove(directory);
        }
    }

    private int run(
            AppSettings settings,
            Optional<String> notAs,
            ServerSettings server,
            Path baseDirectory,
            Path directory,
            Body body,
            OutputStream output)
            throws StartFailure, InterruptedException {
        AppSettings ours = notAs.isEmpty() ? settings : settings.withoutUser();
        String target = target(settings);
        HttpRequest request = options.request(target, body.length());
        ScriptTrial trial = new ScriptTrial(output);
        try (Workbench bench = new Workbench(server, directory, baseDirectory, trial)) {
            bench.warmUp();
            trial.run(bench, ours, request, body.bytes());
        } catch (OwnRequest.Bad e) {
            throw wrong(target + ": " + e.getMessage());
        }
        trial.originByName()
                .replaceAll((name, origin) ->
                        origin.equals("request") ? options.originOf(name, originOfTarget(name)) : origin);
        TrialReport report = new TrialReport(trial, ours, notAs, verbose);
        System.out.print(report.text());
        return report.isError() ? Main.FAILED : 0;
    }

    private static String originOfTarget(String variable) {
        return variable.equals("QUERY_STRING") ? "--query" : "path and --query";
    }

    /** A request body; its length is negative when there is none. */
    private record Body(InputStream bytes, long length) implements Closeable {

        static Body of(byte[] bytes) {
            return new Body(new ByteArrayInputStream(bytes), bytes.length);
        }

        @Override
        public void close() throws IOException {
            bytes.close();
        }
    }

    private Body body() throws IOException {
        if (data == null) {
            return new Body(InputStream.nullInputStream(), -1);
        }
        if (data.equals("@-")) {
            return Body.of(System.in.readAllBytes());
        }
        if (data.startsWith("@")) {
            Path file = Path.of(data.substring(1));
            if (!Files.isReadable(file)) {
                throw wrong("--data " + data + ": there is no such file that can be read");
            }
            return new Body(Files.newInputStream(file), Files.size(file));
        }
        return Body.of(data.getBytes(StandardCharsets.UTF_8));
    }

    private OutputStream output() throws IOException {
        if (outputFile == null) {
            return OutputStream.nullOutputStream();
        }
        return outputFile.equals("-") ? new FileOutputStream(FileDescriptor.out) : new FileOutputStream(outputFile);
    }

    /** Whom the app would run as, when we cannot. */
    private static Optional<String> otherUser(AppSettings settings) {
        User self = User.current();
        return settings.process().user().filter(name -> !self.isRoot() && !name.equals(self.name()));
    }

    /** A script without a configuration: the only one of an app that is its directory. */
    private AppSettings ofFile() {
        if (script == null) {
            throw wrong("which SCRIPT?");
        }
        Path file = Path.of(script).toAbsolutePath().normalize();
        if (!Files.exists(file)) {
            throw wrong(script + ": there is no such file");
        }
        try {
            return AppSettings.cgi(
                            "cgi-run", Optional.ofNullable(file.getParent()).orElse(file))
                    .listen(List.of(Address.parse("127.0.0.1:0", Protocol.HTTP)))
                    .build();
        } catch (AddressException e) {
            throw new IllegalStateException(e);
        }
    }

    private String target(AppSettings settings) {
        String mount = settings.mount().equals("/") ? "" : settings.mount();
        return behindScript.target(mount + below(settings));
    }

    private String below(AppSettings settings) {
        if (settings.root().isEmpty()) {
            return "";
        }
        if (script == null) {
            throw wrong("which SCRIPT of [app." + settings.name() + "]? Its root is "
                    + settings.root().get());
        }
        Path root = settings.root().get();
        Path given = Path.of(script);
        Path here = given.toAbsolutePath().normalize();
        boolean isFile = given.isAbsolute() || !Files.exists(root.resolve(script)) && here.startsWith(root);
        if (!isFile) {
            return script.startsWith("/") ? script : "/" + script;
        }
        if (!here.startsWith(root)) {
            throw wrong(script + " does not lie under the root " + root + " of [app." + settings.name() + "]");
        }
        return "/" + root.relativize(here);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
