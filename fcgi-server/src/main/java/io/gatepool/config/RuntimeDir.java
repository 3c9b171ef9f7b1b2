package io.gatepool.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where the runtime directory is unless it is configured. */
final class RuntimeDir {
    private RuntimeDir() {}

    static Path byDefault() {
        return byDefault(isRoot(), System.getenv("XDG_RUNTIME_DIR"), System.getProperty("user.name", "unknown"));
    }

    static Path byDefault(boolean root, @Nullable String xdgRuntimeDir, String user) {
        if (root) {
            return Path.of("/run/gatepool");
        }
        // The XDG specification has relative values ignored.
        return xdgRuntimeDir != null && xdgRuntimeDir.startsWith("/")
                ? Path.of(xdgRuntimeDir, "gatepool")
                : Path.of("/tmp", "gatepool-" + user.replace('/', '_'));
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException e) {
            return System.getProperty("user.name", "").equals("root");
        }
    }
}
