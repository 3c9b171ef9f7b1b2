package io.gatepool.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One thing that is wrong in a configuration file.
 *
 * @param file as it was named on the command line, or found by an include from there
 * @param line counted from 1; 0 if the file as a whole is meant (it cannot be read)
 * @param column counted from 1 in code points; a tab is one
 * @param length of the key or value meant, in code points, at least 1; it never goes beyond the line
 * @param sourceLine the line as it stands in the file, without its end
 * @param message what is wrong, in one line
 * @param remedy what to do about it, where that can be said
 */
public record Problem(
        Path file, int line, int column, int length, String sourceLine, String message, Optional<String> remedy) {
    /** A problem with a file as a whole. */
    static Problem ofFile(Path file, String message, Optional<String> remedy) {
        return new Problem(file, 0, 0, 0, "", message, remedy);
    }
}
