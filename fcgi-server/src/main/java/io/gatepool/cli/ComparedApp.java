package io.gatepool.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The configuration of a gatepool that serves one application over HTTP on a Unix socket in its own directory. */
final class ComparedApp {

    /** Its name there. */
    static final String NAME = "compared";

    private static final int LAST_CONTROL = 0x1f;

    private final List<String> lines = new ArrayList<>();

    ComparedApp(String kind, String mount) {
        set("kind", text(kind));
        set("mount", text(mount));
        // All connections of the load generator may wait, as long as it takes.
        set("queue.size", "65536");
        set("queue.timeout", text("off"));
    }

    /** Adds a key with a value as TOML has it. */
    ComparedApp set(String key, String value) {
        lines.add(key + " = " + value);
        return this;
    }

    /** Writes it, and returns where it speaks HTTP. */
    Path write(Path directory) throws IOException {
        Files.createDirectory(directory);
        Path socket = directory.resolve("http.sock");
        String toml = "[server]\nruntime_dir = " + text(directory.toString()) + "\n\n[app." + NAME + "]\n"
                + String.join("\n", lines) + "\nlisten = [" + text("http:unix:" + socket) + "]\n";
        Files.writeString(directory.resolve("gatepool.toml"), toml);
        return socket;
    }

    /** A string. */
    static String text(String value) {
        StringBuilder text = new StringBuilder("\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                text.append('\\').append(c);
            } else if (c <= LAST_CONTROL || c == 0x7f) {
                text.append(String.format("\\u%04x", (int) c));
            } else {
                text.append(c);
            }
        }
        return text.append('"').toString();
    }

    static String texts(List<String> values) {
        return values.stream().map(ComparedApp::text).collect(Collectors.joining(", ", "[", "]"));
    }

    static String table(Map<String, String> values) {
        return values.entrySet().stream()
                .map(entry -> text(entry.getKey()) + " = " + text(entry.getValue()))
                .collect(Collectors.joining(", ", "{ ", " }"));
    }
}
