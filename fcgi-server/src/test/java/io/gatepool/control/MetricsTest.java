package io.gatepool.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepool.exchange.WorkerEvents;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsTest {

    private static final ProcUsage.Sample USAGE =
            new ProcUsage.Sample(Map.of(), Map.of("blog", new ProcUsage.Total(50_331_648, 12.5, 3)));

    private static String text(Snapshot snapshot) {
        return new String(MetricsFormat.OPENMETRICS.text(Metrics.of(snapshot, USAGE)), StandardCharsets.UTF_8);
    }

    private static OpenMetrics metrics() {
        return OpenMetrics.parse(text(Snapshots.of(
                Snapshots.app("blog", "ok", "", Snapshots.busy(4182, "GET /")),
                Snapshots.app("shop", "failing", "no module"))));
    }

    @Test
    void thePageNamesEveryFamilyWithItsTypeAndLabels() throws Exception {
        Matcher row = Pattern.compile("(?m)^\\| `((?:gatepool|process)_\\w+)` \\| (\\w+) \\| ([a-z_, ]*) ?\\|")
                .matcher(Files.readString(Path.of("../docs/admin.md")));
        Map<String, String> documented = new LinkedHashMap<>();
        OpenMetrics metrics = metrics();
        while (row.find()) {
            documented.put(row.group(1), row.group(2));
            assertThat(metrics.labels(row.group(1)))
                    .as(row.group(1))
                    .containsExactlyInAnyOrderElementsOf(
                            row.group(3).isBlank()
                                    ? List.of()
                                    : List.of(row.group(3).strip().split(", ")));
        }
        assertThat(metrics.types()).containsExactlyInAnyOrderEntriesOf(documented);
    }

    @Test
    void thePageNamesEveryReasonOfARestart() throws Exception {
        String page = Files.readString(Path.of("../docs/admin.md"));
        for (WorkerEvents.Reason reason : WorkerEvents.Reason.values()) {
            assertThat(page).contains('`' + reason.text() + '`');
        }
    }

    @Test
    void valuesAreThoseOfTheSnapshot() {
        OpenMetrics metrics = metrics();
        assertThat(metrics.value("gatepool_queue_requests{app=\"blog\"}")).isEqualTo(2);
        assertThat(metrics.value("gatepool_queue_oldest_seconds{app=\"blog\"}")).isEqualTo(1.5);
        assertThat(metrics.value("gatepool_workers{app=\"blog\",state=\"busy\"}"))
                .isEqualTo(1);
        assertThat(metrics.value("gatepool_workers{app=\"blog\",state=\"idle\"}"))
                .isZero();
        assertThat(metrics.value("gatepool_workers_limit{app=\"blog\"}")).isEqualTo(8);
        assertThat(metrics.value("gatepool_app_state{app=\"shop\",state=\"failing\"}"))
                .isEqualTo(1);
        assertThat(metrics.value("gatepool_worker_restarts_total{app=\"blog\",reason=\"crash\"}"))
                .isEqualTo(1);
        assertThat(metrics.value("gatepool_app_cpu_seconds_total{app=\"blog\"}"))
                .isEqualTo(12.5);
        assertThat(metrics.value("gatepool_app_resident_memory_bytes{app=\"blog\"}"))
                .isEqualTo(50_331_648);
        assertThat(metrics.value("gatepool_front_connections{protocol=\"fastcgi\"}"))
                .isEqualTo(4);
        assertThat(metrics.value("gatepool_front_connections_refused_total")).isEqualTo(7);
        assertThat(metrics.value("gatepool_log_lines_dropped_total")).isEqualTo(6);
        assertThat(metrics.value("gatepool_ready")).isZero();
    }

    @Test
    void bucketsCountWhatIsBelowThem() {
        OpenMetrics metrics = metrics();
        String spawns = "gatepool_spawn_duration_seconds";
        assertThat(metrics.value(spawns + "_bucket{app=\"blog\",le=\"0.001\"}")).isZero();
        assertThat(metrics.value(spawns + "_bucket{app=\"blog\",le=\"0.005\"}")).isEqualTo(1);
        assertThat(metrics.value(spawns + "_count{app=\"blog\"}")).isEqualTo(1);
        assertThat(metrics.value(spawns + "_sum{app=\"blog\"}")).isEqualTo(0.002);
    }

    @Test
    void labelValuesAreEscaped() {
        Snapshot snapshot = Snapshots.of(Snapshots.app("a\"b\\c\nd", "ok", ""));
        assertThat(OpenMetrics.parse(text(snapshot)).value("gatepool_queue_requests{app=\"a\\\"b\\\\c\\nd\"}"))
                .isEqualTo(2);
    }

    @Test
    void withoutAppsItIsStillWellFormed() {
        assertThat(OpenMetrics.parse(text(Snapshots.of())).value("gatepool_ready"))
                .isEqualTo(1);
    }

    @Test
    void theReaderOfThisTestFindsFaults() {
        String twice = "# TYPE a gauge\na{b=\"c\"} 1\na{b=\"c\"} 2\n# EOF\n";
        assertThatThrownBy(() -> OpenMetrics.parse(twice)).hasMessageContaining("there twice");
        assertThatThrownBy(() -> OpenMetrics.parse("# TYPE a gauge\na 1\n")).hasMessageContaining("EOF");
        assertThatThrownBy(() -> OpenMetrics.parse("# TYPE a counter\na 1\n# EOF\n"))
                .hasMessageContaining("not of family");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                                               | openmetrics",
                "*/*                                                              | openmetrics",
                "application/openmetrics-text;version=1.0.0,text/plain;q=0.2,*/*;q=0.1 | openmetrics",
                "text/plain;version=0.0.4                                         | plain",
                "text/html,application/xhtml+xml,*/*;q=0.8                        | plain"
            })
    void whoAsksForPlainTextAloneGetsTheFormatOfPrometheus(String accept, String format) {
        assertThat(MetricsFormat.accepted(accept).contentType()).contains(format);
    }
}
