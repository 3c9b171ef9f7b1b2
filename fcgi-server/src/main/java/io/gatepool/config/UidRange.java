package io.gatepool.config;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * User ids from one to another, both included; never root's.
 */
public record UidRange(int min, int max) {

    private static final Pattern TEXT = Pattern.compile("([0-9]{1,10})-([0-9]{1,10})");

    /** Reads {@code 1000-59999}; empty if it is no such range, or holds 0. */
    static Optional<UidRange> parse(String text) {
        Matcher range = TEXT.matcher(text);
        if (!range.matches()) {
            return Optional.empty();
        }
        long min = Long.parseLong(range.group(1));
        long max = Long.parseLong(range.group(2));
        return min >= 1 && min <= max && max <= Integer.MAX_VALUE
                ? Optional.of(new UidRange((int) min, (int) max))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return min + "-" + max;
    }
}
