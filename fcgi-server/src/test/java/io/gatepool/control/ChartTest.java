package io.gatepool.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.exchange.Traffic;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChartTest {

    @Test
    void theNewestBarIsAtTheRightEdgeAndTheHighestFillsTheHeight() {
        String chart = Chart.requests(List.of(new Traffic.Slice(100, 0, 0), new Traffic.Slice(50, 25, 0)))
                .toString();
        assertThat(chart)
                .contains("<path class=\"all\" d=\"M232 44v-44h3v44zM236 44v-22h3v22z\"/>")
                .contains("<path class=\"bad\" d=\"M236 44v-11h3v11z\"/>")
                .contains("peak 10.0, 25 errors");
    }

    @Test
    void oneAmongManyIsStillSeen() {
        assertThat(Chart.queue(List.of(new Traffic.Slice(0, 0, 1000), new Traffic.Slice(0, 0, 1)))
                        .toString())
                .contains("M236 44v-1h3v1z", "peak 1000");
    }

    @Test
    void tenMinutesFillTheWidth() {
        String chart =
                Chart.queue(Collections.nCopies(60, new Traffic.Slice(0, 0, 1))).toString();
        assertThat(chart).contains("d=\"M0 44v-44", "M236 44v-44");
    }

    @Test
    void nothingIsAnEmptyChart() {
        assertThat(Chart.requests(List.of()).toString()).contains("d=\"\"", "peak 0.0");
    }
}
