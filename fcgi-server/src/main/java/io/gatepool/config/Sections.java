package io.gatepool.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which key belongs where, to send home those that stand in the wrong section. */
final class Sections {
    static final String SERVER = "[server]";
    static final String HTTP = "[http]";
    static final String DEFAULTS = "[defaults]";

    /** The names that the top level of a file may have. */
    static final List<String> TOP = List.of("include", "server", "http", "defaults", "app");

    private Sections() {}

    /** The title of the section of an app. */
    static String app(String name) {
        return "[app." + Shown.shortened(name) + "]";
    }

    /** The section with a key of this name. */
    static Optional<String> of(String name) {
        Map<String, Set<String>> sections = new LinkedHashMap<>();
        sections.put(SERVER, ServerKeys.SCHEMA.names());
        sections.put(HTTP, HttpKeys.SCHEMA.names());
        sections.put(app("NAME"), AppKeys.SCHEMA.names());
        return sections.entrySet().stream()
                .filter(section -> section.getValue().contains(name))
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
