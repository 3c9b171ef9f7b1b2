package io.gatepool.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reports unknown keys, and finds out what was meant. */
final class Suggestions {
    private Suggestions() {}

    /** @param names that are known in its section */
    static void refuseUnknown(Setting setting, Collection<String> names) {
        setting.refuseKey(
                setting.section() + " has no key '" + Shown.shortened(setting.name()) + "'",
                remedy(setting.name(), setting.section(), names));
    }

    private static Optional<String> remedy(String name, String section, Collection<String> names) {
        Optional<String> foreign = ForeignNames.find(name);
        if (foreign.isPresent()) {
            return Optional.of(forForeign(foreign.get(), names));
        }
        Optional<String> home = Sections.of(name).filter(s -> !s.equals(section));
        return home.map(s -> "it belongs in " + s)
                .or(() -> closest(name, candidates(name, names)).map(s -> "did you mean '" + s + "'?"));
    }

    private static String forForeign(String ours, Collection<String> names) {
        if (names.contains(ours)) {
            return "did you mean '" + ours + "'?";
        }
        Optional<String> home = Sections.of(ours);
        if (home.isPresent()) {
            return "did you mean '" + ours + "' in " + home.get() + "?";
        }
        return "here it will be '" + ours + "', which is not there yet";
    }

    /** The names with as many parts: of {@code worker.max} it is {@code worker} that is unknown. */
    private static Collection<String> candidates(String name, Collection<String> names) {
        long parts = parts(name);
        return names.stream()
                .filter(known -> parts(known) >= parts)
                .map(known -> firstParts(known, parts))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static long parts(String name) {
        return name.chars().filter(c -> c == '.').count() + 1;
    }

    private static String firstParts(String name, long count) {
        return Arrays.stream(name.split("\\.")).limit(count).collect(Collectors.joining("."));
    }

    /** The candidate that takes the fewest mistakes, if it takes few for its length. */
    static Optional<String> closest(String name, Collection<String> candidates) {
        // Longer than every key and every slip of the finger: not worth a table of that size.
        if (name.length() > 64) {
            return Optional.empty();
        }
        String plain = name.toLowerCase(Locale.ROOT).replace('-', '_').replace("\"", "");
        Map<String, Integer> distances = candidates.stream()
                .collect(Collectors.toMap(c -> c, c -> distance(plain, c), (a, b) -> a, LinkedHashMap::new));
        return distances.entrySet().stream()
                .filter(c -> c.getValue() <= Math.max(1, c.getKey().length() / 3))
                .min(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey);
    }

    /** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(d[i - 1][j - 1] + replace, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
