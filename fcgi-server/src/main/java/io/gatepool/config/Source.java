package io.gatepool.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tomlj.TomlPosition;

/** The text of one configuration file, and where in it things stand. */
final class Source {
    private final Path file;
    private final String text;
    private final List<String> lines = new ArrayList<>();
    private int decodedLine;
    private int[] decoded = {};

    Source(Path file, String text) {
        this.file = file;
        // Windows editors put a byte order mark in front, which is no TOML.
        this.text = text.startsWith("\ufeff") ? text.substring(1) : text;
        for (String line : this.text.split("\n", -1)) {
            lines.add(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
        }
    }

    /** The file as it is named in messages. */
    Path file() {
        return file;
    }

    String text() {
        return text;
    }

    /** The directory from which relative paths in the file are taken; absolute. */
    Path directory() {
        Path parent = file.toAbsolutePath().normalize().getParent();
        return parent == null ? Path.of("/") : parent;
    }

    /** The line with this number, empty beyond the end. */
    String line(int number) {
        return number >= 1 && number <= lines.size() ? lines.get(number - 1) : "";
    }

    /** The last one is kept: a line of a megabyte may hold a hundred thousand values. */
    private int[] codePoints(int number) {
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
        return new Span(at.line(), at.column(), 1);
    }

    /** The value that starts here; of one that goes on over several lines, the part on the first. */
    Span value(TomlPosition at) {
        int[] line = codePoints(at.line());
        int start = at.column() - 1;
        return span(at, start, Lexer.valueEnd(line, start));
    }

    /**
     * The part of a written key that is meant: tomlj gives every part of {@code a.b.c} the position of {@code a}, and
     * every part of a header that of its bracket.
     *
     * @param path of the entry from the root of the file
     */
    Span key(TomlPosition at, List<String> path) {
        int[] line = codePoints(at.line());
        int start = at.column() - 1;
        List<Lexer.Part> parts = Lexer.keyParts(line, start);
        if (parts.isEmpty()) {
            return span(at, start, start + 1);
        }
        boolean header = start < line.length && line[start] == '[';
        int index = header ? Math.min(path.size(), parts.size()) - 1 : lastPartOf(path, parts);
        Lexer.Part part = parts.get(index);
        return span(at, part.start(), part.end());
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

    private static Span span(TomlPosition at, int start, int end) {
        return new Span(at.line(), start + 1, Math.max(1, end - start));
    }
}
