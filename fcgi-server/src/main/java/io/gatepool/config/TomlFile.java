package io.gatepool.config;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseOptions;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlVersion;

/**
 * A file that was parsed.
 *
 * @param whole whether all of it was TOML; else what is left of it says nothing about what is missing
 */
record TomlFile(Setting root, boolean whole) {
    /** What comes behind so many syntax errors is rarely more than their echo. */
    private static final int MOST_ERRORS = 20;

    // 1.0, not 1.1: the file should mean the same to editors and configuration management, which read 1.0.
    private static final TomlParseOptions OPTIONS =
            TomlParseOptions.sourceless().withVersion(TomlVersion.V1_0_0);

    private static final Pattern DEFINED =
            Pattern.compile("(.*) previously defined at (line \\d+, column \\d+)", Pattern.DOTALL);
    private static final Pattern BARE_VALUE = Pattern.compile("[^=\"'#]*=\\s*([^\\s\"'\\[{#=,]+)\\s*(?:#.*)?");

    /**
     * Parses a file and reports what is no TOML. The rest of it can still be checked, unless a table header is wrong:
     * then nobody knows which table the keys below it belong to.
     */
    static Optional<TomlFile> parse(Source source, Problems problems) {
        TomlParseResult result = Toml.parse(source.text(), OPTIONS);
        List<TomlParseError> errors = result.errors();
        errors.stream()
                .sorted(Comparator.comparingInt(
                                (TomlParseError e) -> e.position().line())
                        .thenComparingInt(e -> e.position().column()))
                .limit(MOST_ERRORS)
                .forEach(error -> problems.add(problem(source, error)));
        if (errors.size() > MOST_ERRORS) {
            problems.add(Problem.ofFile(
                    source.file(), "is not TOML: " + errors.size() + " errors; the first are shown", Optional.empty()));
        }
        boolean headersGood = errors.stream().noneMatch(error -> isBrokenHeader(source, error));
        return headersGood
                ? Optional.of(new TomlFile(Setting.root(source, problems, result), errors.isEmpty()))
                : Optional.empty();
    }

    /** A second header of the same table is wrong too, but there is no doubt about its table. */
    private static boolean isBrokenHeader(Source source, TomlParseError error) {
        return source.line(error.position()).stripLeading().startsWith("[")
                && !DEFINED.matcher(message(error)).matches();
    }

    private static String message(TomlParseError error) {
        return String.valueOf(error.getMessage());
    }

    private static Problem problem(Source source, TomlParseError error) {
        TomlPosition at = error.position();
        String message = source.withNumbers(message(error));
        Matcher defined = DEFINED.matcher(message);
        if (defined.matches()) {
            String name = Shown.shortened(defined.group(1));
            return source.problem(
                    source.key(at), name + " is already defined at " + defined.group(2), Optional.empty());
        }
        message = message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
        return source.problem(source.character(at), message, remedy(source.line(at), message));
    }

    /** The mistake of everyone who comes from an INI file. */
    private static Optional<String> remedy(String line, String message) {
        Matcher bare = BARE_VALUE.matcher(line);
        if (!message.startsWith("unexpected") || !bare.matches()) {
            return Optional.empty();
        }
        String value = bare.group(1);
        boolean truth = value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false");
        return truth || value.indexOf('\\') >= 0
                ? Optional.empty()
                : Optional.of("write it in quotes: " + Shown.quoted(value));
    }
}
