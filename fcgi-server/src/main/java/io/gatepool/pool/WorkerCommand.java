package io.gatepool.pool;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.Origins;
import io.gatepool.cgi.PathBytes;
import io.gatepool.config.AppSettings;
import io.gatepool.process.Command;
import io.gatepool.process.Leftovers;
import io.gatepool.process.SearchPath;
import io.gatepool.process.SpawnRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
        this.directory = settings.process().chdir().orElse(baseDir);
    }

    /** Why the command cannot be started, before a wrapper hides the reason; empty when it can. */
    String obstacle() {
        String program = program();
        if (!Files.isDirectory(directory)) {
            return "chdir " + directory + " is not a directory";
        }
        if (SearchPath.find(program, directory, searchPath()).isPresent()) {
            return "";
        }
        if (!program.contains("/")) {
            return what() + program + " is not in " + searchPath() + "; it is started as soon as it is";
        }
        Path file = directory.resolve(program).normalize();
        return Files.exists(file)
                ? what() + file + " is not an executable file; chmod +x makes it one"
                : what() + file + " does not exist; it is started as soon as it does";
    }

    private String program() {
        return WsgiProgram.command(settings).get(0);
    }

    private String what() {
        return settings.wsgi().isPresent() ? "python: " : "command ";
    }

    private String searchPath() {
        return environment("0", ProcessState.of(settings.process())).getOrEmpty("PATH");
    }

    /**
     * @param number of the worker, with its generation, for its mark
     * @param socket descriptor of the listening socket, which becomes 0
     * @param output descriptor that becomes 1 and 2
     */
    SpawnRequest request(String number, int socket, int output) {
        ProcessState state = ProcessState.of(settings.process());
        Environ environment = environment(number, state);
        List<String> command = new ArrayList<>(WsgiProgram.command(settings));
        String program = SearchPath.find(command.get(0), directory, environment.getOrEmpty("PATH"))
                .orElse(Path.of(command.get(0)))
                .toString();
        command.set(0, program);
        return new SpawnRequest(
                new Command(
                        Command.bytes(state.tied(command)),
                        environment.entries(),
                        PathBytes.text(directory).getBytes(StandardCharsets.ISO_8859_1),
                        settings.process().umask(),
                        true,
                        true,
                        state.limits().files().isPresent()),
                socket,
                output,
                output);
    }

    private Environ environment(String number, ProcessState state) {
        Environ environment = base(state);
        if (isPhp()) {
            // gatepool counts requests itself; php-cgi would exit after 500.
            environment.set("PHP_FCGI_MAX_REQUESTS", "0");
            if (settings.workers().connections() > 1) {
                environment.set(
                        "PHP_FCGI_CHILDREN", Integer.toString(settings.workers().connections()));
            }
        }
        state.variables().pass(environment, Origins.UNSEEN);
        state.variables().apply(environment, Origins.UNSEEN);
        environment.set(Leftovers.VARIABLE, PathBytes.utf8(mark + ":" + settings.name() + "/" + number));
        return environment;
    }

    /** What the environment of every process of an app begins with. */
    static Environ base(ProcessState state) {
        Environ environment = new Environ();
        environment.set("PATH", DEFAULT_PATH);
        state.privileges().user().ifPresent(account -> {
            environment.set("USER", PathBytes.utf8(account.name()));
            environment.set("HOME", PathBytes.utf8(account.home()));
        });
        return environment;
    }

    private boolean isPhp() {
        String program = program();
        return program.substring(program.lastIndexOf('/') + 1).startsWith("php");
    }
}
