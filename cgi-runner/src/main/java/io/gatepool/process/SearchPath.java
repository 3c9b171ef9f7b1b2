package io.gatepool.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds programs as execvp(3) would, but before a wrapper stands in front of them, so that an error can name them. */
public final class SearchPath {

    private SearchPath() {}

    /**
     * Finds a program.
     *
     * @param searchPath as in {@code PATH}; used when {@code program} has no slash
     * @return the absolute path, or empty when there is no such executable file
     */
    public static Optional<Path> find(String program, Path directory, String searchPath) {
        if (program.contains("/")) {
            return Optional.of(directory.resolve(program).normalize()).filter(SearchPath::isProgram);
        }
        for (String place : searchPath.split(":", -1)) {
            Path candidate = directory.resolve(place).resolve(program);
            if (isProgram(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static boolean isProgram(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }
}
