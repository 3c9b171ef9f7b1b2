package io.gatepool.config;

import java.util.List;

/** The form of the access log's lines. */
public sealed interface LogFormat {

    /** How {@link #COMBINED} is written as a format. */
    String COMBINED_TEXT = "%(h)s - %(u)s %(t)s \"%(r)s\" %(s)s %(B)s \"%(f)s\" \"%(a)s\" %(id)s app=%(app)s pid=%(p)s"
            + " queue=%(queue)s total=%(total)s%(outcome)s";

    /** What log analysers know, and behind it what gatepool knows besides. */
    LogFormat COMBINED = LogFormatParser.combined();

    /** One JSON object to a line. */
    record Json() implements LogFormat {}

    /** Fields, and text between them. */
    record Text(List<Piece> pieces) implements LogFormat {

        public Text {
            pieces = List.copyOf(pieces);
        }
    }

    /** A part of {@link Text}. */
    sealed interface Piece {}

    /** What stands in every line. */
    record Literal(String text) implements Piece {}

    /**
     * What stands there is the request's.
     *
     * @param argument the name of a header field or variable, a time's strftime(3) format, or a unit; "" for none
     * @param quoted whether it stands between quotation marks, where blanks end nothing
     */
    record Field(LogField field, String argument, boolean quoted) implements Piece {}

    /**
     * Reads {@code combined}, {@code json} or a text with fields, see {@link LogField}.
     *
     * @throws ValueException naming the place in the text
     */
    static LogFormat parse(String text) throws ValueException {
        return switch (text) {
            case "combined" -> COMBINED;
            case "json" -> new Json();
            default -> new LogFormatParser(text).parse();
        };
    }
}
