package io.gatepool.config;

import java.time.temporal.Temporal;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** How values of a configuration file are named in messages. */
final class Shown {
    /** A message quotes at most so many characters of a value: it stands in one line with the place and the reason. */
    private static final int LONGEST = 40;

    private Shown() {}

    /** The text in double quotes, shortened if it is long. */
    static String quoted(String text) {
        return '"' + shortened(text) + '"';
    }

    /** The text itself, shortened if it is long. */
    static String shortened(String text) {
        if (text.length() <= LONGEST) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
        return text.substring(0, end) + "...";
    }

    /** A value as its author would recognise it. */
    static String value(Object value) {
        if (value instanceof String text) {
            return quoted(text);
        }
        if (value instanceof TomlArray) {
            return "the list";
        }
        return value instanceof TomlTable ? "the table" : shortened(value.toString());
    }

    /** What sort of TOML value it is, in plain words with an article. */
    static String type(Object value) {
        if (value instanceof String) {
            return "a string";
        } else if (value instanceof Long) {
            return "a whole number";
        } else if (value instanceof Double) {
            return "a fraction";
        } else if (value instanceof Boolean) {
            return "true or false";
        } else if (value instanceof TomlArray) {
            return "a list";
        } else if (value instanceof TomlTable) {
            return "a table";
        }
        return value instanceof Temporal ? "a date or time" : "another type";
    }
}
