package io.gatepool.config;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Turns a value of a configuration file into what the program needs. A value it does not want it refuses, by
 * {@link Setting#refuse}, and returns nothing.
 */
@FunctionalInterface
interface Reader<T> {
    Optional<T> read(Setting setting);

    /** The same, turned into something else. */
    default <U> Reader<U> map(Function<T, U> change) {
        return setting -> read(setting).map(change);
    }

    /**
     * The same, for values that pass a test.
     *
     * @param problem follows the value in the message: {@code "x" is not a name}
     */
    default Reader<T> check(Predicate<T> test, String problem, String remedy) {
        return setting -> {
            Optional<T> value = read(setting);
            if (value.isPresent() && !test.test(value.get())) {
                return setting.refuse(Shown.value(setting.value()) + " " + problem, remedy);
            }
            return value;
        };
    }
}
