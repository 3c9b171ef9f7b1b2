package io.gatepool.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Traffic;

/**
 * Everything that the status page shows, as JSON. The names are part of what users rely on (docs/admin.md): they say
 * their units, and none is ever given another meaning. For any thread.
 */
final class StatusJson {

    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Snapshot snapshot;
    private final ProcUsage.Sample usage;

    private StatusJson(Snapshot snapshot, ProcUsage.Sample usage) {
        this.snapshot = snapshot;
        this.usage = usage;
    }

    static String of(Snapshot snapshot, ProcUsage.Sample usage) {
        try {
            return MAPPER.writeValueAsString(new StatusJson(snapshot, usage).root()) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private ObjectNode root() {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("time", snapshot.time().toString());
        root.put("version", snapshot.daemon().version());
        root.put("pid", ProcessHandle.current().pid());
        root.put("configuration", snapshot.daemon().configuration());
        root.put("up_seconds", snapshot.upNanos() / 1_000_000_000);
        root.put("stage", snapshot.stage().text());
        root.put("ready", snapshot.obstacles().isEmpty());
        snapshot.obstacles().forEach(root.putArray("obstacles")::add);
        ObjectNode connections = root.putObject("front_connections");
        snapshot.connections().forEach(connections::put);
        root.put("front_connections_refused", snapshot.connectionsRefused());
        root.put("log_lines_dropped", snapshot.linesDropped());
        ObjectNode children = root.putObject("children");
        children.put("spawned", snapshot.children().spawned());
        children.put("reaped", snapshot.children().reaped());
        children.put("strays", snapshot.children().strays());
        children.put("killed", snapshot.children().killed());
        children.put("alive", snapshot.children().alive());
        ArrayNode apps = root.putArray("apps");
        snapshot.apps().forEach(view -> app(apps.addObject(), view));
        ArrayNode failures = root.putArray("failures");
        snapshot.failures().forEach(failure -> failures.addObject()
                .put("id", failure.id())
                .put("time", failure.time().toString())
                .put("app", failure.app())
                .put("title", failure.title())
                .put("cause", failure.cause())
                .put("detail", failure.detail()));
        return root;
    }

    private void app(ObjectNode out, AppView view) {
        AppStatus app = view.app();
        ProcUsage.Total total = usage.app(view.name());
        out.put("name", app.name());
        out.put("kind", app.kind());
        out.put("mount", app.mount());
        out.put("state", app.health());
        out.put("reason", app.trouble().text());
        out.put("failures_in_a_row", app.trouble().times());
        out.put("reload_failure", app.reloadFailure());
        out.put("processes", app.processes());
        out.put("processes_limit", app.limit());
        out.put("busy", app.busy());
        out.put("queued", app.queued());
        out.put("queue_limit", app.queueLimit());
        out.put("oldest_seconds", seconds(app.oldestNanos()));
        out.put("requests_per_second", rounded(view.perSecond()));
        out.put("p99_seconds", seconds(view.p99Nanos()));
        out.put("errors_last_hour", view.errorsLastHour());
        ObjectNode requests = out.putObject("requests");
        for (int statusClass = 0; statusClass < view.byClass().size(); statusClass++) {
            requests.put(
                    statusClass == 0 ? "none" : statusClass + "xx",
                    view.byClass().get(statusClass));
        }
        ObjectNode causes = out.putObject("failures_by_cause");
        view.byCause().forEach((cause, count) -> causes.put(cause.text(), count));
        out.put("retries", view.retries());
        ObjectNode restarts = out.putObject("restarts");
        view.replaced().forEach((reason, count) -> restarts.put(reason.text(), count));
        out.put("resident_bytes", total.residentBytes());
        out.put("cpu_percent", rounded(total.cpuPercent()));
        history(out, view);
        ArrayNode workers = out.putArray("workers");
        app.workers().forEach(worker -> worker(workers.addObject(), worker));
    }

    private static void history(ObjectNode out, AppView view) {
        ObjectNode history = out.putObject("history");
        history.put("slice_seconds", Traffic.SLICE_SECONDS);
        ArrayNode requests = history.putArray("requests");
        ArrayNode errors = history.putArray("errors");
        ArrayNode queue = history.putArray("longest_queue");
        for (Traffic.Slice slice : view.history()) {
            requests.add(slice.requests());
            errors.add(slice.errors());
            queue.add(slice.longestQueue());
        }
    }

    private void worker(ObjectNode out, AppStatus.WorkerStatus worker) {
        ProcUsage.Usage used = usage.workers().get(worker.pid());
        out.put("pid", worker.pid());
        out.put("state", worker.state());
        out.put("age_seconds", worker.ageSeconds());
        out.put("requests", worker.requests());
        if (used != null) {
            out.put("resident_bytes", used.residentBytes());
            out.put("cpu_seconds", rounded(used.cpuSeconds()));
            out.put("cpu_percent", rounded(used.cpuPercent()));
        }
        ArrayNode now = out.putArray("now");
        worker.current().forEach(request -> now.addObject()
                .put("id", request.id())
                .put("title", request.title())
                .put("running_seconds", seconds(request.heldNanos())));
    }

    /** To the microsecond. */
    private static double seconds(long nanos) {
        return Math.round(nanos / 1e3) / 1e6;
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1e3;
    }
}
