package io.gatepool.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The keys that a section may have. */
final class Schema {
    private final Map<String, Key<?>> keys = new LinkedHashMap<>();
    private final Set<String> later;

    /**
     * @param later names that are documented for later versions: they are refused like unknown ones, but nobody should
     *     look for a spelling mistake
     */
    Schema(List<Key<?>> keys, Set<String> later) {
        keys.forEach(key -> this.keys.put(key.name(), key));
        this.later = later;
    }

    /** The same without some keys. */
    Schema without(Set<Key<?>> keys) {
        List<Key<?>> rest = new ArrayList<>(this.keys.values());
        rest.removeAll(keys);
        return new Schema(rest, later);
    }

    /** The full names of all keys, such as {@code workers.max}. */
    Set<String> names() {
        return keys.keySet();
    }

    /** The same as they are. */
    List<Key<?>> keys() {
        return List.copyOf(keys.values());
    }

    boolean isLater(String name) {
        return later.contains(name);
    }

    /** Reads the section. Every key that is not in the schema is a problem. */
    Values read(Setting section) {
        Values values = new Values();
        section.members().forEach(member -> read(member, values));
        return values;
    }

    private void read(Setting setting, Values values) {
        String name = setting.name();
        Key<?> key = keys.get(name);
        if (key == null && isLater(name)) {
            setting.refuseKey(
                    setting.section() + " " + name + " is not there yet",
                    Optional.of("leave it out: a later version has it"));
        } else if (setting.isTable() && ForeignNames.isIn(setting)) {
            ForeignNames.refuse(setting, names());
        } else if (key != null) {
            values.read(key, setting);
        } else if (!isGroup(name)) {
            Suggestions.refuseUnknown(setting, names());
        } else if (setting.isTable()) {
            setting.members().forEach(member -> read(member, values));
        } else if (ForeignNames.find(name).isPresent()) {
            ForeignNames.refuse(setting, names());
        } else {
            setting.refuse("a table is wanted, not " + Shown.type(setting.value()), "its keys are " + membersOf(name));
        }
    }

    /** Whether some key has this name and a dot in front. */
    private boolean isGroup(String name) {
        return names().stream().anyMatch(known -> known.startsWith(name + "."));
    }

    private String membersOf(String group) {
        return String.join(
                ", ",
                names().stream().filter(known -> known.startsWith(group + ".")).toList());
    }
}
