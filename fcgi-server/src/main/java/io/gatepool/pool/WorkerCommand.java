package io.gatepool.pool;

import io.gatepool.config.AppSettings;
import io.gatepool.process.Leftovers;
import io.gatepool.process.SpawnRequest;
import io.gatepool.process.User;
import io.gatepool.process.Wrapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a worker of an application is started with: the command behind its wrapper, the environment, the directory. The
 * environment is an allow-list: the daemon's own, which may hold secrets, never gets there. Immutable.
 */
final class WorkerCommand {

    static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

    private final AppSettings settings;
    private final Path directory;
    private final String mark;

    /**
     * @param mark see {@link PoolContext#mark}
     * @param baseDir where it works, unless the application has a chdir
     */
    WorkerCommand(AppSettings settings, String mark, Path baseDir) {
        this.settings = settings;
        this.mark = mark;
        this.directory = settings.chdir().orElse(baseDir);
    }

    /** Why the command cannot be started, before a wrapper hides the reason; empty when it can. */
    String obstacle() {
        String program = settings.command().get(0);
        if (!Files.isDirectory(directory)) {
            return "chdir " + directory + " is not a directory";
        }
        if (SpawnRequest.find(program, directory, searchPath()).isPresent()) {
            return "";
        }
        if (!program.contains("/")) {
            return "command " + program + " is not in " + searchPath() + "; it is started as soon as it is";
        }
        Path file = directory.resolve(program).normalize();
        return Files.exists(file)
                ? "command " + file + " is not an executable file; chmod +x makes it one"
                : "command " + file + " does not exist; it is started as soon as it does";
    }

    private String searchPath() {
        return settings.env().getOrDefault("PATH", DEFAULT_PATH);
    }

    /**
     * @param number of the worker, for its mark
     * @param socket descriptor of the listening socket, which becomes 0
     * @param output descriptor that becomes 1 and 2
     */
    SpawnRequest request(int number, int socket, int output) {
        String program = SpawnRequest.find(settings.command().get(0), directory, searchPath())
                .orElse(Path.of(settings.command().get(0)))
                .toString();
        List<String> command = new java.util.ArrayList<>(settings.command());
        command.set(0, program);
        Optional<User> user = settings.user().flatMap(User::named);
        Optional<Integer> group = settings.group().flatMap(User::groupNamed);
        return new SpawnRequest(
                SpawnRequest.bytes(Wrapper.tied(command, user, group)),
                SpawnRequest.environment(environment(number, user)),
                directory.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8),
                socket,
                output,
                output,
                settings.umask(),
                true);
    }

    private Map<String, String> environment(int number, Optional<User> user) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", DEFAULT_PATH);
        user.ifPresent(account -> {
            environment.put("USER", account.name());
            environment.put("HOME", account.home());
        });
        if (isPhp()) {
            // gatepool counts requests itself; php-cgi would exit after 500.
            environment.put("PHP_FCGI_MAX_REQUESTS", "0");
            if (settings.workers().connections() > 1) {
                environment.put(
                        "PHP_FCGI_CHILDREN", Integer.toString(settings.workers().connections()));
            }
        }
        environment.putAll(settings.env());
        environment.put(Leftovers.VARIABLE, mark + ":" + settings.name() + "/" + number);
        return environment;
    }

    private boolean isPhp() {
        return Path.of(settings.command().get(0)).getFileName().toString().startsWith("php");
    }
}
