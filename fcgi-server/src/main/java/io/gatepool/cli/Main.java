package io.gatepool.cli;

import java.util.LinkedHashMap;
import java.util.Map;
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

    /** In the order in which --help has them. */
    private static final Map<String, Class<?>> COMMANDS = commands();

    private static Map<String, Class<?>> commands() {
        Map<String, Class<?>> commands = new LinkedHashMap<>();
        commands.put("serve", ServeCommand.class);
        commands.put("check", CheckCommand.class);
        commands.put("fastcgi", FastCgiCommand.class);
        commands.put("cgi", CgiCommand.class);
        commands.put("wsgi", WsgiCommand.class);
        commands.put("cgi-run", CgiRunCommand.class);
        commands.put("compare", CompareCommand.class);
        commands.put("env", EnvCommand.class);
        commands.put("status", StatusCommand.class);
        commands.put("workers", WorkersCommand.class);
        commands.put("dump", DumpCommand.class);
        commands.put("explain", ExplainCommand.class);
        commands.put("kill-request", KillRequestCommand.class);
        commands.put("reload", ReloadCommand.class);
        commands.put("restart", RestartCommand.class);
        commands.put("scale", ScaleCommand.class);
        commands.put("drain", DrainCommand.class);
        commands.put("resume", ResumeCommand.class);
        commands.put("reopen-logs", ReopenLogsCommand.class);
        commands.put("stop", StopCommand.class);
        return commands;
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it.
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new Main());
        // picocli learns all options of a command at once; that of nineteen others would be half of a start's work.
        String first = arguments.length == 0 ? "" : arguments[0];
        COMMANDS.forEach((name, command) -> {
            if (name.equals(first) || !COMMANDS.containsKey(first)) {
                line.addSubcommand(name, command);
            }
        });
        // One for both: of two lambdas for one method, of an interface in a class file as old as picocli's, JDK 17
        // makes no AppCDS archive but a crash.
        ITypeConverter<Integer> wholeNumber = Main::wholeNumber;
        // --data @FILE means the file, not more arguments in it.
        System.exit(line.setExpandAtFiles(false)
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
