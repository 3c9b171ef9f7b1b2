package io.gatepool.config;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a line of the access log can tell: by gunicorn's name, {@code %(h)s}, by php-fpm's letter, {@code %R}, or by
 * both. Where the two give a name different meanings, or one of them is in no other program, it is a field of its own.
 */
public enum LogField {
    /** The address of the client. */
    CLIENT("h", "R"),
    /** Always {@code -}, which is what has stood there since identd. */
    IDENT("l", ""),
    /** Who the web server says that the client is. */
    USER("u", "u"),
    /** When the request was over, in brackets. */
    TIME("t", ""),
    /** When it came. */
    ARRIVED("", "t"),
    /** When it was over. */
    OVER("", "T"),
    /** {@code GET /path?query HTTP/1.1}. */
    REQUEST_LINE("r", ""),
    METHOD("m", "m"),
    /** With the query, as the client sent it. */
    URI("uri", ""),
    /** Without the query. */
    PATH("U", "r"),
    QUERY("q", "q"),
    /** A question mark if there is a query, else nothing. */
    QUESTION_MARK("", "Q"),
    PROTOCOL("H", ""),
    STATUS("s", "s"),
    /** Of the response body. */
    BYTES("B", ""),
    /** The same, {@code -} for none. */
    BYTES_OR_DASH("b", ""),
    REFERER("f", ""),
    AGENT("a", ""),
    /** The file of the script. */
    SCRIPT("script", "f"),
    /** From the arrival to the end, in seconds with a point. */
    TOTAL("total", ""),
    /** The same, as gunicorn writes it, to the microsecond. */
    TOTAL_DECIMAL("L", ""),
    /** The same in whole seconds. */
    TOTAL_SECONDS("T", ""),
    /** The same in milliseconds. */
    TOTAL_MILLIS("M", ""),
    /** The same in microseconds. */
    TOTAL_MICROS("D", ""),
    /** The same in a unit to choose. */
    DURATION("", "d"),
    /** How long it waited for a worker. */
    QUEUE("queue", ""),
    /** How long a worker, or its script, had it. */
    SERVICE("service", ""),
    /** The process that answered. */
    PID("p", "p"),
    /** gatepool's own process. */
    PARENT("", "P"),
    APP("app", "n"),
    /** Of the request body, as announced. */
    CONTENT_LENGTH("length", "l"),
    ID("id", ""),
    /** Why gatepool failed the request. */
    CAUSE("cause", ""),
    /** How the request's own process ended: a number, or the name of a signal. */
    EXIT("exit", ""),
    /**
     * {@code exit=}, {@code signal=} and {@code cause=} with a blank in front of each, as far as there is something.
     */
    OUTCOME("outcome", ""),
    /** A header field of the request. */
    HEADER("i", "i"),
    /** A header field of the response. */
    RESPONSE_HEADER("o", "o"),
    /** A variable of the request. */
    VARIABLE("e", "e");

    private final String name;
    private final String letter;

    LogField(String name, String letter) {
        this.name = name;
        this.letter = letter;
    }

    /** Whether it needs {@code {NAME}}. */
    boolean isNamed() {
        return this == HEADER || this == RESPONSE_HEADER || this == VARIABLE;
    }

    /** Whether it may have {@code {...}}. */
    boolean takesArgument() {
        return isNamed() || this == ARRIVED || this == OVER || this == DURATION;
    }

    static Optional<LogField> named(String name) {
        return Arrays.stream(values())
                .filter(field -> !name.isEmpty() && field.name.equals(name))
                .findFirst();
    }

    static Optional<LogField> lettered(String letter) {
        return Arrays.stream(values())
                .filter(field -> field.letter.equals(letter))
                .findFirst();
    }

    /** All of them as they are written in parentheses. */
    static String names() {
        return Arrays.stream(values())
                .filter(field -> !field.name.isEmpty())
                .map(field -> field.isNamed() ? "%({NAME}" + field.name + ")s" : "%(" + field.name + ")s")
                .collect(Collectors.joining(" "));
    }

    /** All of them as single letters. */
    static String letters() {
        return Arrays.stream(values())
                .filter(field -> !field.letter.isEmpty())
                .map(field -> field.isNamed() ? "%{NAME}" + field.letter : "%" + field.letter)
                .collect(Collectors.joining(" "));
    }
}
