package io.gatepool.control;

/**
 * A piece of a page. Whatever is put into it is escaped, for strangers choose many of the words on a status page; only
 * another piece goes in as it is.
 */
final class Html {

    private static final String HOLE = "{}";

    private final StringBuilder text = new StringBuilder();

    static Html of(String markup, Object... values) {
        return new Html().add(markup, values);
    }

    /**
     * Adds markup of ours.
     *
     * @param values for each {@code {}} in it; an {@link Html} as it is, all others escaped, fit for text and for
     *     quoted attributes
     */
    Html add(String markup, Object... values) {
        int from = 0;
        for (Object value : values) {
            int hole = markup.indexOf(HOLE, from);
            text.append(markup, from, hole);
            if (value instanceof Html piece) {
                text.append(piece.text);
            } else {
                escape(String.valueOf(value));
            }
            from = hole + HOLE.length();
        }
        text.append(markup, from, markup.length());
        return this;
    }

    private void escape(String value) {
        for (int at = 0; at < value.length(); at++) {
            char c = value.charAt(at);
            switch (c) {
                case '&' -> text.append("&amp;");
                case '<' -> text.append("&lt;");
                case '>' -> text.append("&gt;");
                case '"' -> text.append("&quot;");
                case '\'' -> text.append("&#39;");
                case '\n' -> text.append(c);
                default -> text.append(Character.isISOControl(c) ? '\ufffd' : c);
            }
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
