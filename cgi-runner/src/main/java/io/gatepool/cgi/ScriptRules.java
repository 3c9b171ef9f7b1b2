package io.gatepool.cgi;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Which files of an app are scripts, and how they run. Names are text as a configuration has it, in the file system
 * UTF-8.
 *
 * @param root absolute; no script outside it is ever run
 * @param index names of files that stand for their directory, the first that exists wins
 * @param extensions the ends of file names that scripts have, in this case; empty: any
 * @param interpreters commands by the end of the file name; the longest end that fits wins
 * @param executeBit which files must have an execute bit, anybody's
 * @param followOutside whether symbolic links under the root may lead out of it
 */
public record ScriptRules(
        Path root,
        List<String> index,
        List<String> extensions,
        Map<String, List<String>> interpreters,
        ExecuteBit executeBit,
        boolean followOutside) {

    /** Which files must have an execute bit. */
    public enum ExecuteBit {
        /** None: they are not executed. */
        NEVER,
        /** Those that are executed themselves. */
        WITHOUT_INTERPRETER,
        /** Also those that an interpreter reads: the bit says that the file is meant to be run. */
        ALWAYS
    }

    public ScriptRules {
        if (!root.isAbsolute()) {
            throw new IllegalArgumentException("root must be an absolute path: " + root);
        }
        index = List.copyOf(index);
        extensions = List.copyOf(extensions);
        interpreters = Map.copyOf(interpreters);
        for (String name : index) {
            if (name.isEmpty() || name.equals(".") || name.equals("..") || name.contains("/")) {
                throw new IllegalArgumentException("index must be the name of a file in the directory: '" + name + "'");
            }
        }
        if (extensions.contains("")) {
            throw new IllegalArgumentException(
                    "an empty extension would fit every file; leave the list empty for that");
        }
        interpreters.forEach((extension, command) -> {
            if (extension.isEmpty() || command.isEmpty()) {
                throw new IllegalArgumentException(
                        "an interpreter needs an extension and a command: '" + extension + "'");
            }
        });
    }
}
