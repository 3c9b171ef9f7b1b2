package io.gatepool.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * A daemon whose applications all run the scripts that the test writes into one directory, over HTTP, a Unix socket and
 * FastCGI over TCP. They differ by their settings.
 */
final class ScriptHouse implements AutoCloseable {

    private final Path directory;
    private final Daemon daemon;

    /**
     * @param server lines for the section [server]
     * @param apps names, and lines for their sections
     */
    ScriptHouse(Path directory, String server, Map<String, String> apps) throws Exception {
        this.directory = directory;
        Files.createDirectories(directory.resolve("cgi"));
        StringBuilder toml = new StringBuilder(
                "[server]\nruntime_dir = \"run\"\nspool_dir = \".\"\naccess_log = \"access.log\"\n" + server);
        apps.forEach((name, lines) -> toml.append("""

                [app.%1$s]
                kind = "cgi"
                root = "cgi"
                listen = ["http:127.0.0.1:0", "fastcgi:127.0.0.1:0", "unix:%1$s.sock"]
                %2$s
                """.formatted(name, lines)));
        this.daemon = Daemon.serve(directory, toml.toString());
    }

    Daemon daemon() {
        return daemon;
    }

    Path directory() {
        return directory;
    }

    /** A file that scripts and test agree on. */
    Path file(String name) {
        return directory.resolve(name);
    }

    /** Writes a script for sh; {@code $D} is the directory of {@link #file}s. */
    void script(String name, String... lines) throws IOException {
        program(name, "#!/bin/sh\nD=" + directory + "\n" + String.join("\n", lines) + "\n");
    }

    /** Writes a script. */
    void program(String name, String text) throws IOException {
        Path file = directory.resolve("cgi").resolve(name);
        // Renamed into its place: no script is started while it is still open for writing.
        Path draft = Files.writeString(directory.resolve(name + ".new"), text);
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.move(draft, file);
    }

    int http(String app) throws InterruptedException {
        return daemon.port(app, "http");
    }

    int fastcgi(String app) throws InterruptedException {
        return daemon.port(app, "fastcgi");
    }

    RawFastCgi unix(String app) {
        return RawFastCgi.unix(directory.resolve(app + ".sock"));
    }

    Path socket(String app) {
        return directory.resolve(app + ".sock");
    }

    /** The lines of the access log so far. */
    String accessLog() {
        try {
            return Files.readString(directory.resolve("access.log"));
        } catch (IOException e) {
            return "";
        }
    }

    /** Waits for a pid that a script writes into a file, with a line end behind it. */
    int pid(String name) throws IOException {
        Path file = file(name);
        Poll.until(name + " holds a pid", () -> read(file).endsWith("\n"));
        return Integer.parseInt(read(file).strip());
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return "";
        }
    }

    /** Waits until a process has gone. */
    static void awaitEnd(int pid) {
        Poll.until("process " + pid + " has ended", () -> !Daemon.isAlive(pid));
    }

    @Override
    public void close() throws Exception {
        daemon.close();
    }
}
