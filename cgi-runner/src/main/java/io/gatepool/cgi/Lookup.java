package io.gatepool.cgi;

import java.nio.file.Path;
import java.util.List;

/** What came of looking for a script. */
public sealed interface Lookup {

    /**
     * A script that may run.
     *
     * @param script where it is under the root, symbolic links not resolved: what SCRIPT_FILENAME says and what is
     *     executed, since scripts find their libraries beside the name by which they were called
     * @param scriptName the part of the path that led to it, with a leading "/": SCRIPT_NAME, if the root is the mount
     * @param pathInfo the rest of the path, "" or with a leading "/", its bytes as they came
     * @param interpreter the command that runs it, the script to be appended; empty if it is executed itself
     */
    record Found(Path script, String scriptName, String pathInfo, List<String> interpreter) implements Lookup {

        public Found {
            interpreter = List.copyOf(interpreter);
        }

        /** The bytes of the script's path, one per char; {@code script.toString()} may have lost some. */
        public String scriptFilename() {
            return PathBytes.text(script);
        }
    }

    /**
     * No script.
     *
     * @param detail one line for the log; it names files, so it is not for the client
     */
    record Refused(Refusal why, String detail) implements Lookup {}
}
