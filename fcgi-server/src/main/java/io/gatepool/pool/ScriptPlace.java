package io.gatepool.pool;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.Interpreters;
import io.gatepool.cgi.Lookup;
import io.gatepool.cgi.PathBytes;
import io.gatepool.cgi.Printable;
import io.gatepool.cgi.ProxiedFilename;
import io.gatepool.cgi.Refusal;
import io.gatepool.cgi.ScriptFinder;
import io.gatepool.cgi.ScriptRules;
import io.gatepool.config.AppSettings;
import io.gatepool.config.Kind;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the script of a request is: by the SCRIPT_FILENAME of a web server when that lies under the root, else by the
 * path below the mount. Immutable; asks the file system, so not for the event loop.
 */
final class ScriptPlace {

    /** What of the request counts; all as bytes, one per char. */
    record Query(String path, String scriptFilename, String pathInfo) {

        static Query of(Exchange exchange) {
            Environ environ = exchange.environ();
            // Only a web server's word counts: over HTTP there is none.
            String filename = exchange.isMapped()
                    ? ProxiedFilename.plain(
                            environ.getOrEmpty("SCRIPT_FILENAME"),
                            environ.getOrEmpty("SCRIPT_NAME"),
                            environ.getOrEmpty("QUERY_STRING"))
                    : "";
            return new Query(Mapping.fullPath(environ), filename, environ.getOrEmpty("PATH_INFO"));
        }
    }

    sealed interface Result {}

    /**
     * The script, and how the path is split.
     *
     * @param interpreter the command that runs it; empty if it is executed itself
     */
    record Found(Path script, String scriptFilename, String scriptName, String pathInfo, List<String> interpreter)
            implements Result {

        /** Before the script is known. */
        static final Found NONE = new Found(Path.of("/"), "/", "", "", List.of());

        /** The same script by another path. */
        Found at(Path other) {
            return new Found(other, PathBytes.text(other), scriptName, pathInfo, interpreter);
        }
    }

    record Refused(Cause cause, String detail) implements Result {}

    private final String mount;
    private final Optional<Path> script;
    private final Optional<String> fallback;
    private final Optional<ScriptFinder> finder;
    private final Interpreters interpreters;
    private final String root;

    ScriptPlace(AppSettings settings) {
        this.mount = settings.mount();
        this.script = settings.script();
        this.fallback = settings.fallback();
        this.interpreters = new Interpreters(settings.interpreters());
        this.root = settings.root().map(PathBytes::text).orElse("");
        this.finder = settings.root()
                .map(path -> new ScriptFinder(new ScriptRules(
                        path,
                        settings.index(),
                        settings.extensions(),
                        settings.interpreters(),
                        executeBit(settings),
                        settings.scripts().linksMayLeaveRoot())));
    }

    private static ScriptRules.ExecuteBit executeBit(AppSettings settings) {
        if (settings.kind() != Kind.CGI) {
            return ScriptRules.ExecuteBit.NEVER;
        }
        return settings.scripts().requiresExecuteBit()
                ? ScriptRules.ExecuteBit.ALWAYS
                : ScriptRules.ExecuteBit.WITHOUT_INTERPRETER;
    }

    Result find(Query query) {
        String below = Mapping.below(query.path(), mount);
        if (script.isPresent()) {
            return below == null ? outsideMount(query) : named(script.get(), below);
        }
        ScriptFinder scripts = finder.orElseThrow();
        if (below == null || query.scriptFilename().startsWith(root + "/")) {
            return query.scriptFilename().isEmpty()
                    ? outsideMount(query)
                    : byFilename(scripts.verify(query.scriptFilename(), query.pathInfo()), query);
        }
        Lookup lookup = scripts.find(below);
        if (lookup instanceof Lookup.Refused refused && refused.why() == Refusal.NOT_FOUND && fallback.isPresent()) {
            lookup = scripts.find(fallback.get());
        }
        return byPath(lookup);
    }

    private Refused outsideMount(Query query) {
        return new Refused(
                Cause.NOT_FOUND,
                "the path " + Printable.of(query.path(), 200) + " does not lie under the mount " + mount);
    }

    private Result named(Path program, String below) {
        String filename = PathBytes.text(program);
        if (!Files.exists(program)) {
            return new Refused(Cause.NOT_FOUND, Printable.of(filename, 200) + " does not exist (script)");
        }
        return new Found(program, filename, Mapping.prefix(mount), below, interpreters.of(filename));
    }

    private Result byPath(Lookup lookup) {
        if (lookup instanceof Lookup.Found found) {
            return new Found(
                    found.script(),
                    found.scriptFilename(),
                    Mapping.prefix(mount) + found.scriptName(),
                    found.pathInfo(),
                    found.interpreter());
        }
        return refused((Lookup.Refused) lookup);
    }

    /** The web server knows the script by a name of its own: what of the path is not PATH_INFO. */
    private Result byFilename(Lookup lookup, Query query) {
        if (lookup instanceof Lookup.Found found) {
            String path = query.path();
            String pathInfo = found.pathInfo();
            String name = path.endsWith(pathInfo) ? path.substring(0, path.length() - pathInfo.length()) : path;
            return new Found(found.script(), found.scriptFilename(), name, pathInfo, found.interpreter());
        }
        return refused((Lookup.Refused) lookup);
    }

    private static Refused refused(Lookup.Refused refused) {
        Cause cause =
                switch (refused.why()) {
                    case NOT_FOUND -> Cause.NOT_FOUND;
                    case BAD_PATH -> Cause.BAD_REQUEST;
                    case OUTSIDE_ROOT -> Cause.OUTSIDE_ROOT;
                    case DIRECTORY -> Cause.DIRECTORY;
                    case NOT_EXECUTABLE -> Cause.NOT_EXECUTABLE;
                    case WRONG_EXTENSION -> Cause.WRONG_EXTENSION;
                    case NOT_ACCESSIBLE -> Cause.PERMISSION_DENIED;
                };
        return new Refused(cause, refused.detail());
    }
}
