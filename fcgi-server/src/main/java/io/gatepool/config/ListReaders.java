package io.gatepool.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.tomlj.TomlArray;

/** The readers of lists and tables. They go through to the end, so that every wrong element is reported. */
final class ListReaders {
    private ListReaders() {}

    static <T> Reader<List<T>> listOf(Reader<T> reader) {
        return setting -> setting.value() instanceof TomlArray
                ? elements(setting, reader, reader)
                : Readers.wrongType(setting, "a list is wanted", "write [\"...\"]");
    }

    /** A list, or the one element of it. */
    static <T> Reader<List<T>> oneOrMore(Reader<T> reader) {
        Reader<List<T>> list = notEmpty(listOf(reader));
        return setting ->
                setting.value() instanceof String ? reader.map(List::of).read(setting) : list.read(setting);
    }

    static <T> Reader<List<T>> notEmpty(Reader<List<T>> reader) {
        return reader.check(list -> !list.isEmpty(), "is empty", "write something in it, or leave the key out");
    }

    /** A program and its arguments. */
    static Reader<List<String>> command() {
        return setting -> {
            if (setting.value() instanceof String) {
                return setting.refuse(
                        "a list is wanted, not a string", "no shell reads it: write [\"program\", \"argument\", ...]");
            }
            return notEmpty(s -> s.value() instanceof TomlArray
                            ? elements(s, Readers.program(), Readers.argument())
                            : Readers.wrongType(s, "a list is wanted", "write [\"program\", \"argument\", ...]"))
                    .read(setting);
        };
    }

    /** A table of any keys that pass a test. */
    static <T> Reader<Map<String, T>> tableOf(
            Reader<T> reader, Predicate<String> keyTest, String keyProblem, String keyRemedy) {
        return setting -> {
            if (!setting.isTable()) {
                return Readers.wrongType(setting, "a table is wanted", "write { NAME = ... }");
            }
            Map<String, T> table = new LinkedHashMap<>();
            boolean whole = true;
            for (Setting member : setting.members()) {
                if (!keyTest.test(member.key())) {
                    member.refuseKey(
                            setting.name() + ": '" + Shown.shortened(member.key()) + "' " + keyProblem,
                            Optional.of(keyRemedy));
                    whole = false;
                    continue;
                }
                Optional<T> value = reader.read(member);
                value.ifPresent(v -> table.put(member.key(), v));
                whole &= value.isPresent();
            }
            return whole ? Optional.of(table) : Optional.empty();
        };
    }

    private static <T> Optional<List<T>> elements(Setting setting, Reader<T> first, Reader<T> others) {
        List<T> list = new ArrayList<>();
        boolean whole = true;
        List<Setting> elements = setting.elements();
        for (int i = 0; i < elements.size(); i++) {
            Optional<T> value = (i == 0 ? first : others).read(elements.get(i));
            value.ifPresent(list::add);
            whole &= value.isPresent();
        }
        return whole ? Optional.of(List.copyOf(list)) : Optional.empty();
    }
}
