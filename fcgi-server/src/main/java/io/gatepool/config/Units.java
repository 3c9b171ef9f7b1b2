package io.gatepool.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers with a unit: the grammar that durations and sizes share, and its error messages.
 *
 * @param noun what such a number is, with its article
 * @param units in ascending order, each with its factor over the smallest
 * @param meant what people write by habit (in small letters), and the unit they mean by it
 * @param usual the unit to suggest to someone who wrote none
 * @param limit the largest value, counted in the smallest unit
 * @param limitText the same as one writes it
 */
record Units(
        String noun, Map<String, Long> units, Map<String, String> meant, String usual, long limit, String limitText) {
    private static final Pattern NUMBER = Pattern.compile("([0-9]+)(.*)", Pattern.DOTALL);
    private static final Pattern UNIT = Pattern.compile(" *([A-Za-z]+)");

    /** The number, counted in the smallest unit. The caller has dealt with "off". */
    long parse(String text, boolean offAllowed) throws ValueException {
        Matcher number = NUMBER.matcher(text);
        if (!number.matches()) {
            throw refused(text, text.equals("off") ? "is not possible here" : "is not " + noun, "60", offAllowed);
        }
        String digits = number.group(1);
        String unit = number.group(2);
        if (unit.isEmpty()) {
            throw refused(text, "has no unit", digits, offAllowed);
        }
        Long factor = units.get(unit);
        if (factor == null) {
            throw unknownUnit(text, digits, unit, offAllowed);
        }
        // 18 digits always fit into a long; more are over every limit.
        if (digits.length() > 18 || Long.parseLong(digits) > limit / factor) {
            throw new ValueException(
                    Shown.quoted(text) + " is too much", "write at most \"" + limitText + "\"" + orOff(offAllowed));
        }
        return Long.parseLong(digits) * factor;
    }

    private ValueException unknownUnit(String text, String digits, String unit, boolean offAllowed) {
        Matcher name = UNIT.matcher(unit);
        if (!name.matches()) {
            return refused(text, "is not " + noun, "60", offAllowed);
        }
        String known = name.group(1);
        String guess = units.containsKey(known) ? known : meant.getOrDefault(known.toLowerCase(Locale.ROOT), usual);
        String problem = units.containsKey(known) ? "has a space before its unit" : "has an unknown unit";
        return new ValueException(
                Shown.quoted(text) + " " + problem, remedy(Shown.shortened(digits) + guess, offAllowed));
    }

    private ValueException refused(String text, String why, String digits, boolean offAllowed) {
        return new ValueException(Shown.quoted(text) + " " + why, remedy(Shown.shortened(digits) + usual, offAllowed));
    }

    private String remedy(String example, boolean offAllowed) {
        return "write \"" + example + "\" (units: " + String.join(", ", units.keySet()) + ")" + orOff(offAllowed);
    }

    private static String orOff(boolean offAllowed) {
        return offAllowed ? ", or \"off\"" : "";
    }

    /** The value in the largest unit that divides it, such as {@code 60s} or {@code 64KiB}. */
    String text(long value) {
        String best = "";
        for (Map.Entry<String, Long> unit : units.entrySet()) {
            if (best.isEmpty() || (value != 0 && value % unit.getValue() == 0)) {
                best = value / unit.getValue() + unit.getKey();
            }
        }
        return best;
    }

    /** {@link Map#of} forgets the order that the messages need. */
    static Map<String, Long> inOrder(Object... namesAndFactors) {
        Map<String, Long> units = new LinkedHashMap<>();
        for (int i = 0; i < namesAndFactors.length; i += 2) {
            units.put((String) namesAndFactors[i], ((Number) namesAndFactors[i + 1]).longValue());
        }
        return Collections.unmodifiableMap(units);
    }
}
