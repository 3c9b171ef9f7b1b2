package io.gatepool.control;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** How metrics are written down. */
record MetricsFormat(ExpositionFormatWriter writer) {

    static final MetricsFormat OPENMETRICS = new MetricsFormat(OpenMetricsTextFormatWriter.create());
    static final MetricsFormat PROMETHEUS = new MetricsFormat(PrometheusTextFormatWriter.create());

    /**
     * OpenMetrics for who asks for it, or for nothing in particular; the text format of Prometheus for everybody else
     * who reads plain text: older scrapers, and browsers, which show that and would store the other.
     *
     * @param accept the request's Accept field, or ""
     */
    static MetricsFormat accepted(String accept) {
        boolean plain = accept.contains("text/");
        return plain && !accept.contains("application/openmetrics-text") ? PROMETHEUS : OPENMETRICS;
    }

    String contentType() {
        return writer.getContentType();
    }

    byte[] text(MetricSnapshots metrics) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(32 * 1024);
        try {
            writer.write(out, metrics, EscapingScheme.UNDERSCORE_ESCAPING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }
}
