package io.gatepool.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Variables as {@code -e} names them. */
final class Variables {

    private Variables() {}

    /**
     * A name alone, as with docker: the variable as it is here.
     *
     * @throws IllegalArgumentException naming the word that is none, and what to write
     */
    static Map<String, String> of(List<String> words) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            String value = equals < 0 ? System.getenv(name) : word.substring(equals + 1);
            if (name.isEmpty() || value == null) {
                throw new IllegalArgumentException("-e " + word + ": "
                        + (name.isEmpty() ? "it has no name" : name + " is not set here") + "; write NAME=VALUE");
            }
            variables.put(name, value);
        }
        return variables;
    }
}
