package io.gatepool.cli;

import io.gatepool.config.Configuration;
import io.gatepool.control.ControlSocket;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What the commands have in common that ask a running daemon: where its control socket is, and what is said, and with
 * which exit code, when there is no answer.
 */
final class Control {

    /** Nobody answers: as init scripts have it. */
    static final int NOT_RUNNING = 3;

    /** It may run or not: it cannot be asked. As init scripts have it. */
    static final int UNKNOWN = 4;

    /** For what waits until new workers are ready. */
    static final Duration LONG = Duration.ofMinutes(10);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What is done with the answer; returns the exit code. */
    interface Use {
        int of(Fields answer) throws IOException;
    }

    /** The same, with the connection still open. */
    interface OpenUse {
        int of(Fields answer, ControlClient open) throws IOException;
    }

    @Mixin
    private final ConfigFile config = new ConfigFile();

    @Option(
            names = "--runtime-dir",
            paramLabel = "DIR",
            description = "Where the control socket lies, in place of what the configuration says.")
    private @Nullable Path runtimeDir;

    @Option(names = "--socket", paramLabel = "FILE", description = "The control socket itself.")
    private @Nullable Path socket;

    private @Nullable Path found;

    /** Starts a request. */
    static Map<String, Object> request(String command) {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("protocol", ControlSocket.PROTOCOL);
        request.put("command", command);
        return request;
    }

    /** The same for one application. */
    static Map<String, Object> request(String command, @Nullable String app) {
        Map<String, Object> request = request(command);
        if (app != null) {
            request.put("app", app);
        }
        return request;
    }

    /** Asks, and gives the answer to {@code use}; or says on stderr why there is none. Returns the exit code. */
    int ask(Map<String, Object> request, Use use) {
        return ask(request, PATIENCE, (answer, open) -> use.of(answer));
    }

    int ask(Map<String, Object> request, Duration patience, OpenUse use) {
        Optional<Path> place = socket();
        if (place.isEmpty()) {
            return Main.CONFIGURATION;
        }
        Path path = place.get();
        try (ControlClient client = ControlClient.connect(path)) {
            try {
                return use(client.ask(request, patience), client, use);
            } catch (InterruptedIOException e) {
                return said(
                        UNKNOWN, "no answer from " + path + " within " + patience.toSeconds() + " s: is it stopped?");
            } catch (IOException e) {
                return said(UNKNOWN, path + ": " + e.getMessage());
            }
        } catch (IOException e) {
            return notConnected(path, e);
        }
    }

    private int use(Fields answer, ControlClient client, OpenUse use) throws IOException {
        if (answer.number("protocol") != ControlSocket.PROTOCOL) {
            return said(
                    UNKNOWN,
                    "the running gatepool speaks another protocol (" + answer.number("protocol") + ", not "
                            + ControlSocket.PROTOCOL + "); use the command line of its own version");
        }
        if (answer.has("ok")) {
            return use.of(answer.object("ok"), client);
        }
        Fields error = answer.object("error");
        String remedy = error.text("remedy");
        boolean notForUs = List.of("not-allowed", "other-protocol").contains(error.text("code"));
        return said(notForUs ? UNKNOWN : Main.FAILED, error.text("what") + (remedy.isEmpty() ? "" : "; " + remedy));
    }

    private Optional<Path> socket() {
        if (found == null) {
            found = find();
        }
        return Optional.ofNullable(found);
    }

    private @Nullable Path find() {
        if (socket != null) {
            return socket.toAbsolutePath();
        }
        if (runtimeDir != null) {
            return runtimeDir.toAbsolutePath().resolve(ControlSocket.NAME);
        }
        Optional<Configuration> configuration = config.load();
        if (configuration.isEmpty()) {
            said(0, "the configuration would tell where the control socket is; --runtime-dir DIR does, too");
            return null;
        }
        return configuration.get().server().runtimeDir().resolve(ControlSocket.NAME);
    }

    private static int notConnected(Path path, IOException cause) {
        if (Ownership.isDenied(path)) {
            return said(UNKNOWN, Ownership.denied(path));
        }
        String why = cause instanceof ConnectException || Files.exists(path) ? "nobody answers on " : "there is no ";
        return said(NOT_RUNNING, "not running: " + why + path + Ownership.heldLock(path));
    }

    private static int said(int code, String message) {
        System.err.println("gatepool: " + message);
        return code;
    }
}
