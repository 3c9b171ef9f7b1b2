package io.gatepool.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tomlj.TomlArray;
import org.tomlj.TomlElement;
import org.tomlj.TomlEntry;
import org.tomlj.TomlKeyValue;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/**
 * A value in a configuration file together with its place and its name, so that whoever finds fault with it can say so.
 *
 * @param section the table it belongs to as messages name it, such as {@code [app.blog]}
 * @param name from there, such as {@code workers.max}; empty for the section itself
 * @param path from the root of the file
 * @param keyAt where its key is written; of an element of a list, where the element is
 * @param valueAt where its value is written; for a table, where its header is
 */
record Setting(
        Source source,
        Problems problems,
        String section,
        String name,
        List<String> path,
        TomlPosition keyAt,
        TomlPosition valueAt,
        Object value) {
    private static final Pattern BARE = Pattern.compile("[A-Za-z0-9_-]+");

    /** A whole file. */
    static Setting root(Source source, Problems problems, TomlTable table) {
        TomlPosition start = TomlPosition.positionAt(1, 1);
        return new Setting(source, problems, "the top level", "", List.of(), start, start, table);
    }

    /** The same as the start of a section. */
    Setting asSection(String title) {
        return new Setting(source, problems, title, "", path, keyAt, valueAt, value);
    }

    boolean isTable() {
        return value instanceof TomlTable;
    }

    /** The last part of the name. */
    String key() {
        return path.get(path.size() - 1);
    }

    /** What a table holds, in order of the file; nothing for any other value. */
    List<Setting> members() {
        List<Setting> members = new ArrayList<>();
        if (value instanceof TomlTable table) {
            for (TomlElement element : table.elements()) {
                if (element instanceof TomlKeyValue entry) {
                    List<String> memberPath = new ArrayList<>(path);
                    memberPath.add(entry.key());
                    String memberName = name.isEmpty() ? shown(entry.key()) : name + "." + shown(entry.key());
                    members.add(member(memberName, List.copyOf(memberPath), entry));
                }
            }
        }
        return members;
    }

    /** As TOML writes it, so that a quoted key with a dot is not taken for two keys. */
    private static String shown(String key) {
        return BARE.matcher(key).matches() ? key : '"' + key + '"';
    }

    /** What a list holds; nothing for any other value. */
    List<Setting> elements() {
        List<Setting> elements = new ArrayList<>();
        if (value instanceof TomlArray array) {
            for (TomlElement element : array.elements()) {
                if (element instanceof TomlEntry entry) {
                    elements.add(member(name, path, entry));
                }
            }
        }
        return elements;
    }

    private Setting member(String memberName, List<String> memberPath, TomlEntry entry) {
        // A table that only a longer header or key implies has no place of its own.
        TomlPosition at = entry.value().position() == null
                ? entry.position()
                : entry.value().position();
        return new Setting(
                source,
                problems,
                section,
                memberName,
                memberPath,
                entry.position(),
                at,
                entry.value().get());
    }

    /** A relative path starts at the directory of the file. */
    Path directory() {
        return source.directory();
    }

    /** Where the key is, as file:line:column. */
    String place() {
        return source.place(keySpan());
    }

    /** Finds fault with the value: {@code name: problem}. */
    <T> Optional<T> refuse(String problem, String remedy) {
        Span span = keyAt.equals(valueAt) && isTable() ? keySpan() : source.value(valueAt);
        problems.add(source.problem(span, name + ": " + problem, Optional.of(remedy)));
        return Optional.empty();
    }

    /** Finds fault with the key, or with the section. */
    void refuseKey(String problem, Optional<String> remedy) {
        problems.add(source.problem(keySpan(), problem, remedy));
    }

    private Span keySpan() {
        return source.key(keyAt, path);
    }
}
