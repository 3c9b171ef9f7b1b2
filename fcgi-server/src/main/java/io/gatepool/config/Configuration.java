package io.gatepool.config;

import java.nio.file.Path;
import java.util.List;

/**
 * A whole configuration, checked: what {@link ConfigLoader} makes of a file, or a short form of its arguments.
 *
 * @param file where it comes from; for the log
 * @param apps in order of the files and of the lines in them; names are unique
 */
public record Configuration(Path file, ServerSettings server, HttpSettings http, List<AppSettings> apps) {
    public Configuration {
        apps = List.copyOf(apps);
    }

    /** Whether it has been read from a file; that of a short form has not. */
    public boolean hasFile() {
        return file.isAbsolute();
    }
}
