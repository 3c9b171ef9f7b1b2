package io.gatepool.cgi;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** The programs that run scripts which do not run themselves, by the end of the file name. Immutable. */
public final class Interpreters {

    private record Interpreter(String extension, List<String> command) {}

    /** The longest extension first. */
    private final List<Interpreter> interpreters;

    /** @param commands by extension, text as a configuration has it */
    public Interpreters(Map<String, List<String>> commands) {
        this.interpreters = commands.entrySet().stream()
                .map(entry -> new Interpreter(PathBytes.utf8(entry.getKey()), List.copyOf(entry.getValue())))
                .sorted(Comparator.comparingInt(
                        interpreter -> -interpreter.extension().length()))
                .toList();
    }

    /**
     * The command for a script, to which its path is to be appended; empty if it runs itself.
     *
     * @param file as bytes
     */
    public List<String> of(String file) {
        for (Interpreter interpreter : interpreters) {
            if (file.endsWith(interpreter.extension())) {
                return interpreter.command();
            }
        }
        return List.of();
    }
}
