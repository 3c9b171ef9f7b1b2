package io.gatepool.control;

import io.gatepool.exchange.Traffic;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The last ten minutes as bars, one for each slice of {@link Traffic}: an inline SVG, so that it is there without
 * JavaScript. The newest bar is at the right edge, not over yet.
 */
final class Chart {

    private static final int SLOTS = 60;
    private static final int SLOT = 4;
    private static final int BAR = 3;
    private static final int HEIGHT = 44;

    private Chart() {}

    /** Requests a second, those with a status from 500 in front. */
    static Html requests(List<Traffic.Slice> history) {
        double seconds = Traffic.SLICE_SECONDS;
        double peak = peak(history, Traffic.Slice::requests);
        Html bars = bars("all", history, Traffic.Slice::requests, peak);
        bars.add("{}", bars("bad", history, Traffic.Slice::errors, peak));
        long errors = history.stream().mapToLong(Traffic.Slice::errors).sum();
        String failed = errors == 0 ? "" : ", " + errors + (errors == 1 ? " error" : " errors");
        return figure("Requests a second", "peak " + Figures.number(peak / seconds) + failed, bars);
    }

    /** Requests that waited at the same time. */
    static Html queue(List<Traffic.Slice> history) {
        double peak = peak(history, Traffic.Slice::longestQueue);
        return figure(
                "Waiting in the queue",
                "peak " + (long) peak,
                bars("waiting", history, Traffic.Slice::longestQueue, peak));
    }

    private static Html figure(String title, String peak, Html bars) {
        return Html.of("""
                <figure><figcaption>{} <span>{}</span></figcaption>
                <svg viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}, {}, over ten minutes">\
                <path class="floor" d="M0 {}H{}"/>{}</svg>
                <p class="axis"><span>10 min ago</span><span>now</span></p></figure>
                """, title, peak, SLOTS * SLOT, HEIGHT + 1, title, peak, HEIGHT + 0.5, SLOTS * SLOT, bars);
    }

    private static double peak(List<Traffic.Slice> history, ToDoubleFunction<Traffic.Slice> value) {
        return history.stream().mapToDouble(value).max().orElse(0);
    }

    private static Html bars(
            String kind, List<Traffic.Slice> history, ToDoubleFunction<Traffic.Slice> value, double peak) {
        StringBuilder path = new StringBuilder();
        int slot = SLOTS - history.size();
        for (Traffic.Slice slice : history) {
            double amount = value.applyAsDouble(slice);
            if (amount > 0) {
                long height = Math.max(1, Math.round(HEIGHT * amount / peak));
                path.append('M').append(slot * SLOT).append(' ').append(HEIGHT);
                path.append('v')
                        .append(-height)
                        .append('h')
                        .append(BAR)
                        .append('v')
                        .append(height)
                        .append('z');
            }
            slot++;
        }
        return Html.of("<path class=\"{}\" d=\"{}\"/>", kind, path);
    }
}
