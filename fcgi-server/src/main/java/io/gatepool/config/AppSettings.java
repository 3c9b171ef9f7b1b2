package io.gatepool.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One application. All paths are absolute. What each setting means to an administrator stands in
 * {@code conf/gatepool.toml}.
 *
 * @param command program and arguments of a FastCGI worker, never empty there; empty for the other kinds
 * @param wsgi the Python application; only for WSGI
 * @param listens at least one from a configuration file
 * @param mount {@code /}, or a path that starts with a slash and does not end with one
 * @param root no script outside it is ever run
 * @param index names to try for a directory
 * @param extensions what a script's name may end with; empty for anything
 * @param fallback the script for paths that lead to no file (a front controller), from the root
 * @param script CGI: one program for the whole mount; excludes {@code root}
 * @param interpreters CGI: programs for scripts by their extension
 * @param process the state in which its processes run
 * @param hooks commands for moments of its life
 * @param maxRunning CGI: scripts at a time
 * @param scripts CGI: which files are scripts, what they get, and what becomes of those they leave behind
 * @param maxBody bytes of a request body as configured; {@link #maxBody(Protocol)} knows the defaults
 * @param responseBuffer bytes of a response kept for a slow reader before the application has to wait; 0 for none
 * @param responseHead bytes of a response head
 */
public record AppSettings(
        String name,
        Kind kind,
        List<String> command,
        Optional<WsgiSettings> wsgi,
        List<Listen> listens,
        String mount,
        Optional<Path> root,
        List<String> index,
        List<String> extensions,
        Optional<String> fallback,
        Optional<Path> script,
        Map<String, List<String>> interpreters,
        ProcessSettings process,
        HookSettings hooks,
        WorkerSettings workers,
        QueueSettings queue,
        int maxRunning,
        ScriptSettings scripts,
        Timeouts timeouts,
        OptionalLong maxBody,
        long responseBuffer,
        int responseHead) {
    /** Of one app, whether workers or scripts. */
    public static final int MAX_PROCESSES = AppKeys.MAX_PROCESSES;

    /** A size without a limit. */
    public static final long UNLIMITED = Sizes.OFF;

    /**
     * A FastCGI application in the making.
     *
     * @param command program and arguments
     */
    public static AppBuilder fastcgi(String name, List<String> command) {
        return new AppBuilder(name, Kind.FASTCGI).set(AppKeys.COMMAND, List.copyOf(command));
    }

    /**
     * A directory of CGI scripts in the making.
     *
     * @param root absolute
     */
    public static AppBuilder cgi(String name, Path root) {
        return new AppBuilder(name, Kind.CGI).root(root);
    }

    /**
     * A WSGI application in the making.
     *
     * @param module such as {@code shop:app}
     */
    public static AppBuilder wsgi(String name, String module) {
        return new AppBuilder(name, Kind.WSGI).set(AppKeys.MODULE, module);
    }

    /**
     * The largest request body, in bytes, or {@link #UNLIMITED}. Unless it is configured, FastCGI leaves the limit to
     * the web server in front and HTTP has one of its own.
     */
    public long maxBody(Protocol protocol) {
        return maxBody.orElse(protocol.isHttp() ? 1L << 30 : UNLIMITED);
    }

    /** The same with processes that stay the user who has started gatepool. */
    public AppSettings withoutUser() {
        return with(process.withoutUser(), hooks);
    }

    /** The same without its hooks, to try a script: that is no start. */
    public AppSettings withoutHooks() {
        return with(process, hooks.none());
    }

    private AppSettings with(ProcessSettings otherProcess, HookSettings otherHooks) {
        return new AppSettings(
                name,
                kind,
                command,
                wsgi,
                listens,
                mount,
                root,
                index,
                extensions,
                fallback,
                script,
                interpreters,
                otherProcess,
                otherHooks,
                workers,
                queue,
                maxRunning,
                scripts,
                timeouts,
                maxBody,
                responseBuffer,
                responseHead);
    }
}
