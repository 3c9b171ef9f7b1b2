package io.gatepool.config;

import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Map;

/** Times as strftime(3) writes them in the C locale, for {@code %{...}t} of php-fpm. */
public final class Strftime {

    private static final Map<Character, String> PATTERNS = Map.ofEntries(
            Map.entry('Y', "uuuu"),
            Map.entry('m', "MM"),
            Map.entry('d', "dd"),
            Map.entry('e', "ppd"),
            Map.entry('H', "HH"),
            Map.entry('I', "hh"),
            Map.entry('M', "mm"),
            Map.entry('S', "ss"),
            Map.entry('y', "uu"),
            Map.entry('j', "DDD"),
            Map.entry('z', "xx"),
            Map.entry('Z', "zzz"),
            Map.entry('T', "HH:mm:ss"),
            Map.entry('F', "uuuu-MM-dd"),
            Map.entry('R', "HH:mm"));

    private static final Map<Character, TextStyle> MONTHS = Map.of('b', TextStyle.SHORT, 'B', TextStyle.FULL);
    private static final Map<Character, TextStyle> DAYS = Map.of('a', TextStyle.SHORT, 'A', TextStyle.FULL);

    private Strftime() {}

    /**
     * A formatter for times with a zone.
     *
     * @throws ValueException naming the conversion that is not known
     */
    public static DateTimeFormatter formatter(String format) throws ValueException {
        DateTimeFormatterBuilder made = new DateTimeFormatterBuilder();
        int at = 0;
        while (at < format.length()) {
            char c = format.charAt(at++);
            if (c != '%') {
                made.appendLiteral(c);
            } else {
                conversion(made, at < format.length() ? format.charAt(at++) : ' ');
            }
        }
        return made.toFormatter(Locale.ROOT);
    }

    private static void conversion(DateTimeFormatterBuilder made, char letter) throws ValueException {
        if (PATTERNS.containsKey(letter)) {
            made.appendPattern(PATTERNS.get(letter));
        } else if (MONTHS.containsKey(letter)) {
            made.appendText(ChronoField.MONTH_OF_YEAR, MONTHS.get(letter));
        } else if (DAYS.containsKey(letter)) {
            made.appendText(ChronoField.DAY_OF_WEEK, DAYS.get(letter));
        } else if (letter == 's') {
            made.appendValue(ChronoField.INSTANT_SECONDS);
        } else if (letter == '%') {
            made.appendLiteral('%');
        } else {
            throw new ValueException(
                    "%" + letter + " is no part of a time",
                    "there are %Y %m %d %H %M %S %z %b %s and others of strftime");
        }
    }
}
