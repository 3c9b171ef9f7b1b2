package io.gatepool.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tomlj.TomlPosition;

/** The text of one configuration file, and where in it things stand. */
final class Source {
    private static final Pattern LINE = Pattern.compile("\\bline (\\d{1,9})\\b");

    private final Path file;
    private final Condensed condensed;
    private final List<String> lines = new ArrayList<>();
    private int decodedLine;
    private int[] decoded = {};

    Source(Path file, String text) {
        this.file = file;
        // Windows editors put a byte order mark in front, which is no TOML.
        String toml = text.startsWith("\ufeff") ? text.substring(1) : text;
        for (String line : toml.split("\n", -1)) {
            lines.add(line);
        }
        condensed = Condensed.of(lines);
    }

    /** The file as it is named in messages. */
    Path file() {
        return file;
    }

    /** What is there to parse. The positions that come of it are those that the methods here take. */
    String text() {
        return condensed.text();
    }

    /** The directory from which relative paths in the file are taken; absolute. */
    Path directory() {
        Path parent = file.toAbsolutePath().normalize().getParent();
        return parent == null ? Path.of("/") : parent;
    }

    /** The line of a position, empty beyond the end. */
    String line(TomlPosition at) {
        return line(number(at));
    }

    /** The number of the line in the file. */
    int number(TomlPosition at) {
        return condensed.original(at.line());
    }

    /** The text with the numbers of lines in it as they are in the file; for the messages of tomlj. */
    String withNumbers(String message) {
        return LINE.matcher(message)
                .replaceAll(found -> "line " + condensed.original(Integer.parseInt(found.group(1))));
    }

    private String line(int number) {
        String line = number >= 1 && number <= lines.size() ? lines.get(number - 1) : "";
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    /** The last one is kept: a line of a megabyte may hold a hundred thousand values. */
    private int[] codePoints(TomlPosition at) {
        int number = number(at);
        if (number != decodedLine) {
            decoded = line(number).codePoints().toArray();
            decodedLine = number;
        }
        return decoded;
    }

    /** The place as messages write it: file:line:column. */
    String place(Span span) {
        return file + ":" + span.line() + ":" + span.column();
    }

    Problem problem(Span span, String message, Optional<String> remedy) {
        return new Problem(file, span.line(), span.column(), span.length(), line(span.line()), message, remedy);
    }

    /** One character, for syntax errors. */
    Span character(TomlPosition at) {
        return new Span(number(at), at.column(), 1);
    }

    /** The value that starts here; of one that goes on over several lines, the part on the first. */
    Span value(TomlPosition at) {
        int[] line = codePoints(at);
        int start = at.column() - 1;
        return span(at, start, Lexer.valueEnd(line, start));
    }

    /**
     * The key that is meant: of a written {@code a.b.c} everything up to that part, of a header only that part. tomlj
     * gives every part of a key the position of the first, and every part of a header that of its bracket.
     *
     * @param path of the entry from the root of the file
     */
    Span key(TomlPosition at, List<String> path) {
        int[] line = codePoints(at);
        int start = at.column() - 1;
        List<Lexer.Part> parts = Lexer.keyParts(line, start);
        if (parts.isEmpty()) {
            return span(at, start, start + 1);
        }
        if (start < line.length && line[start] == '[') {
            Lexer.Part part = parts.get(Math.max(0, Math.min(path.size(), parts.size()) - 1));
            return span(at, part.start(), part.end());
        }
        return span(at, start, parts.get(lastPartOf(path, parts)).end());
    }

    /** All of the key, or all of the names in the header, that is written here. */
    Span key(TomlPosition at) {
        int start = at.column() - 1;
        List<Lexer.Part> parts = Lexer.keyParts(codePoints(at), start);
        return parts.isEmpty()
                ? character(at)
                : span(at, parts.get(0).start(), parts.get(parts.size() - 1).end());
    }

    /** A key is relative to the table it stands in, so its parts are found at the end of the path. */
    private static int lastPartOf(List<String> path, List<Lexer.Part> parts) {
        for (int count = Math.min(path.size(), parts.size()); count > 1; count--) {
            List<String> written =
                    parts.subList(0, count).stream().map(Lexer.Part::name).toList();
            if (path.subList(path.size() - count, path.size()).equals(written)) {
                return count - 1;
            }
        }
        return 0;
    }

    private Span span(TomlPosition at, int start, int end) {
        return new Span(number(at), start + 1, Math.max(1, end - start));
    }
}
