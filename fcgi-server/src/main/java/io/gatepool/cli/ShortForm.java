package io.gatepool.cli;

import io.gatepool.config.Address;
import io.gatepool.config.AddressException;
import io.gatepool.config.AppBuilder;
import io.gatepool.config.AppSettings;
import io.gatepool.config.Configuration;
import io.gatepool.config.HttpSettings;
import io.gatepool.config.Loaded;
import io.gatepool.config.LogFormat;
import io.gatepool.config.Protocol;
import io.gatepool.config.ServerBuilder;
import io.gatepool.config.StandardInput;
import io.gatepool.config.TlsFiles;
import io.gatepool.config.ValueException;
import io.gatepool.server.Certificates;
import io.gatepool.server.HandedOver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the commands have in common that run one application without a configuration file. */
@Command
final class ShortForm {

    @Option(
            names = {"-b", "--bind"},
            paramLabel = "ADDRESS",
            description = {
                "Where to listen, may be given several times (default: port 8080 of 127.0.0.1, for wsgi 8000;"
                        + " with PORT set 0.0.0.0:$$PORT; FastCGI on standard input if that is a socket that listens,"
                        + " as under spawn-fcgi; what systemd hands over).",
                "ADDRESS = [http:|https:|fastcgi:|scgi:|uwsgi:] unix:PATH | HOST:PORT | fd:N | systemd:NAME"
            })
    private List<String> binds = new ArrayList<>();

    @Option(
            names = "--certfile",
            paramLabel = "FILE",
            description = "The certificate and its issuers in PEM: HTTPS on all addresses that name no protocol.")
    private @Nullable Path certificate;

    @Option(names = "--keyfile", paramLabel = "FILE", description = "Its private key in PEM (default: in --certfile).")
    private @Nullable Path certificateKey;

    @Option(
            names = "--root",
            paramLabel = "DIR",
            description = "The directory of the scripts; nothing outside it is ever run.")
    private @Nullable Path root;

