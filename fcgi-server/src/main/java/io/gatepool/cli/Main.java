package io.gatepool.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command line. */
@Command(
        name = "gatepool",
        description = "A CGI/FastCGI bridge and process manager.",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ServeCommand.class,
            CheckCommand.class,
            FastCgiCommand.class,
            CgiCommand.class,
            WsgiCommand.class,
            CgiRunCommand.class,
            CompareCommand.class,
            EnvCommand.class,
            StatusCommand.class,
            WorkersCommand.class,
            DumpCommand.class,
            ExplainCommand.class,
            KillRequestCommand.class,
            ReloadCommand.class,
            RestartCommand.class,
            ScaleCommand.class,
            DrainCommand.class,
            ResumeCommand.class,
            ReopenLogsCommand.class,
            StopCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped as asked, or nothing to complain about",
            "1:it could not start, or failed; status: an application fails",
            "2:wrong usage of the command line",
            "3:gatepool is not running",
            "4:gatepool cannot be asked: not allowed, or no answer",
            "78:an error in the configuration"
        })
public final class Main implements Runnable {

    /** When the program was started, by {@link System#nanoTime()}. */
    static final long STARTED_NANOS = System.nanoTime();

    /** Exit codes, as sysexits(3) and every command line know them. */
    static final int FAILED = 1;

    static final int CONFIGURATION = 78;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] arguments) {
        // One for both: of two lambdas for one method, of an interface in a class file as old as picocli's, JDK 17
        // makes no AppCDS archive but a crash.
        ITypeConverter<Integer> wholeNumber = Main::wholeNumber;
        // --data @FILE means the file, not more arguments in it.
        System.exit(new CommandLine(new Main())
                .setExpandAtFiles(false)
                .registerConverter(Integer.class, wholeNumber)
                .registerConverter(Integer.TYPE, wholeNumber)
                .setParameterExceptionHandler(new UsageErrors())
                .execute(arguments));
    }

    private static Integer wholeNumber(String text) {
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not a whole number");
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command? See 'gatepool --help'.");
    }
}
