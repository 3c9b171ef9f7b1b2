package io.gatepool.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The values of some keys, and where they were written. Not for sharing between threads. */
final class Values {
    private final Map<Key<?>, Object> values = new LinkedHashMap<>();
    private final Map<Key<?>, Setting> places = new LinkedHashMap<>();

    <T> void put(Key<T> key, T value) {
        values.put(key, value);
    }

    /** Reads one; a refused value leaves its place behind, so that nobody complains that the key is missing. */
    <T> void read(Key<T> key, Setting setting) {
        places.put(key, setting);
        key.reader().read(setting).ifPresent(value -> put(key, value));
    }

    /** The value that was given. */
    @SuppressWarnings("unchecked") // put() is the only way in
    <T> Optional<T> find(Key<T> key) {
        return Optional.ofNullable((T) values.get(key));
    }

    /** The value that was given, or the default, which the key must have. */
    <T> T get(Key<T> key) {
        return find(key).or(() -> byDefault(key)).orElseThrow(() -> new IllegalStateException("no value for " + key));
    }

    /** The default of the key; it may depend on the kind of app that these are the values of. */
    <T> Optional<T> byDefault(Key<T> key) {
        Optional<Kind> kind = find(AppKeys.KIND);
        return kind.isPresent() ? key.byDefault(kind.get()) : key.byDefault();
    }

    /** Whether there is a value, or one was refused. */
    boolean has(Key<?> key) {
        return values.containsKey(key) || places.containsKey(key);
    }

    /** Whether a value was written that was refused. */
    boolean isBroken(Key<?> key) {
        return places.containsKey(key) && !values.containsKey(key);
    }

    /** Where the value was written. */
    Optional<Setting> place(Key<?> key) {
        return Optional.ofNullable(places.get(key));
    }

    /** The keys that were written. */
    Map<Key<?>, Setting> places() {
        return places;
    }

    /** These values, and the given ones where these have none. Only these keep their places. */
    Values over(Values defaults) {
        Values all = new Values();
        all.values.putAll(defaults.values);
        all.places.putAll(places);
        values.keySet().forEach(key -> mergeInto(all, key));
        return all;
    }

    private <T> void mergeInto(Values all, Key<T> key) {
        find(key)
                .ifPresent(own ->
                        all.put(key, all.find(key).map(d -> key.merge(d, own)).orElse(own)));
    }
}
