package io.gatepool.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepool.cgi.Header;
import io.gatepool.cgi.Printable;
import io.gatepool.cgi.ResponseHead;
import io.gatepool.config.AppSettings;
import io.gatepool.exchange.Failure;
import io.gatepool.process.Command;
import io.gatepool.process.ExitStatus;
import io.gatepool.process.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A {@link ScriptTrial} as people read it. */
final class TrialReport {

    private static final int LINE = 500;
    private static final int HEAD_LINES = 20;
    private static final int ERROR_LINES = 20;
    private static final double NANOS_PER_MILLI = 1e6;

    private final ScriptTrial trial;
    private final AppSettings settings;
    private final Optional<String> notAs;
    private final boolean verbose;
    private final StringBuilder text = new StringBuilder();

    /** @param notAs the user that the script would run as, if it could not here */
    TrialReport(ScriptTrial trial, AppSettings settings, Optional<String> notAs, boolean verbose) {
        this.trial = trial;
        this.settings = settings;
        this.notAs = notAs;
        this.verbose = verbose;
    }

    /** Whether the answer was an error of the server's or the script's. */
    boolean isError() {
        ResponseHead head = trial.head();
        return trial.failure() != null || trial.isCut() || head == null || head.status() >= 500;
    }

    String text() {
        Command command = trial.command();
        if (command != null) {
            started(command);
        }
        response();
        List<String> verdict = Verdict.of(trial, settings.responseHead());
        verdict.forEach(words -> text.append('\n').append(words).append('\n'));
        notAs.ifPresent(
                user -> text.append("\nRan as you, not ").append(user).append(": only root can switch users.\n"));
        if (trial.bodyFailure() != null) {
            text.append('\n').append(trial.bodyFailure().getMessage()).append('\n');
        }
        return text.toString();
    }

    private void started(Command command) {
        List<String> argv = command.argv().stream()
                .map(word -> Printable.of(new String(word, ISO_8859_1), LINE))
                .toList();
        section("command", List.of(String.join(" ", argv.subList(trial.wrapper(), argv.size()))));
        section("as", List.of(as(command)));
        EnvironTable environ = EnvironTable.of(command.envp(), trial.originByName());
        section("environ", verbose ? environ.all() : environ.most());
        section("head", head());
        section("stderr", shortened(trial.errors().lines().toList(), ERROR_LINES));
        section("timing", List.of(timing()));
        ExitStatus exit = trial.exit();
        if (exit != null) {
            section(
                    "exit",
                    List.of((exit.signal() == 0 ? Integer.toString(exit.code()) : exit.describe()) + ", "
                            + trial.outputBytes() + " bytes"));
        }
    }

    private String as(Command command) {
        User user = trial.privileges().user().orElseGet(User::current);
        int group = trial.privileges().group().orElse(user.gid());
        return user.name() + " (" + user.uid() + ":" + group + "), umask " + String.format("%03o", command.umask())
                + ", in " + Printable.of(new String(command.directory(), ISO_8859_1), LINE);
    }

    /** The lines up to the blank one or, where there is none, to the first that is no header; numbered. */
    private List<String> head() {
        List<String> lines = new ArrayList<>();
        for (String line : trial.output().split("\n", -1)) {
            String bare = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
            if (bare.isEmpty()) {
                break;
            }
            lines.add((lines.size() + 1) + " | " + Printable.of(bare, LINE));
            if (trial.failure() != null && bare.indexOf(':') < 1) {
                break;
            }
        }
        return shortened(lines, HEAD_LINES);
    }

    private static List<String> shortened(List<String> lines, int most) {
        List<String> printable = new ArrayList<>();
        for (String line : lines.subList(0, Math.min(most, lines.size()))) {
            printable.add(Printable.of(line, LINE));
        }
        if (lines.size() > most) {
            printable.add("and " + (lines.size() - most) + " more lines");
        }
        return printable;
    }

    private String timing() {
        return "spawn " + millis(trial.spawnNanos())
                + (trial.firstByteNanos() < 0 ? "" : ", first byte " + millis(trial.firstByteNanos()))
                + ", end " + millis(trial.endNanos());
    }

    private static String millis(long nanos) {
        double millis = nanos / NANOS_PER_MILLI;
        return String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis);
    }

    private void response() {
        ResponseHead head = trial.head();
        Failure failure = trial.failure();
        if (head == null) {
            section("response", List.of("none"));
            return;
        }
        String status = (head.status() + " " + head.reason()).strip();
        if (failure != null) {
            boolean page = !trial.isCut();
            section(
                    "response",
                    List.of(status + (page ? "" : ", cut") + " ("
                            + failure.cause().text() + ")"));
            return;
        }
        List<String> lines = new ArrayList<>();
        lines.add(status + redirects());
        for (Header header : head.headers()) {
            lines.add(Printable.of(header.name() + ": " + header.value(), LINE));
        }
        section("response", lines);
    }

    private String redirects() {
        int redirects = trial.scripts() - 1;
        return redirects < 1
                ? ""
                : " (after " + redirects + (redirects == 1 ? " local redirect)" : " local redirects)");
    }

    private void section(String name, List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            text.append(String.format("%-9s %s", i == 0 ? name : "", lines.get(i))
                            .stripTrailing())
                    .append('\n');
        }
    }
}
