package io.gatepool.compare;

import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** A comparison as one HTML file that needs nothing else: a table, bars and the curve of the latencies as SVG. */
public final class HtmlReport {

    private static final int WIDTH = 640;
    private static final int BAR_LEFT = 100;
    private static final int BAR_ROOM = 430;
    private static final int BAR_STEP = 30;
    private static final int CURVE_HEIGHT = 260;
    private static final int CURVE_LEFT = 70;
    private static final int CURVE_BOTTOM = 220;
    private static final int CURVE_TOP = 15;
    private static final int CURVE_RIGHT = 520;
    private static final double[] MARKS = {50, 90, 99, 99.9, 99.99};
    private static final String[] COLOURS = {"#b5541b", "#1b6db5"};
    /** So that the two lines can be told apart without their colours. */
    private static final String[] DASHES = {"none", "7 4"};

    private static final String STYLE = """
            body { font: 16px/1.5 sans-serif; max-width: 42em; margin: 2em auto; padding: 0 1em;
                   color: #222; background: #fff }
            h1 { font-size: 1.4em } h2 { font-size: 1.05em; margin: 1.6em 0 .3em }
            table { border-collapse: collapse } th, td { padding: .15em .8em; text-align: right }
            th:first-child, td:first-child { text-align: left; padding-left: 0; white-space: pre }
            tr.section td { padding-top: .7em; font-weight: bold }
            .warning { border-left: 4px solid #b5541b; padding-left: .8em }
            svg { max-width: 100%; height: auto } svg text { font: 13px sans-serif; fill: #222 }
            """;

    private final StringBuilder page = new StringBuilder();
    private final Comparison comparison;

    private HtmlReport(Comparison comparison) {
        this.comparison = comparison;
    }

    /** @param machine one line about where this was measured */
    public static String of(Comparison comparison, String machine) {
        return new HtmlReport(comparison).page(machine);
    }

