package io.gatepool.compare;

import java.util.List;

/** Bars of characters, in at most 80 columns: eighths of blocks, or # where the terminal has ASCII only. */
final class Bars {

    /**
     * A bar.
     *
     * @param value its length; not negative
     * @param text what stands behind it
     */
    record Bar(String name, double value, String text) {}

    private static final int WIDTH = 80;
    private static final int INDENT = 2;
    private static final String EIGHTHS = " ▏▎▍▌▋▊▉";
    private static final int PARTS = 8;

    private Bars() {}

    /** Lines with a title; the longest bar takes all the room. */
    static String of(String title, List<Bar> bars, boolean blocks) {
        int names = bars.stream().mapToInt(bar -> bar.name().length()).max().orElse(0);
        int texts = bars.stream().mapToInt(bar -> bar.text().length()).max().orElse(0);
        double most = bars.stream().mapToDouble(Bar::value).max().orElse(0);
        int room = WIDTH - INDENT - names - 2 - 1 - texts;
        StringBuilder lines = new StringBuilder(title).append('\n');
        for (Bar bar : bars) {
            String drawn = bar(most > 0 ? bar.value() / most * room : 0, blocks);
            lines.append(" ".repeat(INDENT))
                    .append(bar.name())
                    .append(" ".repeat(names - bar.name().length() + 2))
                    .append(drawn)
                    .append(drawn.isEmpty() ? "" : " ")
                    .append(bar.text())
                    .append('\n');
        }
        return lines.toString();
    }

    /** {@code cells} long; what is more than nothing is seen. */
    static String bar(double cells, boolean blocks) {
        if (!(cells > 0)) {
            return "";
        }
        if (!blocks) {
            long whole = Math.round(cells);
            return whole == 0 ? "." : "#".repeat((int) whole);
        }
        long eighths = Math.max(1, Math.round(cells * PARTS));
        int rest = (int) (eighths % PARTS);
        return "█".repeat((int) (eighths / PARTS)) + (rest == 0 ? "" : EIGHTHS.substring(rest, rest + 1));
    }
}
