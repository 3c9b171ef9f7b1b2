package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.config.Kind;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import io.gatepool.exchange.Failure;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a request would get without being run: the environment of its script, or the variables that go to a worker.
 *
 * @param values by name, one char per byte; empty when the request is refused
 * @param origins where each comes from
 * @param refusal why the request would not run; null when it would
 */
public record EnvironmentPreview(
        Map<String, String> values,
        Map<String, String> origins,
        @Nullable Failure refusal) {

    /** What the mapping of a request to a worker's script sets, and from what. */
    private static final Map<String, String> MAPPED = Map.of(
            "SCRIPT_NAME", "mount + path",
            "SCRIPT_FILENAME", "root + path",
            "PATH_INFO", "rest of path",
            "DOCUMENT_ROOT", "root",
            "REDIRECT_STATUS", "always");

    /**
     * Looks; it asks the file system.
     *
     * @param exchange begun and not submitted; used up afterwards
     */
    public static CompletableFuture<EnvironmentPreview> of(
            AppSettings settings, PoolContext context, Exchange exchange) {
        CompletableFuture<EnvironmentPreview> preview = new CompletableFuture<>();
        if (settings.kind() == Kind.CGI) {
            context.spawner().execute(() -> preview.complete(ofScript(settings, context, exchange)));
        } else {
            context.loop().execute(() -> ofWorker(settings, context, exchange, preview));
        }
        return preview;
    }

    private static EnvironmentPreview ofScript(AppSettings settings, PoolContext context, Exchange exchange) {
        ScriptCommand command = new ScriptCommand(settings, context.mark());
        Map<String, String> origins = new HashMap<>();
        Map<String, String> values = new LinkedHashMap<>();
        try {
            ScriptCommand.Chosen script = command.find(ScriptPlace.Query.of(exchange));
            String run = settings.name() + "/script/" + exchange.serial();
            for (byte[] entry :
                    command.of(script, exchange.environ(), run, origins::put).envp()) {
                String text = new String(entry, StandardCharsets.ISO_8859_1);
                values.put(text.substring(0, text.indexOf('=')), text.substring(text.indexOf('=') + 1));
            }
            return new EnvironmentPreview(values, origins, null);
        } catch (ScriptCommand.Refusal e) {
            return new EnvironmentPreview(Map.of(), Map.of(), new Failure(e.cause(), String.valueOf(e.getMessage())));
        }
    }

    private static void ofWorker(
            AppSettings settings,
            PoolContext context,
            Exchange exchange,
            CompletableFuture<EnvironmentPreview> preview) {
        Map<String, String> before = exchange.environ().toMap();
        exchange.whenOver(refused -> preview.complete(new EnvironmentPreview(Map.of(), Map.of(), failureOf(refused))));
        exchange.environ().remove("HTTP_PROXY");
        Mapping.of(settings, context).map(exchange, mapped -> {
            Map<String, String> after = mapped.environ().toMap();
            Map<String, String> origins = new HashMap<>();
            after.forEach((name, value) -> origins.put(name, origin(settings, name, value, before)));
            preview.complete(new EnvironmentPreview(after, origins, null));
        });
    }

    private static String origin(AppSettings settings, String name, String value, Map<String, String> before) {
        if (settings.process().env().containsKey(name)) {
            return "env";
        }
        boolean mapped = MAPPED.containsKey(name) && (settings.root().isPresent() || !value.equals(before.get(name)));
        return mapped ? MAPPED.getOrDefault(name, "") : "request";
    }

    private static Failure failureOf(Exchange refused) {
        Failure failure = refused.failure();
        return failure == null ? new Failure(Cause.NOT_FOUND, "no script") : failure;
    }
}
