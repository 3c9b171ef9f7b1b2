package io.gatepool.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Writes problems the way compilers do, which editors and people know:
 *
 * <pre>
 * gatepool.toml:12:19: request_timeout: "60" has no unit
 *  12 | request_timeout = "60"
 *     |                   ^^^^
 *     write "60s" (units: ms, s, m, h, d), or "off"
 * </pre>
 *
 * The lines of the file and the remedies keep to 80 columns, the first lines stay whole.
 */
public final class ProblemPrinter {
    private static final int COLUMNS = 80;

    private ProblemPrinter() {}

    /** All of them, and how many they are in how many files they are found; with an end of line. */
    public static String print(List<Problem> problems) {
        int files = (int) problems.stream().map(Problem::file).distinct().count();
        return print(problems, files);
    }

    /** The same; the last line says how many files were read, those without a problem included. */
    public static String print(Loaded.Broken broken) {
        return print(broken.problems(), broken.files());
    }

    private static String print(List<Problem> problems, int files) {
        StringBuilder out = new StringBuilder();
        for (Problem problem : problems) {
            print(problem, out);
        }
        out.append(counted(problems.size(), "error")).append(" in ").append(counted(files, "file"));
        return out.append(". Nothing was changed.\n").toString();
    }

    private static String counted(int number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }

    private static void print(Problem problem, StringBuilder out) {
        out.append(DisplayLine.clean(problem.file().toString()));
        String margin = "    ";
        if (problem.line() == 0) {
            out.append(": ").append(DisplayLine.clean(problem.message())).append('\n');
        } else {
            out.append(":" + problem.line() + ":" + problem.column() + ": ");
            out.append(DisplayLine.clean(problem.message())).append('\n');
            String number = String.format("%3d", problem.line());
            margin = " ".repeat(number.length() + 1);
            DisplayLine line = DisplayLine.of(problem, COLUMNS - margin.length() - 2);
            out.append((number + " | " + line.text()).stripTrailing()).append('\n');
            out.append(margin).append("| ").append(line.carets()).append('\n');
        }
        for (String line : wrapped(problem.remedy().orElse(""), COLUMNS - margin.length())) {
            out.append(margin).append(DisplayLine.clean(line)).append('\n');
        }
    }

    private static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        if (!line.isEmpty()) {
            lines.add(line.toString());
        }
        return lines;
    }
}
