package io.gatepool.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The readers of single values. {@link ListReaders} has those of lists and tables. */
final class Readers {
    private Readers() {}

    /** A string that may be anything an argument of a program may be: it has no NUL. */
    static Reader<String> argument() {
        return setting -> {
            if (!(setting.value() instanceof String text)) {
                return wrongType(setting, "a string is wanted", stringRemedy(setting.value()));
            }
            return text.indexOf('\0') < 0
                    ? Optional.of(text)
                    : setting.refuse("the string has a NUL", "no program can be given one: take it out");
        };
    }

    /** A string that is not empty and has no control characters: names and paths stand in log lines. */
    static Reader<String> text() {
        return argument()
                .check(text -> !text.isEmpty(), "is empty", "write something, or leave the key out")
                .check(
                        text -> text.chars().noneMatch(Character::isISOControl),
                        "has a control character",
                        "take it out");
    }

    /** A path, absolute in the end; a relative one starts at the directory of the file. */
    static Reader<Path> path() {
        return setting -> {
            Optional<String> text = text().read(setting);
            return text.isEmpty() ? Optional.empty() : resolve(setting, text.get());
        };
    }

    /** One of some fixed words, or a path. */
    static Reader<String> pathOr(String... words) {
        return setting -> List.of(words).contains(setting.value())
                ? Optional.of(setting.value().toString())
                : path().map(Path::toString).read(setting);
    }

    /** The first word of a command: one with a slash is a path, any other is looked for in PATH. */
    static Reader<String> program() {
        return setting -> {
            Optional<String> text = text().read(setting);
            return text.isPresent() && text.get().indexOf('/') >= 0
                    ? resolve(setting, text.get()).map(Path::toString)
                    : text;
        };
    }

    private static Optional<Path> resolve(Setting setting, String text) {
        try {
            return Optional.of(setting.directory().resolve(text).normalize());
        } catch (InvalidPathException e) {
            // Outside UTF-8 locales Java cannot name every file.
            return setting.refuse("this locale has no such file names", "start gatepool with LC_ALL=C.UTF-8");
        }
    }

    static Reader<Boolean> bool() {
        return setting -> setting.value() instanceof Boolean yes
                ? Optional.of(yes)
                : wrongType(setting, "true or false is wanted", "write true or false, without quotes");
    }

    static Reader<Integer> count(int min, int max) {
        String remedy = "write a number from " + min + " to " + max;
        return setting -> {
            if (!(setting.value() instanceof Long number)) {
                return wrongType(setting, "a whole number is wanted", remedy + ", without quotes");
            }
            return number >= min && number <= max
                    ? Optional.of(number.intValue())
                    : setting.refuse(number + " is out of range", remedy);
        };
    }

    /** A duration between two others; {@code off} is {@link Durations#OFF}. */
    static Reader<Duration> duration(String min, String max, boolean off) {
        String range = "write \"" + min + "\" to \"" + max + "\"" + (off ? ", or \"off\"" : "");
        return setting -> {
            try {
                Duration value = Durations.parse(withUnit(setting), off);
                boolean inRange = value.compareTo(Durations.parse(min)) >= 0
                        && (Durations.isOff(value) || value.compareTo(Durations.parse(max)) <= 0);
                return inRange
                        ? Optional.of(value)
                        : setting.refuse(Shown.value(setting.value()) + " is out of range", range);
            } catch (ValueException e) {
                return setting.refuse(problem(setting, e), e.remedy());
            }
        };
    }

    /** A size between two others, in bytes; {@code off} is {@link Sizes#OFF}. */
    static Reader<Long> size(String min, String max, boolean off) {
        String range = "write \"" + min + "\" to \"" + max + "\"" + (off ? ", or \"off\"" : "");
        return setting -> {
            try {
                long value = Sizes.parse(withUnit(setting), off);
                boolean inRange = value >= Sizes.parse(min) && (value == Sizes.OFF || value <= Sizes.parse(max));
                return inRange
                        ? Optional.of(value)
                        : setting.refuse(Shown.value(setting.value()) + " is out of range", range);
            } catch (ValueException e) {
                return setting.refuse(problem(setting, e), e.remedy());
            }
        };
    }

    /** A bare number is the same mistake as one in quotes and gets the same advice. */
    private static String withUnit(Setting setting) {
        return setting.value() instanceof String text ? text : Shown.value(setting.value());
    }

    private static String problem(Setting setting, ValueException e) {
        return setting.value() instanceof String ? e.problem() : e.problem().replace("\"", "");
    }

    /** The form of the access log. */
    static Reader<LogFormat> logFormat() {
        return setting -> {
            Optional<String> text = argument().read(setting);
            try {
                return text.isEmpty() ? Optional.empty() : Optional.of(LogFormat.parse(text.get()));
            } catch (ValueException e) {
                return setting.refuse(e.problem(), e.remedy());
            }
        };
    }

    /** A file mode or mask: three octal digits, in a string because TOML's numbers cannot start with 0. */
    static Reader<Integer> mode() {
        return setting -> {
            String shown = Shown.value(setting.value());
            if (!(setting.value() instanceof String text)) {
                return setting.refuse(shown + " is not in quotes", "write it as octal digits in quotes: \"0660\"");
            }
            return text.matches("0?[0-7]{3}")
                    ? Optional.of(Integer.parseInt(text, 8))
                    : setting.refuse(shown + " is not a mode", "write three octal digits, such as \"0660\" or \"022\"");
        };
    }

    /**
     * One of a closed set of words.
     *
     * @param noun what they are, with its article
     * @param later words that are documented and do not work yet
     */
    static <T> Reader<T> oneOf(String noun, Map<String, T> words, List<String> later, String remedy) {
        return setting -> {
            Optional<String> word = text().read(setting);
            if (word.isEmpty() || words.containsKey(word.get())) {
                return word.map(words::get);
            }
            String problem = later.contains(word.get()) ? " is not there yet" : " is not " + noun;
            return setting.refuse(Shown.quoted(word.get()) + problem, remedy);
        };
    }

    /** An address, its path absolute; {@code byDefault} is spoken where it names no protocol. */
    static Reader<Address> address(Protocol byDefault) {
        return setting -> {
            Optional<String> text = text().read(setting);
            try {
                return text.isEmpty()
                        ? Optional.empty()
                        : Optional.of(Address.parse(text.get(), byDefault).resolvedAgainst(setting.directory()));
            } catch (AddressException e) {
                return setting.refuse(e.problem(), e.remedy());
            }
        };
    }

    /** An address of one protocol, its path absolute; or "off", which is none. */
    static Reader<Optional<Address>> addressOrOff(Protocol protocol) {
        return setting -> "off".equals(setting.value())
                ? Optional.of(Optional.empty())
                : address(protocol)
                        .check(
                                address -> address.protocol() == protocol,
                                "has another protocol than " + protocol.text(),
                                "leave out what stands before the first colon")
                        .map(Optional::of)
                        .read(setting);
    }

    static <T> Optional<T> wrongType(Setting setting, String wanted, String remedy) {
        return setting.refuse(wanted + ", not " + Shown.type(setting.value()), remedy);
    }

    private static String stringRemedy(Object value) {
        boolean scalar = value instanceof Long || value instanceof Double || value instanceof Boolean;
        return scalar ? "write it in quotes: \"" + value + "\"" : "write \"...\"";
    }
}
