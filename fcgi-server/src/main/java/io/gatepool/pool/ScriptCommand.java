package io.gatepool.pool;

import io.gatepool.cgi.CgiEnvironment;
import io.gatepool.cgi.CgiProcess;
import io.gatepool.cgi.Environ;
import io.gatepool.cgi.PathBytes;
import io.gatepool.config.AppSettings;
import io.gatepool.config.ScriptSettings;
import io.gatepool.process.Leftovers;
import io.gatepool.process.SpawnRequest;
import io.gatepool.process.User;
import io.gatepool.process.Wrapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the script of a request and makes the command and environment to run it with. Immutable; spawner threads. */
final class ScriptCommand {

    private final AppSettings settings;
    private final ScriptPlace place;
    private final String root;
    private final String mark;

    ScriptCommand(AppSettings settings, String mark) {
        this.settings = settings;
        this.place = new ScriptPlace(settings);
        this.root = settings.root().map(PathBytes::text).orElse("");
        this.mark = mark + ":";
    }

    ScriptPlace.Result find(ScriptPlace.Query query) {
        return place.find(query);
    }

    /** @param run its name, which its children hand down; see {@link io.gatepool.process.Strays} */
    CgiProcess.Command of(ScriptPlace.Found found, Environ request, String run) {
        byte[] filename = found.scriptFilename().getBytes(StandardCharsets.ISO_8859_1);
        Environ environ = CgiEnvironment.of(
                request,
                new CgiEnvironment.Place(found.scriptName(), found.scriptFilename(), found.pathInfo()),
                root,
                settings.env());
        // Last, so that it is there once: of two, a shell hands down one of its own choice.
        environ.set(Leftovers.VARIABLE, (mark + run).getBytes(StandardCharsets.UTF_8));
        return new CgiProcess.Command(
                argv(found, filename),
                environ.entries(),
                directory(found),
                settings.umask(),
                settings.scripts().strays() == ScriptSettings.Strays.KILL);
    }

    private List<byte[]> argv(ScriptPlace.Found found, byte[] filename) {
        List<byte[]> argv = new ArrayList<>();
        Optional<User> user = settings.user().flatMap(User::named);
        user.ifPresent(account -> argv.addAll(
                SpawnRequest.bytes(Wrapper.asUser(account, settings.group().flatMap(User::groupNamed)))));
        if (!found.interpreter().isEmpty()) {
            List<String> words = new ArrayList<>(found.interpreter());
            words.set(0, absolute(words.get(0)));
            argv.addAll(SpawnRequest.bytes(words));
        }
        argv.add(filename);
        return argv;
    }

    private String absolute(String program) {
        String path = settings.env().getOrDefault("PATH", WorkerCommand.DEFAULT_PATH);
        return SpawnRequest.find(program, settings.chdir().orElse(Path.of("/")), path)
                .map(Path::toString)
                .orElse(program);
    }

    /** The script's own directory, where it finds its libraries and data, unless told otherwise. */
    private byte[] directory(ScriptPlace.Found found) {
        if (settings.chdir().isPresent()) {
            return PathBytes.text(settings.chdir().get()).getBytes(StandardCharsets.ISO_8859_1);
        }
        String filename = found.scriptFilename();
        int slash = filename.lastIndexOf('/');
        return (slash <= 0 ? "/" : filename.substring(0, slash)).getBytes(StandardCharsets.ISO_8859_1);
    }
}
