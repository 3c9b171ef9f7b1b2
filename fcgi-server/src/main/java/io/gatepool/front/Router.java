package io.gatepool.front;

import io.gatepool.cgi.Environ;
import io.gatepool.exchange.Application;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the application of a path on one listening address: the longest mount that the path lies under, else the
 * fallback (the index page, or the address's only application). Immutable.
 */
public final class Router {

    /** An array, which is looked through for each request. */
    private final Application[] byLongestMount;

    private final Application fallback;

    public Router(List<Application> applications, Application fallback) {
        this.byLongestMount = applications.stream()
                .sorted(Comparator.comparingInt(
                                (Application application) -> application.mount().length())
                        .reversed())
                .toArray(Application[]::new);
        this.fallback = fallback;
    }

    /** @param path decoded, as in SCRIPT_NAME + PATH_INFO */
    Application route(String path) {
        for (Application application : byLongestMount) {
            if (liesUnder(path, application.mount())) {
                return application;
            }
        }
        return fallback;
    }

    /**
     * The same of a web server's request, whose path is SCRIPT_NAME with PATH_INFO behind it, without a String of it.
     */
    Application route(Environ environ) {
        for (Application application : byLongestMount) {
            String mount = application.mount();
            if (mount.equals("/") || environ.isPathUnder(mount)) {
                return application;
            }
        }
        return fallback;
    }

    private static boolean liesUnder(String path, String mount) {
        return mount.equals("/")
                || (path.startsWith(mount) && (path.length() == mount.length() || path.charAt(mount.length()) == '/'));
    }
}
