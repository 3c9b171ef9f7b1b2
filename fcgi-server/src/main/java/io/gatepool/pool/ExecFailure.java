package io.gatepool.pool;

import io.gatepool.cgi.Executable;
import io.gatepool.cgi.Printable;
import io.gatepool.exchange.Cause;
import io.gatepool.process.Errno;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Why a script that was found could not be executed: what execve(2) said, and what can be seen of the files that it was
 * about.
 */
record ExecFailure(Cause cause, String detail) {

    private static final int SHOWN = 200;

    /**
     * Looks at the files once more; not for a busy event loop.
     *
     * @param said the error as words
     */
    static ExecFailure of(int errno, ScriptPlace.Found found, String said) {
        String file = Printable.of(found.scriptFilename(), SHOWN);
        if (errno == Errno.EACCES) {
            return new ExecFailure(
                    Cause.PERMISSION_DENIED,
                    file + ": " + said + "; the user it runs as needs the right to execute it and to search the"
                            + " directories above it");
        }
        if (errno == Errno.ENOEXEC) {
            return new ExecFailure(Cause.EXEC_FORMAT, file + " " + ScriptCommand.NO_PROGRAM);
        }
        if (errno == Errno.ENOENT) {
            return missing(file, found, said);
        }
        return new ExecFailure(Cause.SPAWN_FAILED, file + ": " + said);
    }

    private static ExecFailure missing(String file, ScriptPlace.Found found, String said) {
        if (!found.interpreter().isEmpty()) {
            String program = found.interpreter().get(0);
            return new ExecFailure(
                    Cause.INTERPRETER_MISSING,
                    file + ": " + Printable.of(program, SHOWN) + " (interpreters) "
                            + (isThere(program) ? "was not executed: " + said : "is not there"));
        }
        if (!Files.exists(found.script())) {
            return new ExecFailure(Cause.NOT_FOUND, file + " was there a moment ago, and has gone");
        }
        String fault = Executable.of(found.script()).fault();
        return new ExecFailure(
                Cause.INTERPRETER_MISSING,
                file + ": " + (fault.isEmpty() ? said + "; is the program that runs it installed?" : fault));
    }

    private static boolean isThere(String program) {
        return program.startsWith("/") && Files.exists(Path.of(program));
    }
}
