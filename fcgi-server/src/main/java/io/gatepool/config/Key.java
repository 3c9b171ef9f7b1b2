package io.gatepool.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * A key of the configuration: its name, how its value is read, and the value it has where it is not written. Compared
 * by identity.
 */
final class Key<T> {
    private final String name;
    private final Reader<T> reader;
    private final Optional<T> byDefault;
    private final Map<Kind, T> byKind;
    private final List<Kind> only;
    private final BinaryOperator<T> merge;

    private Key(
            String name,
            Reader<T> reader,
            Optional<T> byDefault,
            Map<Kind, T> byKind,
            List<Kind> only,
            BinaryOperator<T> merge) {
        this.name = name;
        this.reader = reader;
        this.byDefault = byDefault;
        this.byKind = byKind;
        this.only = only;
        this.merge = merge;
    }

    static <T> Key<T> of(String name, Reader<T> reader, T byDefault) {
        return new Key<>(name, reader, Optional.of(byDefault), Map.of(), List.of(), (defaults, own) -> own);
    }

    /** A key without a default: whoever asks for its value says what no value means. */
    static <T> Key<T> of(String name, Reader<T> reader) {
        return new Key<>(name, reader, Optional.empty(), Map.of(), List.of(), (defaults, own) -> own);
    }

    /** The same for apps of these kinds. */
    Key<T> onlyFor(Kind... kinds) {
        return new Key<>(name, reader, byDefault, byKind, List.of(kinds), merge);
    }

    /** The same, with another default for apps of one kind. */
    Key<T> byDefaultFor(Kind kind, T value) {
        return new Key<>(name, reader, byDefault, Map.of(kind, value), only, merge);
    }

    /** The same, with a value of an app that does not simply replace the one in {@code [defaults]}. */
    Key<T> merging(BinaryOperator<T> defaultsAndOwn) {
        return new Key<>(name, reader, byDefault, byKind, only, defaultsAndOwn);
    }

    /** From its section, such as {@code workers.max}. */
    String name() {
        return name;
    }

    Reader<T> reader() {
        return reader;
    }

    Optional<T> byDefault() {
        return byDefault;
    }

    /** What holds for an app of this kind where nothing is written. */
    Optional<T> byDefault(Kind kind) {
        return Optional.ofNullable(byKind.get(kind)).or(() -> byDefault);
    }

    /** The kinds of apps that it is for; empty for all. */
    List<Kind> only() {
        return only;
    }

    T merge(T defaults, T own) {
        return merge.apply(defaults, own);
    }

    @Override
    public String toString() {
        return name;
    }
}
