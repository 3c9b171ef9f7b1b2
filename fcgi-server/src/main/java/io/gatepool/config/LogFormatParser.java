package io.gatepool.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads the fields of a {@link LogFormat}: gunicorn's in parentheses, {@code %(h)s} and {@code %({Host}i)s}, php-fpm's
 * as single letters, {@code %R} and {@code %{HTTP_HOST}e}. Used once.
 */
final class LogFormatParser {

    private static final Set<String> UNITS =
            Set.of("", "seconds", "milliseconds", "milli", "mili", "microseconds", "micro");
    private static final String WORDS =
            "write \"combined\", \"json\", or fields such as \"%(h)s %(t)s \\\"%(r)s\\\" %(s)s\"";

    private final String text;
    private final List<LogFormat.Piece> pieces = new ArrayList<>();
    private final StringBuilder literal = new StringBuilder();
    private int at;
    private boolean quoted;

    LogFormatParser(String text) {
        this.text = text;
    }

    static LogFormat combined() {
        try {
            return new LogFormatParser(LogFormat.COMBINED_TEXT).parse();
        } catch (ValueException e) {
            throw new IllegalStateException(e);
        }
    }

    LogFormat.Text parse() throws ValueException {
        while (at < text.length()) {
            char c = text.charAt(at);
            if (Character.isISOControl(c) && c != '\t') {
                throw new ValueException(place(at) + " is a control character", "take it out: a line is one line");
            }
            if (c == '%') {
                percent();
            } else {
                quoted ^= c == '"';
                literal.append(c);
                at++;
            }
        }
        endLiteral();
        if (pieces.stream().noneMatch(LogFormat.Field.class::isInstance)) {
            throw new ValueException(Shown.quoted(text) + " is no format: it has no field", WORDS);
        }
        return new LogFormat.Text(pieces);
    }

    private void percent() throws ValueException {
        int start = at++;
        if (at < text.length() && text.charAt(at) == '%') {
            literal.append('%');
            at++;
        } else if (at < text.length() && text.charAt(at) == '(') {
            at++;
            String inside = upTo(')', start);
            if (at == text.length() || text.charAt(at) != 's') {
                throw new ValueException(
                        place(start) + ": %(" + Shown.shortened(inside) + ") is not finished",
                        "write %(" + Shown.shortened(inside) + ")s");
            }
            at++;
            named(inside, start);
        } else {
            lettered(start);
        }
    }

    private void named(String inside, int start) throws ValueException {
        int brace = inside.startsWith("{") ? inside.lastIndexOf('}') : -1;
        String argument = brace < 0 ? "" : inside.substring(1, brace);
        LogField field = LogField.named(inside.substring(brace + 1))
                .orElseThrow(() -> unknown("%(" + Shown.shortened(inside) + ")s", start));
        add(field, argument, start);
    }

    private void lettered(int start) throws ValueException {
        String argument = "";
        if (at < text.length() && text.charAt(at) == '{') {
            at++;
            argument = upTo('}', start);
        }
        if (at == text.length()) {
            throw new ValueException(place(start) + " a field is not finished", "write %% for a percent sign");
        }
        String letter = text.substring(at, at + 1);
        at++;
        if (letter.equals("C") || letter.equals("M")) {
            throw new ValueException(
                    place(start) + ": %" + letter + ", what one request used, is not known: a worker is not asked",
                    "take it out; \"gatepool workers APP\" shows what processes use");
        }
        LogField field = LogField.lettered(letter).orElseThrow(() -> unknown(text.substring(start, at), start));
        add(field, argument, start);
    }

    private void add(LogField field, String argument, int start) throws ValueException {
        String written = Shown.shortened(text.substring(start, at));
        if (field.isNamed() && argument.isEmpty()) {
            throw new ValueException(
                    place(start) + ": " + written + " names nothing",
                    "write %({NAME}i)s for a header field, o for one of the response, e for a variable");
        }
        if (!argument.isEmpty() && !field.takesArgument()) {
            throw new ValueException(place(start) + ": " + written + " takes nothing in braces", "take the braces out");
        }
        if (field == LogField.DURATION && !UNITS.contains(argument)) {
            throw new ValueException(
                    place(start) + ": " + written + " is in no unit", "write seconds, milliseconds or microseconds");
        }
        if (!field.isNamed() && field != LogField.DURATION && !argument.isEmpty()) {
            try {
                Strftime.formatter(argument);
            } catch (ValueException e) {
                throw new ValueException(place(start) + ": " + e.problem(), e.remedy());
            }
        }
        endLiteral();
        pieces.add(new LogFormat.Field(field, argument, quoted));
    }

    private void endLiteral() {
        if (literal.length() > 0) {
            pieces.add(new LogFormat.Literal(literal.toString()));
            literal.setLength(0);
        }
    }

    private String upTo(char end, int start) throws ValueException {
        int found = text.indexOf(end, at);
        if (found < 0) {
            throw new ValueException(
                    place(start) + " a field is not finished", "it lacks a '" + end + "'; write %% for a percent sign");
        }
        String inside = text.substring(at, found);
        at = found + 1;
        return inside;
    }

    private ValueException unknown(String written, int start) {
        return new ValueException(
                place(start) + ": " + written + " is no field",
                "there are " + LogField.names() + ", and " + LogField.letters());
    }

    private static String place(int index) {
        return "at character " + (index + 1);
    }
}
