package io.gatepool.control;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A reader of the OpenMetrics text format (specification 1.0) that takes nothing else: every family is declared once
 * and holds together, names and labels are well-formed, no series is there twice, buckets go up to +Inf, EOF is the
 * end.
 */
public final class OpenMetrics {

    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";

    private static final Map<String, List<String>> SUFFIXES = Map.of(
            "counter", List.of("_total", "_created"),
            "gauge", List.of(""),
            "info", List.of("_info"),
            "histogram", List.of("_bucket", "_sum", "_count"));

    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<String, List<String>> labels = new TreeMap<>();
    private final Map<String, Double> samples = new LinkedHashMap<>();
    private String family = "";
    private String bucketsOf = "";
    private double lastBucket;

    private OpenMetrics() {}

    /** Reads a whole exposition; fails at the first thing that is wrong. */
    public static OpenMetrics parse(String text) {
        OpenMetrics metrics = new OpenMetrics();
        if (!text.endsWith("\n# EOF\n")) {
            throw new AssertionError("no EOF at the end");
        }
        List<String> lines = text.lines().toList();
        lines.subList(0, lines.size() - 1).forEach(metrics::line);
        return metrics;
    }

    /** The type of each family, by name. */
    public Map<String, String> types() {
        return types;
    }

    /** The names of the labels of a family, those of buckets left out. */
    public List<String> labels(String name) {
        return labels.getOrDefault(name, List.of());
    }

    /** The value of a series as it is written: {@code gatepool_workers{app="blog",state="idle"}}. */
    public double value(String series) {
        Double value = samples.get(series);
        if (value == null) {
            throw new AssertionError("no series " + series + " among " + samples.keySet());
        }
        return value;
    }

    private void line(String line) {
        if (line.startsWith("# TYPE ")) {
            String[] words = line.split(" ", -1);
            family = words[2];
            check(words.length == 4 && family.matches(NAME) && SUFFIXES.containsKey(words[3]), line);
            check(types.put(family, words[3]) == null, "declared twice: " + line);
        } else if (line.startsWith("# HELP ") || line.startsWith("# UNIT ")) {
            check(line.split(" ", -1)[2].equals(family), "stands elsewhere: " + line);
        } else {
            sample(line);
        }
    }

    private void sample(String line) {
        int end = 0;
        while (end < line.length() && Character.toString(line.charAt(end)).matches("[a-zA-Z0-9_:]")) {
            end++;
        }
        String name = line.substring(0, end);
        String type = types.getOrDefault(family, "");
        check(
                SUFFIXES.getOrDefault(type, List.of()).stream().anyMatch(suffix -> name.equals(family + suffix)),
                "not of family " + family + ": " + line);
        Map<String, String> found = new LinkedHashMap<>();
        if (line.charAt(end) == '{') {
            end = labels(line, end + 1, found);
        }
        check(line.charAt(end) == ' ', "no blank before the value: " + line);
        double value = number(line.substring(end + 1));
        check(samples.put(line.substring(0, end), value) == null, "there twice: " + line);
        String bound = found.remove("le");
        labels.put(family, new ArrayList<>(found.keySet()));
        if (name.endsWith("_bucket") && type.equals("histogram")) {
            bucket(found.toString(), String.valueOf(bound), value);
        } else if (name.endsWith("_count") && type.equals("histogram")) {
            check(lastBucket == value, "+Inf and count differ: " + line);
        }
    }

    private void bucket(String series, String bound, double value) {
        if (!bucketsOf.equals(family + series)) {
            check(bucketsOf.isEmpty(), "the buckets before ended without +Inf: " + family + series);
            lastBucket = 0;
        }
        check(value >= lastBucket, "buckets go down at " + bound);
        lastBucket = value;
        bucketsOf = bound.equals("+Inf") ? "" : family + series;
    }

    /** Returns the place behind the closing brace. */
    private static int labels(String line, int from, Map<String, String> found) {
        int at = from;
        while (true) {
            int equals = line.indexOf("=\"", at);
            String label = line.substring(at, equals);
            check(label.matches("[a-zA-Z_][a-zA-Z0-9_]*"), "label " + label + ": " + line);
            StringBuilder value = new StringBuilder();
            at = equals + 2;
            while (line.charAt(at) != '"') {
                if (line.charAt(at) == '\\') {
                    at++;
                    check("\\\"n".indexOf(line.charAt(at)) >= 0, "escape: " + line);
                    value.append(line.charAt(at) == 'n' ? '\n' : line.charAt(at));
                } else {
                    value.append(line.charAt(at));
                }
                at++;
            }
            check(found.put(label, value.toString()) == null, "label twice: " + line);
            at++;
            if (line.charAt(at) == '}') {
                return at + 1;
            }
            check(line.charAt(at) == ',', "labels: " + line);
            at++;
        }
    }

    private static double number(String text) {
        check(text.matches("[+-]?(Inf|NaN|[0-9.]+([eE][+-]?[0-9]+)?)"), "no number: " + text);
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    private static void check(boolean right, String what) {
        if (!right) {
            throw new AssertionError(what);
        }
    }
}
