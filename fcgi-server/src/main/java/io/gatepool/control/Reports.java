package io.gatepool.control;

import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.RequestStatus;
import io.gatepool.exchange.Traffic;
import io.gatepool.exchange.Trouble;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The state of the daemon as JSON objects. Names with a unit at their end say it ({@code _ms}, {@code _s},
 * {@code _bytes}). The names are a promise to scripts: docs/control.md.
 */
final class Reports {

    private static final double NANOS_PER_MILLI = 1e6;

    private Reports() {}

    static Map<String, Object> identity(Operations.Identity identity) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("version", identity.version());
        report.put("pid", identity.pid());
        report.put("uptime_s", (System.nanoTime() - identity.startedNanos()) / 1_000_000_000);
        report.put("generation", identity.generation());
        report.put(
                "loaded",
                identity.loaded()
                        .atZone(ZoneId.systemDefault())
                        .truncatedTo(ChronoUnit.SECONDS)
                        .toOffsetDateTime()
                        .toString());
        report.put("stopping", identity.stopping());
        return report;
    }

    /** Event loop only: it reads counters that go on counting. */
    static Map<String, Object> app(AppStatus app, long nowNanos) {
        Traffic traffic = app.traffic();
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("name", app.name());
        report.put("kind", app.kind());
        report.put("mount", app.mount());
        report.put("state", app.health());
        report.put("reason", app.trouble().text());
        if (!app.trouble().isNone()) {
            report.put("trouble", trouble(app.trouble(), nowNanos));
        }
        report.put("reload_failure", app.reloadFailure());
        report.put("mode", app.mode());
        report.put("spare", app.spare());
        report.put("generation", app.generation());
        report.put("workers", app.processes());
        report.put("max", app.limit());
        report.put("busy", app.busy());
        report.put("queue", app.queued());
        report.put("oldest_ms", millis(app.oldestNanos()));
        report.put("requests_per_s", rounded(traffic.perSecond(nowNanos)));
        report.put("p99_ms", millis(traffic.p99Nanos(nowNanos)));
        report.put("errors_last_hour", traffic.errorsLastHour(nowNanos));
        report.put("retries", traffic.retries());
        return report;
    }

    private static Map<String, Object> trouble(Trouble trouble, long nowNanos) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("what", trouble.what());
        report.put("last_words", trouble.lastWords());
        report.put("times", trouble.times());
        report.put("for_s", (nowNanos - trouble.sinceNanos()) / 1_000_000_000);
        report.put("next_try_ms", millis(Math.max(0, trouble.nextTryNanos() - nowNanos)));
        return report;
    }

    static Map<String, Object> request(RequestStatus request) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("id", request.id());
        report.put("title", request.title());
        report.put("client", request.client());
        report.put("where", request.place().what());
        if (request.place().pid() != 0) {
            report.put("pid", request.place().pid());
            report.put("held_ms", millis(request.heldNanos()));
        }
        report.put("age_ms", millis(request.ageNanos()));
        report.put("waited_ms", millis(request.waitedNanos()));
        report.put("received_bytes", request.received());
        report.put("sent_bytes", request.sent());
        return report;
    }

    /** @param used what is known of them, by pid */
    static List<Map<String, Object>> workers(List<AppStatus.WorkerStatus> workers, Map<Integer, ProcUsage.Usage> used) {
        List<Map<String, Object>> reports = new ArrayList<>();
        for (AppStatus.WorkerStatus worker : workers) {
            Map<String, Object> report = worker(worker);
            ProcUsage.Usage uses = used.get(worker.pid());
            if (uses != null) {
                report.put("rss_bytes", uses.residentBytes());
                report.put("cpu_percent", rounded(uses.cpuPercent()));
            }
            reports.add(report);
        }
        return reports;
    }

    static List<Map<String, Object>> workers(List<AppStatus.WorkerStatus> workers) {
        return workers.stream().map(Reports::worker).toList();
    }

    private static Map<String, Object> worker(AppStatus.WorkerStatus worker) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("pid", worker.pid());
        report.put("state", worker.state());
        report.put("age_s", worker.ageSeconds());
        report.put("generation", worker.generation());
        report.put("requests", worker.requests());
        report.put("now", worker.current().stream().map(Reports::request).toList());
        return report;
    }

    static double millis(long nanos) {
        return Math.round(nanos / NANOS_PER_MILLI * 1000) / 1000.0;
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
