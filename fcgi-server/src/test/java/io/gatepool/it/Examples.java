package io.gatepool.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * A copy of the repository's examples/ in a temporary directory, in the same place relative to target/, so that the
 * files are tested as they are but for their addresses.
 */
final class Examples {

    private final Path directory;

    private Examples(Path directory) {
        this.directory = directory;
    }

    /** Copies the examples, and builds those in C where there is a compiler. */
    static Examples copyTo(Path directory) throws Exception {
        // nginx's worker runs as nobody when root started it, and JUnit's directory is ours alone.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        Files.createDirectories(directory.resolve("target"));
        Path from = Daemon.REPOSITORY.resolve("examples");
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path to = directory.resolve("examples").resolve(from.relativize(file));
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(file, to, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
        Programs.run(directory.resolve("examples/apps"), "/usr/bin/make", "-s");
        return new Examples(directory);
    }

    /** The top: what stands for the repository. */
    Path directory() {
        return directory;
    }

    /** The text of a file of the examples. */
    String text(String file) throws IOException {
        return Files.readString(directory.resolve("examples").resolve(file));
    }

    /** Replaces {@code old} wherever it stands in {@code text}; it must stand there, or the sample has changed. */
    static String replace(String text, String old, String by) {
        if (!text.contains(old)) {
            throw new AssertionError("the sample no longer says '" + old + "':\n" + text);
        }
        return text.replace(old, by);
    }

    /**
     * Starts a gatepool with examples/gatepool.toml.
     *
     * @param http the port in place of 8080
     * @param fastcgi the addresses in place of "fastcgi:127.0.0.1:9000"
     * @param more further sections
     */
    Daemon serve(int http, List<String> fastcgi, String more) throws Exception {
        String toml = text("gatepool.toml");
        toml = replace(toml, "\"http:127.0.0.1:8080\"", "\"http:127.0.0.1:" + http + "\"");
        toml = replace(toml, "\"fastcgi:127.0.0.1:9000\"", '"' + String.join("\", \"", fastcgi) + '"');
        toml = replace(toml, "\"127.0.0.1:9180\"", "\"127.0.0.1:0\"");
        return Daemon.serve(directory.resolve("examples"), toml + more);
    }
}
