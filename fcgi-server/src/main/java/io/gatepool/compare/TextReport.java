package io.gatepool.compare;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A comparison as it is printed: 80 columns, and nothing that relies on colour. */
public final class TextReport {

    private static final int WIDTH = 80;
    private static final int LABEL = 36;
    private static final int CELL = 15;
    private static final int BETTER = 12;

    private TextReport() {}

    /** @param blocks whether the terminal shows more than ASCII */
    public static String of(Comparison comparison, boolean blocks) {
        StringBuilder text = new StringBuilder();
        text.append(wrapped(comparison.request() + ": " + comparison.answer(), ""))
                .append('\n');
        for (Way way : comparison.ways()) {
            text.append(wrapped(String.format("%-12s", way.name()) + way.how(), " ".repeat(12)));
        }
        text.append(wrapped(
                        comparison.rounds() + (comparison.rounds() == 1 ? " round of " : " rounds of ")
                                + Numbers.count(comparison.seconds())
                                + " s for each, in turns; HTTP/1.1 to gatepool on kept connections",
                        ""))
                .append('\n');
        line(text, "", comparison.ways().stream().map(Way::name).toList(), comparison.persistent() ? "better by" : "");
        for (Rows.Row row : Rows.of(comparison)) {
            line(text, row.label(), row.cells(), row.better());
        }
        for (Charts.Chart chart : Charts.of(comparison)) {
            text.append('\n').append(Bars.of(chart.title(), chart.bars(), blocks));
        }
        List<String> doubts = Doubts.of(comparison);
        if (!doubts.isEmpty()) {
            text.append('\n');
            doubts.forEach(doubt -> text.append(wrapped("warning: " + doubt, "  ")));
        }
        Words.of(comparison).forEach(words -> text.append('\n').append(wrapped(words, "")));
        return text.toString();
    }

    /** Whether a terminal with these settings of the locale shows blocks: the first that is set counts. */
    public static boolean hasBlocks(@Nullable String all, @Nullable String type, @Nullable String lang) {
        for (String value : new String[] {all, type, lang}) {
            if (value != null && !value.isEmpty()) {
                return value.toLowerCase(Locale.ROOT).matches(".*utf-?8.*");
            }
        }
        return false;
    }

    private static void line(StringBuilder text, String label, List<String> cells, String better) {
        StringBuilder line = new StringBuilder(String.format("%-" + LABEL + "s", label));
        cells.forEach(cell -> line.append(String.format("%" + CELL + "s", cell)));
        line.append(String.format("%" + BETTER + "s", better));
        text.append(line.toString().stripTrailing()).append('\n');
    }

    /** Lines of at most 80 columns, each with its end; all but the first begin with {@code indent}. */
    static String wrapped(String words, String indent) {
        StringBuilder lines = new StringBuilder();
        String rest = words;
        String before = "";
        while (before.length() + rest.length() > WIDTH) {
            int room = WIDTH - before.length();
            int space = rest.lastIndexOf(' ', room);
            int end = space > 0 ? space : rest.indexOf(' ');
            if (end < 0) {
                break;
            }
            lines.append(before).append(rest, 0, end).append('\n');
            rest = rest.substring(end).stripLeading();
            before = indent;
        }
        return lines.append(before).append(rest).append('\n').toString();
    }
}
