package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an application's configuration says of its environment: {@code pass_env}, variables that it shares with
 * gatepool, and {@code env}, its own, whose values may refer to others. Immutable.
 */
public final class OwnVariables {

    private static final Path ENVIRON = Path.of("/proc/self/environ");

    /** They speak of descriptors that only gatepool has, sd_listen_fds(3). */
    private static final Set<String> NEVER = Set.of("LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PID", "LISTEN_PIDFDID");

    private final Map<String, String> passed;
    private final Map<String, EnvText> own = new LinkedHashMap<>();

    private OwnVariables(Map<String, String> passed, Map<String, String> own) {
        this.passed = passed;
        own.forEach((name, text) -> this.own.put(PathBytes.utf8(name), EnvText.of(PathBytes.utf8(text))));
    }

    /**
     * @param passed names of variables that pass from gatepool's own environment, where they are set; those that tell
     *     of sockets handed over to it never do
     * @param own texts by name, see {@link EnvText}; in their order, so that one may refer to those before it
     */
    public static OwnVariables of(List<String> passed, Map<String, String> own) {
        return new OwnVariables(passed.isEmpty() ? Map.of() : inherited(passed), own);
    }

    /** Sets those that are shared with gatepool. */
    public void pass(Environ environ, Origins origins) {
        passed.forEach((name, value) -> {
            environ.set(name, value);
            origins.note(name, "pass_env");
        });
    }

    /** Sets the application's own. */
    public void apply(Environ environ, Origins origins) {
        own.forEach((name, text) -> {
            environ.set(name, text.expand(environ::getOrEmpty));
            origins.note(name, "env");
        });
    }

    /** From the kernel, since the JVM takes the bytes for text. */
    private static Map<String, String> inherited(List<String> names) {
        Map<String, String> inherited = new LinkedHashMap<>();
        try {
            for (String entry : new String(Files.readAllBytes(ENVIRON), ISO_8859_1).split("\0", -1)) {
                int equals = entry.indexOf('=');
                String name = entry.substring(0, Math.max(0, equals));
                if (equals > 0 && names.contains(name) && !NEVER.contains(name)) {
                    inherited.put(name, entry.substring(equals + 1));
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("cannot read " + ENVIRON, e);
        }
        return inherited;
    }
}
