package io.gatepool.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepool.cgi.Printable;
import io.gatepool.cgi.Secrets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * An environment with the origin of each variable, as people read it. Values of names that sound like secrets are
 * masked.
 */
final class EnvironTable {

    private static final int LONGEST_VALUE = 300;
    private static final int WIDEST_NAME = 24;
    private static final int WIDEST_VALUE = 28;

    /** What everybody looks for first. */
    private static final Set<String> SHORT = Set.of(
            "GATEWAY_INTERFACE",
            "PATH",
            "PATH_INFO",
            "QUERY_STRING",
            "REQUEST_METHOD",
            "SCRIPT_FILENAME",
            "SCRIPT_NAME");

    private final Map<String, String> values = new TreeMap<>();
    private final Map<String, String> origins;

    /** @param origins by name */
    EnvironTable(Map<String, String> values, Map<String, String> origins) {
        this.values.putAll(values);
        this.origins = origins;
    }

    /** Of an environment block: {@code NAME=value}, as bytes. */
    static EnvironTable of(List<byte[]> envp, Map<String, String> origins) {
        Map<String, String> values = new TreeMap<>();
        for (byte[] entry : envp) {
            String text = new String(entry, ISO_8859_1);
            int equals = text.indexOf('=');
            values.put(text.substring(0, equals), text.substring(equals + 1));
        }
        return new EnvironTable(values, origins);
    }

    /** One line for each variable. */
    List<String> all() {
        return lines(name -> true);
    }

    /** Those that matter most, and those that somebody has set for this request or this application. */
    List<String> most() {
        List<String> lines = new ArrayList<>(lines(this::matters));
        int others = values.size() - lines.size();
        if (others > 0) {
            lines.add("and " + others + " more; --verbose shows all");
        }
        return lines;
    }

    private boolean matters(String name) {
        String origin = origins.getOrDefault(name, "");
        boolean set = origin.startsWith("--") || origin.equals("env") || origin.equals("pass_env");
        boolean empty = values.getOrDefault(name, "").isEmpty();
        return set && !empty || SHORT.contains(name) && !empty;
    }

    private List<String> lines(Predicate<String> wanted) {
        int nameWidth = 1;
        int valueWidth = 1;
        for (Map.Entry<String, String> variable : values.entrySet()) {
            if (wanted.test(variable.getKey())) {
                nameWidth = Math.max(
                        nameWidth, Math.min(WIDEST_NAME, variable.getKey().length()));
                valueWidth = Math.max(
                        valueWidth,
                        Math.min(
                                WIDEST_VALUE,
                                shown(variable.getKey(), variable.getValue()).length()));
            }
        }
        String format = "%-" + nameWidth + "s  %-" + valueWidth + "s  %s";
        List<String> lines = new ArrayList<>();
        values.forEach((name, value) -> {
            if (wanted.test(name)) {
                lines.add(String.format(
                        format,
                        Printable.of(name, LONGEST_VALUE),
                        shown(name, value),
                        origins.getOrDefault(name, "request")));
            }
        });
        return lines;
    }

    private static String shown(String name, String value) {
        return Secrets.isSecret(name) && !value.isEmpty() ? Secrets.MASK : Printable.of(value, LONGEST_VALUE);
    }
}
