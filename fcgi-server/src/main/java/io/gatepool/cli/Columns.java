package io.gatepool.cli;

import java.util.ArrayList;
import java.util.List;

/** A table for a terminal: columns as wide as their widest cell, two spaces between them, no space at a line's end. */
final class Columns {

    private final List<String> heads = new ArrayList<>();
    private final List<Integer> widths = new ArrayList<>();
    private final List<Boolean> right = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    /** A column of words, at least {@code width} wide. */
    Columns left(String head, int width) {
        return column(head, width, false);
    }

    /** A column of numbers, at least {@code width} wide. */
    Columns right(String head, int width) {
        return column(head, width, true);
    }

    private Columns column(String head, int width, boolean toTheRight) {
        heads.add(head);
        widths.add(Math.max(width, head.length()));
        right.add(toTheRight);
        return this;
    }

    /** One cell for each column; the last may be missing. */
    void row(String... cells) {
        rows.add(List.of(cells));
        for (int column = 0; column < cells.length; column++) {
            widths.set(column, Math.max(widths.get(column), cells[column].length()));
        }
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    String text() {
        StringBuilder text = new StringBuilder();
        line(text, heads);
        rows.forEach(row -> line(text, row));
        return text.toString();
    }

    private void line(StringBuilder text, List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < cells.size(); column++) {
            String pad = " ".repeat(widths.get(column) - cells.get(column).length());
            line.append(column == 0 ? "" : "  ");
            line.append(right.get(column) ? pad + cells.get(column) : cells.get(column) + pad);
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }
}
