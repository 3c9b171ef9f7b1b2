package io.gatepool.it;

import io.gatepool.it.RequestSuite.Outcome;
import io.gatepool.it.RequestSuite.Verdict;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Prints the matrix while it comes into being: a line for each web server and way, a cell for each kind of application.
 * Below it stands every check that was not run or has failed, with its cells and the reason, then one line for the
 * whole.
 */
final class MatrixReport {

    private static final String ROW = "%-23s %-20s";
    private static final String CELL = " %-14s";
    /** At its beginning, and at its end. */
    private static final int LINES_OF_A_REASON = 6;

    /** A check that did not pass, in all cells where that was for the same reason. */
    private record Note(Verdict verdict, String server, RequestCheck check, String reason) {}

    private final PrintStream out;
    /** For each note the ways, and for each of these the kinds. */
    private final Map<Note, Map<String, List<String>>> notes = new LinkedHashMap<>();

    private final List<String> absent = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private final List<Verdict> verdicts = new ArrayList<>();
    /** One for each row. */
    private final List<String> servers = new ArrayList<>();

    MatrixReport(PrintStream out) {
        this.out = out;
    }

    /** The line above. */
    void begin() {
        out.printf(ROW, "web server", "way to gatepool");
        for (SuiteKind kind : SuiteKind.values()) {
            out.printf(CELL, kind.label());
        }
        out.println();
    }

    /** Begins a line; its cells follow. */
    void row(String server, String way) {
        servers.add(server);
        out.printf(ROW, server, way);
        out.flush();
    }

    /** The next cell of this line: what has passed of all that makes sense for its kind. */
    void cell(String server, String way, SuiteKind kind, List<Outcome> outcomes) {
        List<Verdict> here = outcomes.stream().map(Outcome::verdict).toList();
        verdicts.addAll(here);
        for (Outcome outcome : outcomes) {
            if (outcome.verdict() != Verdict.PASSED) {
                String whose = outcome.verdict() == Verdict.NOT_FOR_KIND ? "" : server;
                Note note = new Note(outcome.verdict(), whose, outcome.check(), outcome.reason());
                List<String> kinds = notes.computeIfAbsent(note, key -> new LinkedHashMap<>())
                        .computeIfAbsent(whose.isEmpty() ? "" : way, key -> new ArrayList<>());
                if (!kinds.contains(kind.label())) {
                    kinds.add(kind.label());
                }
            }
        }
        int failed = Collections.frequency(here, Verdict.FAILED);
        int passed = Collections.frequency(here, Verdict.PASSED);
        int all = passed + failed + Collections.frequency(here, Verdict.SKIPPED);
        out.printf(CELL, passed + "/" + all + (failed > 0 ? " FAILED" : ""));
        out.flush();
    }

    void endOfRow() {
        out.println();
    }

    /** In place of the cells: what the row needs is not here. */
    void absent(String server, String way, String reason) {
        out.println(" not run: " + firstLine(reason));
        absent.add(server + ", " + way);
    }

    /** Something went wrong that is no check's: the row, or what is left of it, has failed. */
    void broken(String server, String way, String reason) {
        out.println(" FAILED");
        broken.add(server + ", " + way + "\n" + reason);
    }

    /** Prints what is below the matrix, and returns the exit status. */
    int end(Duration time) {
        section("Failed:", Verdict.FAILED);
        broken.forEach(text -> {
            out.println();
            indented("  ", text);
        });
        section("Left out, for what the web server cannot do:", Verdict.SKIPPED);
        section("Not for every kind:", Verdict.NOT_FOR_KIND);
        boolean good = Collections.frequency(verdicts, Verdict.FAILED) == 0 && broken.isEmpty();
        out.printf(
                "%n%s: %d of %d rows run; %d checks passed, %d failed, %d left out; %s%n",
                good ? "Good" : "FAILED",
                servers.size() - absent.size(),
                servers.size(),
                Collections.frequency(verdicts, Verdict.PASSED),
                Collections.frequency(verdicts, Verdict.FAILED),
                Collections.frequency(verdicts, Verdict.SKIPPED),
                clock(time));
        return good ? 0 : 1;
    }

    private void section(String title, Verdict verdict) {
        List<Map.Entry<Note, Map<String, List<String>>>> all = notes.entrySet().stream()
                .filter(note -> note.getKey().verdict() == verdict)
                .toList();
        if (all.isEmpty()) {
            return;
        }
        out.println("\n" + title);
        all.forEach(entry -> {
            Note note = entry.getKey();
            String cells = cells(note.server(), entry.getValue());
            out.println("  " + note.check().label() + " - "
                    + Stream.of(note.server(), cells)
                            .filter(part -> !part.isEmpty())
                            .collect(Collectors.joining(", ")));
            indented("      ", note.reason());
        });
    }

    private void indented(String indent, String text) {
        List<String> lines =
                text.strip().lines().filter(line -> !line.isBlank()).toList();
        for (int at = 0; at < lines.size(); at++) {
            // What AssertJ expected stands above, what it found stands below, and in between is everything.
            int fromEnd = lines.size() - at;
            if (at < LINES_OF_A_REASON || fromEnd <= LINES_OF_A_REASON) {
                out.println(indent + lines.get(at));
            } else if (at == LINES_OF_A_REASON) {
                out.println(indent + "...");
            }
        }
    }

    private static String firstLine(String text) {
        return text.strip().lines().findFirst().orElse("");
    }

    /** The ways, those with the same kinds together. */
    private String cells(String server, Map<String, List<String>> kindsOfWays) {
        Map<String, List<String>> waysOfKinds = new LinkedHashMap<>();
        kindsOfWays.forEach((way, kinds) -> waysOfKinds
                .computeIfAbsent(kinds(kinds), key -> new ArrayList<>())
                .add(way));
        return waysOfKinds.entrySet().stream()
                .map(entry -> (ways(server, entry.getValue()) + ' ' + entry.getKey()).trim())
                .collect(Collectors.joining("; "));
    }

    private String ways(String server, List<String> ways) {
        boolean every = ways.size() > 1 && ways.size() == Collections.frequency(servers, server);
        return every ? "every way" : String.join(", ", ways);
    }

    private static String kinds(List<String> kinds) {
        return kinds.size() == SuiteKind.values().length ? "" : "(" + String.join(", ", kinds) + ")";
    }

    private static String clock(Duration time) {
        return String.format(Locale.ROOT, "%d:%02d minutes", time.toMinutes(), time.toSecondsPart());
    }
}
