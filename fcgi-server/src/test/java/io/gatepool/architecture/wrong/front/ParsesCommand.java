package io.gatepool.architecture.wrong.front;

import org.apache.commons.exec.CommandLine;

/** Reads a command as a shell would, but not quite. */
public final class ParsesCommand {
    private ParsesCommand() {}

    static CommandLine command() {
        return CommandLine.parse("echo 'a b'");
    }
}
