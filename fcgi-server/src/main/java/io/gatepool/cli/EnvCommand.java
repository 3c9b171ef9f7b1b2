package io.gatepool.cli;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Configuration;
import io.gatepool.exchange.Failure;
import io.gatepool.exchange.ResponseSink;
import io.gatepool.front.OwnRequest;
import io.gatepool.pool.App;
import io.gatepool.pool.EnvironmentPreview;
import io.gatepool.pool.ScriptWatch;
import io.gatepool.server.Logging;
import io.gatepool.server.StartFailure;
import io.gatepool.server.Workbench;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gatepool env}. */
@Command(
        mixinStandardHelpOptions = true,
        description = {
            "Shows the environment that a request would get from an app, and where each variable comes from. Nothing is"
                    + " run. Values that sound like secrets are masked.",
            "Exits 1 when the request would be refused."
        },
        footer = {"", "Example:", "  gatepool env --app cgi http://www.example.org/cgi-bin/hello.pl/more?name=you"})
final class EnvCommand implements Callable<Integer> {

    @Mixin
    private final ConfigFile config = new ConfigFile();

    @Mixin
    private final AppChoice app = new AppChoice();

    @Mixin
    private final RequestOptions options = new RequestOptions();

    @Parameters(paramLabel = "URL", description = "The whole URL, or its path.")
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private String url;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Optional<Configuration> configuration = config.load();
        if (configuration.isEmpty()) {
            return Main.CONFIGURATION;
        }
        AppSettings settings = app.in(configuration.get());
        Path directory = ScratchDirectories.create();
        Logging.startForCommand("off");
        try (Workbench bench = new Workbench(
                configuration.get().server(),
                directory,
                Workbench.baseDirectory(configuration.get()),
                ScriptWatch.NONE)) {
            return print(preview(bench, settings));
        } catch (StartFailure e) {
            System.err.println("gatepool: " + e.getMessage());
            return Main.FAILED;
        } finally {
            Logging.stop();
            ScratchDirectories.remove(directory);
        }
    }

    private EnvironmentPreview preview(Workbench bench, AppSettings settings) throws InterruptedException {
        CompletableFuture<EnvironmentPreview> preview = new CompletableFuture<>();
        App application = new App(settings, bench.pool(), exchange -> {});
        bench.pool().loop().execute(() -> {
            try {
                OwnRequest request =
                        OwnRequest.begin(bench.front(), application, options.request(url, -1), ResponseSink.NOWHERE);
                EnvironmentPreview.of(settings, bench.pool(), request.exchange())
                        .thenAccept(preview::complete);
            } catch (OwnRequest.Bad | ParameterException e) {
                preview.completeExceptionally(e);
            }
        });
        try {
            return preview.get();
        } catch (ExecutionException e) {
            Throwable cause = Optional.<Throwable>ofNullable(e.getCause()).orElse(e);
            throw new ParameterException(spec.commandLine(), url + ": " + cause.getMessage(), e);
        }
    }

    private int print(EnvironmentPreview preview) {
        Failure refusal = preview.refusal();
        if (refusal != null) {
            System.out.println(refusal.cause().status() + " " + refusal.cause().text() + ": " + refusal.detail());
            return Main.FAILED;
        }
        Map<String, String> origins = new HashMap<>(preview.origins());
        origins.replaceAll((name, origin) -> origin.equals("request") ? origin(name) : origin);
        new EnvironTable(preview.values(), origins).all().forEach(System.out::println);
        return 0;
    }

    private String origin(String variable) {
        boolean whole = !url.startsWith("/");
        boolean host = variable.equals("HTTP_HOST") || variable.equals("SERVER_NAME");
        return host && whole ? "URL" : options.originOf(variable, "URL");
    }
}