    private String page(String machine) {
        String title = "gatepool compare: " + comparison.request();
        page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width\">\n<title>")
                .append(escaped(title))
                .append("</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n<h1>")
                .append(escaped(title))
                .append("</h1>\n");
        paragraph("", comparison.answer());
        page.append("<table>\n");
        for (Way way : comparison.ways()) {
            page.append("<tr><td>")
                    .append(escaped(way.name()))
                    .append("<td style=\"text-align: left\">")
                    .append(escaped(way.how()))
                    .append('\n');
        }
        page.append("</table>\n");
        Words.of(comparison).forEach(words -> paragraph("", words));
        Doubts.of(comparison).forEach(doubt -> paragraph("warning", "Warning: " + doubt));
        for (Charts.Chart chart : Charts.of(comparison)) {
            bars(chart);
        }
        if (!comparison.first().steady().isEmpty()) {
            curve();
        }
        table();
        paragraph(
                "",
                comparison.rounds() + " rounds of " + Numbers.count(comparison.seconds()) + " s each, in turns, "
                        + comparison.connections() + " connections; HTTP/1.1 to gatepool on kept connections. Latencies"
                        + " count from when a request was due. " + machine);
        return page.toString();
    }

    private void paragraph(String style, String words) {
        page.append(style.isEmpty() ? "<p>" : "<p class=\"" + style + "\">")
                .append(escaped(words))
                .append('\n');
    }

    private void table() {
        page.append("<h2>All figures</h2>\n<table>\n<tr><th>");
        comparison.ways().forEach(way -> page.append("<th>").append(escaped(way.name())));
        page.append("<th>").append(comparison.persistent() ? "better by" : "").append('\n');
        for (Rows.Row row : Rows.of(comparison)) {
            page.append(row.cells().isEmpty() ? "<tr class=\"section\"><td colspan=\"4\">" : "<tr><td>")
                    .append(escaped(row.label()));
            row.cells().forEach(cell -> page.append("<td>").append(escaped(cell)));
            page.append(row.cells().isEmpty() ? "" : "<td>" + escaped(row.better()))
                    .append('\n');
        }
        page.append("</table>\n");
    }

    private void bars(Charts.Chart chart) {
        List<Bars.Bar> bars = chart.bars();
        double most = bars.stream().mapToDouble(Bars.Bar::value).max().orElse(0);
        page.append("<h2>").append(escaped(chart.title())).append("</h2>\n");
        open(BAR_STEP * bars.size(), chart.title());
        for (int i = 0; i < bars.size(); i++) {
            Bars.Bar bar = bars.get(i);
            double length = most > 0 ? Math.max(1, bar.value() / most * BAR_ROOM) : 0;
            int y = i * BAR_STEP;
            add(String.format(Locale.ROOT, "<text x=\"0\" y=\"%d\">%s</text>", y + 19, escaped(bar.name())));
            add(String.format(
                    Locale.ROOT,
                    "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"20\" fill=\"%s\"/>",
                    BAR_LEFT,
                    y + 4,
                    length,
                    COLOURS[i]));
            add(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\">%s</text>",
                    BAR_LEFT + length + 6,
                    y + 19,
                    escaped(bar.text())));
        }
        page.append("</svg>\n");
    }

    /** Percentiles to the right, each nine as wide as the one before it; latencies upwards, a decade a step. */
    private void curve() {
        Histogram[] histograms = comparison.ways().stream()
                .map(way -> Way.latencies(way.steady()))
                .toArray(Histogram[]::new);
        double least = Double.MAX_VALUE;
        double most = 0;
        for (Histogram histogram : histograms) {
            if (histogram.getTotalCount() > 0) {
                least = Math.min(least, Math.max(1, (double) histogram.getValueAtPercentile(1)));
                most = Math.max(most, (double) histogram.getMaxValue());
            }
        }
        if (most == 0) {
            return;
        }
        double bottom = Math.floor(Math.log10(least));
        double top = Math.max(bottom + 1, Math.ceil(Math.log10(most)));
        String title = "latency by percentile, " + comparison.atRate();
        page.append("<h2>").append(escaped(title)).append("</h2>\n");
        open(CURVE_HEIGHT, title);
        for (double decade = bottom; decade <= top; decade++) {
            double y = y(decade, bottom, top);
            add(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>",
                    CURVE_LEFT,
                    CURVE_RIGHT,
                    y,
                    y));
            add(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
                    CURVE_LEFT - 8,
                    y + 4,
                    Numbers.millis(Math.pow(10, decade))));
        }
        for (double mark : MARKS) {
            double x = x(mark);
            add(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#ddd\"/>",
                    x,
                    x,
                    CURVE_TOP,
                    CURVE_BOTTOM));
            add(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">p%s</text>",
                    x,
                    CURVE_BOTTOM + 20,
                    String.valueOf(mark).replaceFirst("\\.0$", "")));
        }
        for (int i = 0; i < histograms.length; i++) {
            line(histograms[i], i, bottom, top);
        }
        page.append("</svg>\n");
    }

    private void line(Histogram histogram, int index, double bottom, double top) {
        if (histogram.getTotalCount() == 0) {
            return;
        }
        StringBuilder points = new StringBuilder();
        // Beyond this there is no request of its own for a point.
        double last = 100 - 100.0 / (histogram.getTotalCount() + 1);
        double lastX = 0;
        double lastY = 0;
        for (double x = CURVE_LEFT; x <= CURVE_RIGHT; x += 3) {
            double percentile = percentile(x);
            lastX = x;
            lastY = y(Math.log10(Math.max(1, Rows.at(histogram, Math.min(percentile, last)))), bottom, top);
            points.append(String.format(Locale.ROOT, "%.0f,%.1f ", lastX, lastY));
            if (percentile > last) {
                break;
            }
        }
        add(String.format(
                Locale.ROOT,
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\"/>",
                points.toString().strip(),
                COLOURS[index],
                DASHES[index]));
        add(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\">%s</text>",
                lastX + 6,
                lastY + 4,
                escaped(comparison.ways().get(index).name())));
    }

    private static double x(double percentile) {
        double nines = -Math.log10(1 - percentile / 100);
        return CURVE_LEFT + nines / 4.3 * (CURVE_RIGHT - CURVE_LEFT);
    }

    private static double percentile(double x) {
        double nines = (x - CURVE_LEFT) / (CURVE_RIGHT - CURVE_LEFT) * 4.3;
        return 100 * (1 - Math.pow(10, -nines));
    }

    private static double y(double decade, double bottom, double top) {
        double share = Math.max(0, Math.min(1, (decade - bottom) / (top - bottom)));
        return CURVE_BOTTOM - share * (CURVE_BOTTOM - CURVE_TOP);
    }

    private void open(int height, String label) {
        add(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%s\">",
                WIDTH,
                height,
                WIDTH,
                height,
                escaped(label)));
    }

    private void add(String line) {
        page.append(line).append('\n');
    }

    /** As it may stand in text and in the value of an attribute. */
    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
