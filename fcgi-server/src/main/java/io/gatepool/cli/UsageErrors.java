package io.gatepool.cli;

import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * What is said of a command line that is wrong: what, and where to read on. Not the whole help, which would move that
 * out of sight.
 */
final class UsageErrors implements IParameterExceptionHandler {

    @Override
    public int handleParseException(ParameterException error, String[] arguments) {
        CommandLine command = error.getCommandLine();
        PrintWriter out = command.getErr();
        Optional<String> foreign = foreign(error);
        out.println(foreign.orElse(error.getMessage()));
        if (foreign.isEmpty()) {
            UnmatchedArgumentException.printSuggestions(error, out);
        }
        out.print(command.getHelp().fullSynopsis());
        out.println("See '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static Optional<String> foreign(ParameterException error) {
        return error instanceof UnmatchedArgumentException unmatched
                        && error.getCommandLine().getCommand() instanceof WsgiCommand
                ? ForeignOptions.remedy(unmatched.getUnmatched())
                : Optional.empty();
    }
}
