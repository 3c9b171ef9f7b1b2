package io.gatepool.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds where keys and values end on a line, which tomlj does not tell. It only ever draws carets: it never fails, and
 * on a line that is no TOML its answer is merely a guess. Lines are code points, offsets count from 0.
 */
final class Lexer {
    /** One part of a dotted key; escapes in a quoted one are left as they are. */
    record Part(String name, int start, int end) {}

    private Lexer() {}

    /** The parts of the key or table header that starts here. */
    static List<Part> keyParts(int[] line, int start) {
        List<Part> parts = new ArrayList<>();
        int at = start;
        while (at < line.length && line[at] == '[') {
            at++;
        }
        while (true) {
            at = skipBlanks(line, at);
            int end = at < line.length && isQuote(line[at]) ? stringEnd(line, at) : bareEnd(line, at);
            if (end == at) {
                return parts;
            }
            boolean quoted = isQuote(line[at]) && end - at >= 2;
            int cut = quoted ? 1 : 0;
            parts.add(new Part(new String(line, at + cut, end - at - 2 * cut), at, end));
            at = skipBlanks(line, end);
            if (at >= line.length || line[at] != '.') {
                return parts;
            }
            at++;
        }
    }

    /** The offset behind the value that starts here, at most the end of the line. */
    static int valueEnd(int[] line, int start) {
        if (start >= line.length) {
            return start;
        }
        if (isQuote(line[start])) {
            return stringEnd(line, start);
        }
        return line[start] == '[' || line[start] == '{' ? bracketsEnd(line, start) : scalarEnd(line, start);
    }

    private static int bracketsEnd(int[] line, int start) {
        int depth = 0;
        int end = start;
        for (int at = start; at < line.length; ) {
            int c = line[at];
            if (c == '#') {
                return end;
            }
            int next = isQuote(c) ? stringEnd(line, at) : at + 1;
            depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
            end = isBlank(c) ? end : next;
            if (depth == 0) {
                return end;
            }
            at = next;
        }
        return end;
    }

    private static int stringEnd(int[] line, int start) {
        int quote = line[start];
        boolean multiline = start + 2 < line.length && line[start + 1] == quote && line[start + 2] == quote;
        int quotes = multiline ? 3 : 1;
        for (int at = start + quotes; at < line.length; at++) {
            if (quote == '"' && line[at] == '\\') {
                at++;
            } else if (line[at] == quote && (!multiline || isTriple(line, at))) {
                return at + quotes;
            }
        }
        return line.length;
    }

    private static boolean isTriple(int[] line, int at) {
        return at + 2 < line.length && line[at + 1] == line[at] && line[at + 2] == line[at];
    }

    private static int scalarEnd(int[] line, int start) {
        int at = start;
        while (at < line.length && !isBlank(line[at]) && ",]}#".indexOf(line[at]) < 0) {
            at++;
        }
        return at;
    }

    private static int bareEnd(int[] line, int start) {
        int at = start;
        while (at < line.length && (Character.isLetterOrDigit(line[at]) || line[at] == '_' || line[at] == '-')) {
            at++;
        }
        return at;
    }

    private static int skipBlanks(int[] line, int start) {
        int at = start;
        while (at < line.length && isBlank(line[at])) {
            at++;
        }
        return at;
    }

    private static boolean isBlank(int c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isQuote(int c) {
        return c == '"' || c == '\'';
    }
}
