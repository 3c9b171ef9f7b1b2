package io.gatepool.config;

/**
 * A line of a file as a terminal shows it, and the carets under the part that is meant. Tabs are kept, in both, so that
 * they line up whatever the terminal makes of them; of a line that is too long the part around the carets is shown.
 */
record DisplayLine(String text, String carets) {
    private static final String CUT = "...";
    private static final int TAB = 8;

    /** Of characters without a width any number would fit. */
    private static final int MOST_CHARACTERS = 200;

    static DisplayLine of(Problem problem, int columns) {
        int[] line = problem.sourceLine().codePoints().toArray();
        int first = Math.min(problem.column() - 1, line.length);
        int last = Math.min(first + problem.length(), line.length);
        int start = 0;
        int end = line.length;
        if (line.length > MOST_CHARACTERS || width(line, 0, end) > columns) {
            int room = columns - 2 * CUT.length();
            // A third of the room goes to what stands before: that is where the key is.
            start = first;
            int used = 0;
            while (start > 0 && first - start < MOST_CHARACTERS && used + width(line, start - 1, start) <= room / 3) {
                start--;
                used += width(line, start, start + 1);
            }
            end = start;
            used = 0;
            while (end < line.length && end - start < 2 * MOST_CHARACTERS && used + width(line, end, end + 1) <= room) {
                used += width(line, end, end + 1);
                end++;
            }
        }
        StringBuilder text = new StringBuilder(start > 0 ? CUT : "");
        StringBuilder carets = new StringBuilder(start > 0 ? "   " : "");
        for (int i = start; i < end; i++) {
            text.appendCodePoint(visible(line[i]));
            if (i < first) {
                carets.append(line[i] == '\t' ? "\t" : " ".repeat(width(line[i])));
            }
        }
        text.append(end < line.length ? CUT : "");
        carets.append("^".repeat(Math.max(1, width(line, first, Math.min(last, end)))));
        return new DisplayLine(text.toString(), carets.toString());
    }

    /** The text without what a terminal could obey. */
    static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> clean.appendCodePoint(visible(c)));
        return clean.toString();
    }

    private static int visible(int c) {
        boolean bidi = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
        boolean surrogate = c >= 0xd800 && c <= 0xdfff;
        return (Character.isISOControl(c) && c != '\t') || bidi || surrogate ? '?' : c;
    }

    private static int width(int[] line, int from, int to) {
        int width = 0;
        for (int i = from; i < to; i++) {
            width += line[i] == '\t' ? TAB : width(line[i]);
        }
        return width;
    }

    /** Columns of a character: 0 for marks on another, 2 for East Asian characters and emoji. */
    private static int width(int c) {
        int type = Character.getType(c);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        boolean wide = Character.isIdeographic(c)
                || (c >= 0x1100 && c <= 0x115f)
                || (c >= 0x3041 && c <= 0x30ff)
                || (c >= 0xac00 && c <= 0xd7a3)
                || (c >= 0xff01 && c <= 0xff60)
                || (c >= 0x1f300 && c <= 0x1faff);
        return wide ? 2 : 1;
    }
}