    @Option(names = "--mount", paramLabel = "PATH", defaultValue = "/", description = "The path prefix (default: /).")
    private String mount = "/";

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER",
            description = "Who the application runs as; needed when started as root.")
    private @Nullable String user;

    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "In place of that user's own group.")
    private @Nullable String group;

    @Option(
            names = {"-R", "--allow-to-run-as-root"},
            description = "When started as root, let the application stay root.")
    private boolean rootAllowed;

    @Option(
            names = "--access-logfile",
            paramLabel = "FILE",
            defaultValue = "-",
            description = "The access log: a file, - for standard output (default), or off.")
    private String accessLog = "-";

    @Option(
            names = "--access-logformat",
            paramLabel = "FORMAT",
            defaultValue = "combined",
            description = "Its lines: combined (default), json, or fields such as '%%(h)s %%(r)s'.")
    private String accessLogFormat = "combined";

    private Optional<String> notice = Optional.empty();
    private List<String> webServers = List.of();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    @Nullable
    Path root() {
        if (root == null) {
            return null;
        }
        Path directory = root.toAbsolutePath().normalize();
        if (!Files.isDirectory(directory)) {
            throw new ParameterException(spec.commandLine(), "--root " + root + ": there is no such directory");
        }
        return directory;
    }

    /** Runs the application on port 8080 until it is stopped; returns the exit code. */
    int run(AppBuilder app) {
        return run(app, new ServerBuilder(), 8080);
    }

    /**
     * Runs the application until it is stopped; returns the exit code.
     *
     * @param port of the loopback address, where nothing else is said
     */
    int run(AppBuilder app, ServerBuilder server, int port) {
        List<Address> addresses = addresses(port);
        Optional<TlsFiles> tls = tls(addresses);
        app.listen(addresses).mount(mount);
        if (!webServers.isEmpty()) {
            app.allowedClients(webServers);
        }
        if (user != null) {
            app.user(user);
        }
        if (group != null) {
            app.group(group);
        }
        AppSettings settings;
        try {
            settings = app.build();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        Path runtimeDir = runtimeDir();
        try {
            server.accessLog(accessLog(), format()).runtimeDir(runtimeDir);
            Configuration configuration = new Configuration(
                    Path.of("no configuration file"),
                    server.build(),
                    HttpSettings.defaults().withTls(tls),
                    List.of(settings));
            return Daemon.run(() -> new Loaded.Ok(configuration), configuration, rootAllowed, notice);
        } finally {
            ScratchDirectories.remove(runtimeDir);
        }
    }

    private Optional<TlsFiles> tls(List<Address> addresses) {
        if (certificate == null) {
            boolean wanted = addresses.stream().anyMatch(address -> address.protocol() == Protocol.HTTPS);
            if (certificateKey != null || wanted) {
                throw new ParameterException(
                        spec.commandLine(),
                        (wanted ? "https:" : "--keyfile") + " needs a certificate: write --certfile FILE as well");
            }
            return Optional.empty();
        }
        Path file = certificate.toAbsolutePath().normalize();
        TlsFiles files = new TlsFiles(
                file,
                certificateKey == null ? file : certificateKey.toAbsolutePath().normalize());
        Certificates.fault(files).ifPresent(fault -> {
            String option = fault.ofKey() && certificateKey != null ? "--keyfile" : "--certfile";
            throw new ParameterException(spec.commandLine(), option + ": " + fault.problem() + "; " + fault.remedy());
        });
        return Optional.of(files);
    }

    private String accessLog() {
        return accessLog.equals("-") || accessLog.equals("off") ? accessLog : absolute(accessLog);
    }

    private static String absolute(String file) {
        return Path.of(file).toAbsolutePath().normalize().toString();
    }

    private LogFormat format() {
        try {
            return LogFormat.parse(accessLogFormat);
        } catch (ValueException e) {
            throw new ParameterException(spec.commandLine(), "--access-logformat: " + e.getMessage(), e);
        }
    }

    private List<Address> addresses(int byDefault) {
        List<String> texts = binds;
        String option = "-b ";
        if (texts.isEmpty()) {
            Optional<String> handedOver = handedOver();
            String port = System.getenv("PORT");
            boolean isSet = port != null && !port.isEmpty();
            texts = List.of(handedOver.orElse(isSet ? "0.0.0.0:" + port : "127.0.0.1:" + byDefault));
            option = isSet && handedOver.isEmpty() ? "the environment's PORT, " : option;
        }
        List<Address> addresses = new ArrayList<>();
        for (String text : texts) {
            try {
                addresses.add(Address.parse(text, certificate == null ? Protocol.HTTP : Protocol.HTTPS)
                        .resolvedAgainst(Path.of("").toAbsolutePath()));
            } catch (AddressException e) {
                throw new ParameterException(spec.commandLine(), option + text + ": " + e.getMessage(), e);
            }
        }
        return addresses;
    }

    /** Where to listen when nobody has said it: on standard input; else on all that systemd has handed over. */
    private Optional<String> handedOver() {
        try {
            Optional<StandardInput> input = Inherited.standardInput();
            if (input.isPresent()) {
                webServers = input.get().webServers();
                notice = Optional.of(
                        "no -b: standard input is a socket that listens, so it is FastCGI that is served, and there");
                return Optional.of("fastcgi:" + StandardInput.address().text());
            }
        } catch (AddressException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        if (HandedOver.isBySystemd()) {
            notice = Optional.of("no -b: served is what systemd has handed over");
            return Optional.of("systemd:");
        }
        HandedOver.oneConnection().ifPresent(what -> {
            throw new ParameterException(spec.commandLine(), what + "; or say with -b where to listen");
        });
        return Optional.empty();
    }

    private Path runtimeDir() {
        try {
            return ScratchDirectories.create();
        } catch (IOException e) {
            throw new ParameterException(spec.commandLine(), "cannot make a directory for the sockets: " + e, e);
        }
    }
}
