package io.gatepool.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** A comparison for programs: every run, nothing averaged but the latencies of all rounds. Milliseconds and bytes. */
public final class JsonReport {

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double[] PERCENTILES = {50, 90, 99, 99.9, 100};

    private JsonReport() {}

    public static Map<String, Object> of(Comparison comparison) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("format", "gatepool-compare 1");
        report.put("request", comparison.request());
        report.put("answer", comparison.answer());
        report.put("connections", comparison.connections());
        report.put("rounds", comparison.rounds());
        report.put("seconds", comparison.seconds());
        report.put("rate", comparison.rate());
        report.put("persistent", comparison.persistent());
        report.put("warnings", Doubts.of(comparison));
        List<Object> ways = new ArrayList<>();
        comparison.ways().forEach(way -> ways.add(way(way)));
        report.put("ways", ways);
        report.put("words", Words.of(comparison));
        return report;
    }

    private static Map<String, Object> way(Way way) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", way.name());
        fields.put("how", way.how());
        fields.put("births", way.births());
        Map<String, Object> memory = new LinkedHashMap<>();
        memory.put("gatepool", way.memory().server());
        memory.put("processes", way.memory().processes());
        memory.put("count", way.memory().count());
        fields.put("pss", memory);
        fields.put("alone", runs(way.alone()));
        fields.put("full", runs(way.full()));
        fields.put("steady", runs(way.steady()));
        fields.put("latency", percentiles(Way.latencies(way.steady())));
        return fields;
    }

    private static List<Object> runs(List<Window> windows) {
        List<Object> runs = new ArrayList<>();
        for (Window window : windows) {
            Map<String, Object> run = new LinkedHashMap<>();
            Load load = window.load();
            run.put("seconds", load.nanos() / 1e9);
            run.put("requests", load.answers());
            run.put("rate", load.rate());
            run.putAll(percentiles(load.latencies()));
            run.put("cpu_gatepool", window.server() / NANOS_PER_MILLI);
            run.put("cpu_processes", window.processes() / NANOS_PER_MILLI);
            run.put("other_statuses", load.otherStatuses());
            run.put("broken", load.broken());
            run.put("unanswered", load.unanswered());
            run.put("elsewhere", window.cost().elsewhere());
            run.put("steal", window.cost().steal());
            runs.add(run);
        }
        return runs;
    }

    private static Map<String, Object> percentiles(Histogram histogram) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (double percentile : PERCENTILES) {
            String name =
                    percentile == 100 ? "max" : "p" + String.valueOf(percentile).replaceFirst("\\.0$", "");
            values.put(name, Rows.at(histogram, percentile) / NANOS_PER_MILLI);
        }
        return values;
    }
}
