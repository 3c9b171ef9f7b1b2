package io.gatepool.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A JSON object that the daemon has sent. What is missing, or of another type, reads as nothing. */
record Fields(Map<String, Object> values) {

    /** Empty when it is not there. */
    String text(String name) {
        return values.get(name) instanceof String text ? text : "";
    }

    /** 0 when it is not there. */
    long number(String name) {
        return values.get(name) instanceof Number number ? number.longValue() : 0;
    }

    /** 0 when it is not there. */
    double decimal(String name) {
        return values.get(name) instanceof Number number ? number.doubleValue() : 0;
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    boolean flag(String name) {
        return Boolean.TRUE.equals(values.get(name));
    }

    /** Empty when it is not there. */
    Fields object(String name) {
        return of(values.get(name));
    }

    /** A list of objects. */
    List<Fields> objects(String name) {
        return values.get(name) instanceof List<?> list
                ? list.stream().map(Fields::of).toList()
                : List.of();
    }

    /** A list of strings. */
    List<String> texts(String name) {
        return values.get(name) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }

    @SuppressWarnings("unchecked") // The keys of JSON objects are strings.
    private static Fields of(@Nullable Object value) {
        return new Fields(value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of());
    }
}
