package io.gatepool.pool;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.Origins;
import io.gatepool.cgi.OwnVariables;
import io.gatepool.config.AppSettings;
import io.gatepool.config.Kind;
import io.gatepool.exchange.Exchange;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How the path of a request becomes SCRIPT_NAME, PATH_INFO and, where there are scripts, SCRIPT_FILENAME.
 *
 * <ul>
 *   <li>An application with {@code root} (PHP): gatepool looks for the script itself, before a worker sees the request.
 *   <li>A script of kind {@code cgi}: the same, but it is looked up by the thread that starts it, see
 *   {@link CgiBackend}.
 *   <li>A WSGI or SCGI application: the path is split at the mount, on every front. Behind nginx's stock fastcgi_params
 *       all of it is SCRIPT_NAME, and any framework would answer 404.
 *   <li>Any other application: the same, but behind a web server and mounted at "/" the variables stay as the web
 *       server sent them.
 * </ul>
 */
interface Mapping {

    /** Sets the variables, now or later, and passes the exchange on; or fails it. Event loop only. */
    void map(Exchange exchange, Consumer<Exchange> then);

    static Mapping of(AppSettings settings, PoolContext context) {
        if (settings.kind() == Kind.CGI) {
            return (exchange, then) -> then.accept(exchange);
        }
        if (settings.root().isPresent()) {
            return new ScriptMapping(settings, context);
        }
        String rootless = settings.mount();
        boolean always = settings.kind() != Kind.FASTCGI || !rootless.equals("/");
        OwnVariables own = OwnVariables.of(List.of(), settings.process().env());
        return (exchange, then) -> {
            if (always || !exchange.isMapped()) {
                splitAtMount(exchange.environ(), rootless);
            }
            own.apply(exchange.environ(), Origins.UNSEEN);
            then.accept(exchange);
        };
    }

    /** The whole decoded path, however the web server has split it. */
    static String fullPath(Environ environ) {
        return environ.getOrEmpty("SCRIPT_NAME") + environ.getOrEmpty("PATH_INFO");
    }

    /** The mount as SCRIPT_NAME begins with it: "" for "/". */
    static String prefix(String mount) {
        return mount.equals("/") ? "" : mount;
    }

    /** What of {@code path} lies below the mount: "" or with a leading slash; null when it does not lie under it. */
    static @Nullable String below(String path, String mount) {
        String prefix = prefix(mount);
        if (!path.startsWith(prefix) || (path.length() > prefix.length() && path.charAt(prefix.length()) != '/')) {
            return null;
        }
        return path.substring(prefix.length());
    }

    /**
     * Makes the mount SCRIPT_NAME and what lies below it PATH_INFO; a path beside it stays as it is. No String is made.
     */
    static void splitAtMount(Environ environ, String mount) {
        String prefix = prefix(mount);
        if (prefix.isEmpty() || environ.isPathUnder(prefix)) {
            environ.splitPath(prefix.length());
        }
    }
}
