package io.gatepool.config;

import java.util.ArrayList;
import java.util.List;

/**
 * A TOML text without its blank lines and its lines of comment. tomlj 2.2.0 takes time with the cube of the length of a
 * run of them (its LineRecoveryStrategy looks ahead over all of it from the start, token by token): 5,000 take more
 * than a quarter of a minute, and a commented configuration has hundreds.
 *
 * @param text what is left
 * @param numbers the original number of each line that is left
 */
record Condensed(String text, List<Integer> numbers) {
    /** What a line leaves open behind it. */
    private enum State {
        NOTHING,
        BASIC_STRING,
        LITERAL_STRING
    }

    static Condensed of(List<String> lines) {
        StringBuilder text = new StringBuilder();
        List<Integer> numbers = new ArrayList<>();
        State state = State.NOTHING;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            boolean last = i == lines.size() - 1;
            // The last one stays: errors at the end of the text are there.
            if (last || state != State.NOTHING || !isTrivial(line)) {
                text.append(line).append(last ? "" : "\n");
                numbers.add(i + 1);
                state = after(line, state);
            }
        }
        return new Condensed(text.toString(), numbers);
    }

    /** The original number of a line. */
    int original(int line) {
        return line >= 1 && line <= numbers.size() ? numbers.get(line - 1) : line;
    }

    /** Blank, or a comment that is valid: control characters are none of TOML. */
    private static boolean isTrivial(String line) {
        String text = line.strip();
        return line.chars().noneMatch(c -> Character.isISOControl(c) && c != '\t' && c != '\r')
                && line.chars().takeWhile(c -> c != '#').allMatch(c -> c == ' ' || c == '\t' || c == '\r')
                && (text.startsWith("#") || text.isEmpty());
    }

    /** Strings over several lines may hold lines that only look like comments. */
    private static State after(String line, State before) {
        State state = before;
        int at = 0;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (state != State.NOTHING) {
                String end = state == State.BASIC_STRING ? "\"\"\"" : "'''";
                if (state == State.BASIC_STRING && c == '\\') {
                    at += 2;
                } else if (line.startsWith(end, at)) {
                    state = State.NOTHING;
                    // Up to two quotes more belong to the string.
                    for (at += 3; at < line.length() && line.charAt(at) == c; at++) {}
                } else {
                    at++;
                }
            } else if (c == '#') {
                return state;
            } else if (line.startsWith("\"\"\"", at) || line.startsWith("'''", at)) {
                state = c == '"' ? State.BASIC_STRING : State.LITERAL_STRING;
                at += 3;
            } else {
                at = c == '"' || c == '\'' ? behindString(line, at) : at + 1;
            }
        }
        return state;
    }

    private static int behindString(String line, int start) {
        char quote = line.charAt(start);
        for (int at = start + 1; at < line.length(); at++) {
            if (line.charAt(at) == quote) {
                return at + 1;
            } else if (quote == '"' && line.charAt(at) == '\\') {
                at++;
            }
        }
        return line.length();
    }
}
