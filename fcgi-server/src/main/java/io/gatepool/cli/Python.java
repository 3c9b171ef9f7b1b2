package io.gatepool.cli;

import io.gatepool.process.SearchPath;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Which Python runs a WSGI application. */
final class Python {

    private Python() {}

    /**
     * Whoever has activated a virtualenv means its interpreter; else it is the one that the shell finds.
     *
     * @param wanted what {@code --python} says
     * @throws IllegalArgumentException when there is none, with what to write
     */
    static String find(@Nullable String wanted, Path directory) {
        String active = System.getenv("VIRTUAL_ENV");
        String python = wanted != null ? wanted : active != null && !active.isEmpty() ? active : "python3";
        String option = python.equals(active) ? "VIRTUAL_ENV " : "--python ";
        if (!python.contains("/") && !Files.isDirectory(Path.of(python))) {
            return SearchPath.find(python, directory, String.valueOf(System.getenv("PATH")))
                    .orElseThrow(() -> new IllegalArgumentException(option + python
                            + ": there is no such program in PATH; write the path of an interpreter, or of a"
                            + " virtualenv"))
                    .toString();
        }
        Path place = Path.of(python).toAbsolutePath().normalize();
        if (!Files.exists(place)) {
            throw new IllegalArgumentException(
                    option + python + ": it does not exist; write the path of an interpreter, or of a virtualenv");
        }
        if (Files.isDirectory(place) && !Files.exists(place.resolve("bin/python3"))) {
            throw new IllegalArgumentException(option + python
                    + ": the directory is no virtualenv, for it has no bin/python3; make it one with 'python3 -m venv "
                    + python + "'");
        }
        return place.toString();
    }
}
