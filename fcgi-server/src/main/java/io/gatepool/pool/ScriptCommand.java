package io.gatepool.pool;

import io.gatepool.cgi.CgiEnvironment;
import io.gatepool.cgi.Environ;
import io.gatepool.cgi.Executable;
import io.gatepool.cgi.IndexedQuery;
import io.gatepool.cgi.Origins;
import io.gatepool.cgi.PathBytes;
import io.gatepool.cgi.Printable;
import io.gatepool.cgi.ScriptOwner;
import io.gatepool.config.AppSettings;
import io.gatepool.config.ScriptSettings;
import io.gatepool.exchange.Cause;
import io.gatepool.process.Command;
import io.gatepool.process.Leftovers;
import io.gatepool.process.Privileges;
import io.gatepool.process.SearchPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the script of a request and makes the command and environment to run it with. Immutable; spawner threads. */
final class ScriptCommand {

    private final AppSettings settings;
    private final ScriptPlace place;
    private final ProcessState state;
    private final CgiEnvironment environment;
    private final String mark;

    ScriptCommand(AppSettings settings, String mark) {
        this.settings = settings;
        this.place = new ScriptPlace(settings);
        this.state = ProcessState.of(settings.process());
        this.environment = new CgiEnvironment(
                settings.root().map(PathBytes::text).orElse(""),
                state.variables(),
                settings.scripts().passesAuthorization());
        this.mark = mark + ":";
    }

    /** A script that may run, and whose rights it has. */
    record Chosen(ScriptPlace.Found found, Privileges privileges) {}

    /** No script may run. */
    static final class Refusal extends Exception {

        private static final long serialVersionUID = 1L;

        private final Cause cause;

        Refusal(Cause cause, String detail) {
            super(detail, null, false, false);
            this.cause = cause;
        }

        Cause cause() {
            return cause;
        }
    }

    Chosen find(ScriptPlace.Query query) throws Refusal {
        ScriptPlace.Result result = place.find(query);
        if (result instanceof ScriptPlace.Refused refused) {
            throw new Refusal(refused.cause(), refused.detail());
        }
        Chosen script = owned((ScriptPlace.Found) result);
        if (script.found().interpreter().isEmpty() && !wrapper(script).isEmpty()) {
            // The kernel refuses such a file itself, but the programs in front of it would give it to a shell.
            if (!Executable.of(script.found().script()).isKnown()) {
                throw new Refusal(
                        Cause.EXEC_FORMAT, Printable.of(script.found().scriptFilename(), 200) + " " + NO_PROGRAM);
            }
        }
        return script;
    }

    static final String NO_PROGRAM = "is neither a program nor begins with a line such as #!/bin/sh";

    private Chosen owned(ScriptPlace.Found found) throws Refusal {
        if (!settings.process().runsAsOwner()) {
            return new Chosen(found, state.privileges());
        }
        try {
            ScriptOwner owner = ScriptOwner.of(
                    found.script(),
                    settings.process().ownerUids().min(),
                    settings.process().ownerUids().max());
            return new Chosen(found.at(owner.script()), state.privileges().as(owner.user()));
        } catch (ScriptOwner.Doubtful e) {
            throw new Refusal(Cause.OWNER_REFUSED, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new Refusal(Cause.OWNER_REFUSED, "the owner of the script cannot be told: " + e);
        }
    }

    /** The words before its command that change the state of the process. */
    List<String> wrapper(Chosen script) {
        return state.around(script.privileges());
    }

    /**
     * @param run its name, which its children hand down; see {@link io.gatepool.process.Strays}
     * @param origins told of every variable
     */
    Command of(Chosen script, Environ request, String run, Origins origins) {
        ScriptPlace.Found found = script.found();
        Environ environ = environment.of(
                request,
                new CgiEnvironment.Place(found.scriptName(), found.scriptFilename(), found.pathInfo()),
                origins);
        // Last, so that it is there once: of two, a shell hands down one of its own choice.
        environ.set(Leftovers.VARIABLE, (mark + run).getBytes(StandardCharsets.UTF_8));
        origins.note(Leftovers.VARIABLE, "always");
        return new Command(
                argv(script, request, environ.getOrEmpty("PATH")),
                environ.entries(),
                directory(found),
                settings.process().umask(),
                settings.scripts().strays() == ScriptSettings.Strays.KILL,
                false,
                state.limits().files().isPresent());
    }

    private List<byte[]> argv(Chosen script, Environ request, String searchPath) {
        ScriptPlace.Found found = script.found();
        List<byte[]> argv = new ArrayList<>(Command.bytes(wrapper(script)));
        if (!found.interpreter().isEmpty()) {
            List<String> words = new ArrayList<>(found.interpreter());
            words.set(0, absolute(words.get(0), searchPath));
            argv.addAll(Command.bytes(words));
        }
        argv.add(found.scriptFilename().getBytes(StandardCharsets.ISO_8859_1));
        if (settings.scripts().takesIndexedQueries()) {
            argv.addAll(IndexedQuery.words(request.getOrEmpty("REQUEST_METHOD"), request.getOrEmpty("QUERY_STRING")));
        }
        return argv;
    }

    private String absolute(String program, String searchPath) {
        return SearchPath.find(program, settings.process().chdir().orElse(Path.of("/")), searchPath)
                .map(Path::toString)
                .orElse(program);
    }

    /** The script's own directory, where it finds its libraries and data, unless told otherwise. */
    private byte[] directory(ScriptPlace.Found found) {
        if (settings.process().chdir().isPresent()) {
            return PathBytes.text(settings.process().chdir().get()).getBytes(StandardCharsets.ISO_8859_1);
        }
        String filename = found.scriptFilename();
        int slash = filename.lastIndexOf('/');
        return (slash <= 0 ? "/" : filename.substring(0, slash)).getBytes(StandardCharsets.ISO_8859_1);
    }
}
