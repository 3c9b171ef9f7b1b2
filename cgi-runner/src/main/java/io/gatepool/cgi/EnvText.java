package io.gatepool.cgi;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The text of a variable in a configuration. A name in braces behind a dollar sign stands for the value of another
 * variable, nothing when there is no such variable; a second dollar sign before it makes it plain text; any other
 * dollar sign stands for itself. What is put in is not looked at again, so a request cannot bring references of its
 * own. Immutable.
 */
public final class EnvText {

    private static final String OPEN = "${";

    /** Text or, at every second place, the name of a variable. */
    private final List<String> parts;

    private EnvText(List<String> parts) {
        this.parts = List.copyOf(parts);
    }

    /** What is wrong with a text; empty when nothing is. */
    public static Optional<String> fault(String text) {
        int at = 0;
        while (true) {
            int open = text.indexOf(OPEN, at);
            if (open < 0) {
                return Optional.empty();
            }
            if (isEscaped(text, open)) {
                at = open + OPEN.length();
                continue;
            }
            int close = text.indexOf('}', open);
            if (close < 0) {
                return Optional.of("has a '${' without its '}'");
            }
            String name = text.substring(open + OPEN.length(), close);
            if (!isName(name)) {
                return Optional.of("has '${" + Printable.of(name, 40) + "}', which names no variable");
            }
            at = close + 1;
        }
    }

    /** @throws IllegalArgumentException if the text has a {@link #fault} */
    public static EnvText of(String text) {
        fault(text).ifPresent(fault -> {
            throw new IllegalArgumentException(fault);
        });
        List<String> parts = new ArrayList<>();
        StringBuilder plain = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf(OPEN, at);
            if (open < 0) {
                plain.append(text, at, text.length());
                break;
            }
            if (isEscaped(text, open)) {
                plain.append(text, at, open - 1).append(OPEN);
                at = open + OPEN.length();
                continue;
            }
            int close = text.indexOf('}', open);
            parts.add(plain.append(text, at, open).toString());
            parts.add(text.substring(open + OPEN.length(), close));
            plain.setLength(0);
            at = close + 1;
        }
        parts.add(plain.toString());
        return new EnvText(parts);
    }

    /** The value. */
    public String expand(UnaryOperator<String> valueOrEmpty) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        StringBuilder value = new StringBuilder();
        for (int i = 0; i < parts.size(); i++) {
            value.append(i % 2 == 0 ? parts.get(i) : valueOrEmpty.apply(parts.get(i)));
        }
        return value.toString();
    }

    private static boolean isEscaped(String text, int open) {
        return open > 0 && text.charAt(open - 1) == '$';
    }

    private static boolean isName(String name) {
        return !name.isEmpty() && name.chars().allMatch(c -> c == '_' || Character.isLetterOrDigit(c));
    }
}
