package io.gatepool.pool;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.Origins;
import io.gatepool.cgi.PathBytes;
import io.gatepool.config.AppSettings;
import io.gatepool.config.Hook;
import io.gatepool.process.Command;
import io.gatepool.process.Leftovers;
import io.gatepool.process.SearchPath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a hook is started with: as a worker of its app would be, with the moment in its environment. Immutable; users
 * and files are looked up, so it is not for the event loop.
 */
final class HookCommand {

    private final AppSettings settings;
    private final Path directory;
    private final String mark;

    /** The parameters are those of {@link WorkerCommand}. */
    HookCommand(AppSettings settings, String mark, Path baseDir) {
        this.settings = settings;
        this.mark = mark;
        this.directory = settings.process().chdir().orElse(baseDir);
    }

    /** It cannot be started; the message says why. */
    static final class Obstacle extends Exception {

        private static final long serialVersionUID = 1L;

        Obstacle(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * @param words the program and its arguments
     * @param reason why the app fails; empty for a hook that needs no reason
     * @throws Obstacle before a wrapper would hide it
     */
    Command of(Hook hook, List<String> words, String reason) throws Obstacle {
        ProcessState state = ProcessState.of(settings.process());
        Environ environment = environment(hook, reason, state);
        String searchPath = environment.getOrEmpty("PATH");
        if (!Files.isDirectory(directory)) {
            throw new Obstacle("chdir " + directory + " is not a directory");
        }
        Optional<Path> program = SearchPath.find(words.get(0), directory, searchPath);
        if (program.isEmpty()) {
            throw new Obstacle(words.get(0)
                    + (words.get(0).contains("/") ? " is not an executable file" : " is not in " + searchPath));
        }
        List<String> command = new ArrayList<>(words);
        command.set(0, program.get().toString());
        return new Command(
                Command.bytes(state.tied(command)),
                environment.entries(),
                PathBytes.text(directory).getBytes(StandardCharsets.ISO_8859_1),
                settings.process().umask(),
                true,
                true,
                state.limits().files().isPresent());
    }

    private Environ environment(Hook hook, String reason, ProcessState state) {
        Environ environment = WorkerCommand.base(state);
        state.variables().pass(environment, Origins.UNSEEN);
        state.variables().apply(environment, Origins.UNSEEN);
        environment.set("GATEPOOL_APP", settings.name());
        environment.set("GATEPOOL_HOOK", hook.text());
        if (!reason.isEmpty()) {
            environment.set("GATEPOOL_REASON", PathBytes.utf8(reason));
        }
        // Without a slash behind the app's name: what a hook starts for good is no stray of a script.
        environment.set(Leftovers.VARIABLE, PathBytes.utf8(mark + ":" + settings.name() + ":" + hook.text()));
        return environment;
    }
}
