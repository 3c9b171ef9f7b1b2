package io.gatepool.control;

import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.RequestStatus;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The status page: one HTML document, complete without JavaScript. Its frame is the resource {@code status.html}; what
 * is in it changes, and a script in the browser fetches it anew. For any thread.
 */
final class StatusPage {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final String FRAME = Resources.text("status.html");

    private final Snapshot snapshot;
    private final ProcUsage.Sample usage;

    private StatusPage(Snapshot snapshot, ProcUsage.Sample usage) {
        this.snapshot = snapshot;
        this.usage = usage;
    }

    static String of(Snapshot snapshot, ProcUsage.Sample usage) {
        return new StatusPage(snapshot, usage).page().toString();
    }

    private Html page() {
        String title = snapshot.obstacles().isEmpty() ? "gatepool" : "(!) gatepool";
        Html main = new Html();
        head(main);
        overview(main);
        snapshot.apps().forEach(app -> section(main, app));
        failures(main);
        return Html.of(FRAME, title, main);
    }

    private void head(Html out) {
        int connections = snapshot.connections().values().stream()
                .mapToInt(count -> count)
                .sum();
        out.add(
                "<p class=\"facts\">{} <span>{}</span> <span>pid {}</span> <span>up {}</span> <span>{}</span>"
                        + " <span>{}</span></p>\n",
                state(
                        snapshot.obstacles().isEmpty() ? "ok" : "failing",
                        snapshot.obstacles().isEmpty() ? "ready" : "not ready"),
                snapshot.daemon().version(),
                ProcessHandle.current().pid(),
                Figures.age(snapshot.upNanos() / 1_000_000_000),
                connections == 1 ? "1 connection" : connections + " connections",
                time(snapshot.time()));
        if (!snapshot.obstacles().isEmpty()) {
            out.add("<ul class=\"obstacles\">\n");
            snapshot.obstacles().forEach(obstacle -> out.add("<li>{}</li>\n", obstacle));
            out.add("</ul>\n");
        }
        if (snapshot.linesDropped() > 0) {
            out.add("<p class=\"notice\">{} log lines were dropped.</p>\n", snapshot.linesDropped());
        }
    }

    private static String time(java.time.Instant time) {
        return TIME.format(time.atZone(ZoneId.systemDefault()));
    }

    /** A word with a sign and a colour. */
    private static Html state(String kind, String word) {
        return Html.of("<b class=\"state {}\">{}</b>", kind, word);
    }

    private void overview(Html out) {
        out.add("""
                <table class="apps">
                <thead><tr><th>App</th><th>State</th><th>Workers</th><th>Busy</th><th>Queue</th><th>Oldest</th>\
                <th>Req/s</th><th>P99</th><th>5xx/h</th><th>CPU&nbsp;%</th><th>Memory</th></tr></thead>
                <tbody>
                """);
        for (AppView view : snapshot.apps()) {
            AppStatus app = view.app();
            ProcUsage.Total total = usage.app(view.name());
            out.add(
                    "<tr><th><a href=\"#app-{}\">{}</a> <small>{}</small></th><td>{}</td>",
                    app.name(),
                    app.name(),
                    app.kind(),
                    state(app.health(), app.health()));
            cell(out, "workers", app.processes() + "/" + app.limit());
            cell(out, "busy", app.busy());
            cell(out, "queue", app.queued());
            cell(out, "oldest", Figures.time(app.oldestNanos()));
            cell(out, "req/s", Figures.number(view.perSecond()));
            cell(out, "p99", Figures.time(view.p99Nanos()));
            cell(out, "5xx/h", view.errorsLastHour());
            cell(out, "cpu %", Figures.number(total.cpuPercent()));
            cell(out, "memory", Figures.size(total.residentBytes()));
            out.add("</tr>\n");
        }
        out.add("</tbody>\n</table>\n");
    }

    /** A number; on a narrow screen the label stands before it. */
    private static void cell(Html out, String label, Object value) {
        out.add("<td class=\"n\" data-label=\"{}\">{}</td>", label, value);
    }

    private void section(Html out, AppView view) {
        AppStatus app = view.app();
        out.add(
                "<section id=\"app-{}\">\n<h2>{} {} <small>{} under {}, {} of {} {}, queue {} of {}</small></h2>\n",
                app.name(),
                app.name(),
                state(app.health(), app.health()),
                app.kind(),
                app.mount(),
                app.processes(),
                app.limit(),
                view.isPool() ? "workers" : "scripts",
                app.queued(),
                app.queueLimit());
        if (!app.trouble().text().isEmpty()) {
            out.add("<p class=\"reason\">{}</p>\n", app.trouble().text());
        }
        if (!app.reloadFailure().isEmpty()) {
            out.add("<p class=\"reason\">The last reload failed: {}</p>\n", app.reloadFailure());
        }
        out.add("<div class=\"charts\">\n{}{}</div>\n", Chart.requests(view.history()), Chart.queue(view.history()));
        causes(out, view);
        if (!app.workers().isEmpty()) {
            workers(out, view);
        }
        out.add("</section>\n");
    }

    /** All since the start: the list of the last failures may be full of one kind. */
    private static void causes(Html out, AppView view) {
        if (!view.byCause().isEmpty()) {
            out.add("<p class=\"causes\">Failed since the start:");
            view.byCause().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(entry -> out.add(
                            " <span>{} {}</span>",
                            entry.getValue(),
                            entry.getKey().text()));
            out.add("</p>\n");
        }
    }

    private void workers(Html out, AppView view) {
        out.add("""
                <table class="workers">
                <thead><tr><th>PID</th><th>State</th><th>Age</th><th>Requests</th><th>Memory</th><th>CPU&nbsp;%</th>\
                <th>Now</th></tr></thead>
                <tbody>
                """);
        for (AppStatus.WorkerStatus worker : view.app().workers()) {
            ProcUsage.Usage used = usage.workers().get(worker.pid());
            out.add("<tr><th>{}</th><td>{}</td>", worker.pid(), state(worker.state(), worker.state()));
            cell(out, "age", Figures.age(worker.ageSeconds()));
            cell(out, "requests", view.isPool() ? worker.requests() : Figures.NONE);
            cell(out, "memory", used == null ? Figures.NONE : Figures.size(used.residentBytes()));
            cell(out, "cpu %", used == null ? Figures.NONE : Figures.number(used.cpuPercent()));
            out.add(
                    "<td class=\"now{}\">{}</td></tr>\n",
                    worker.current().isEmpty() ? " idle" : "",
                    now(worker.current()));
        }
        out.add("</tbody>\n</table>\n");
    }

    private static Html now(List<RequestStatus> requests) {
        Html now = new Html();
        for (RequestStatus request : requests) {
            now.add(
                    "<span><i>{}</i> <code>{}</code> {}</span>",
                    Figures.time(request.heldNanos()),
                    request.id(),
                    request.title());
        }
        return requests.isEmpty() ? Html.of("-") : now;
    }

    private void failures(Html out) {
        out.add("<section id=\"failures\">\n<h2>Failures</h2>\n");
        if (snapshot.failures().isEmpty()) {
            out.add("<p class=\"none\">None of gatepool's own since the start.</p>\n</section>\n");
            return;
        }
        out.add("""
                <table class="failures">
                <thead><tr><th>Time</th><th>Request</th><th>App</th><th>Cause</th><th>What</th></tr></thead>
                <tbody>
                """);
        for (RecentFailures.Failure failure : snapshot.failures()) {
            out.add(
                    "<tr><td>{}</td><th><code>{}</code></th><td>{}</td><td>{}</td><td class=\"what\">{}<small>{}</small>"
                            + "</td></tr>\n",
                    time(failure.time()),
                    failure.id(),
                    failure.app(),
                    state("failing", failure.cause()),
                    failure.title(),
                    failure.detail());
        }
        out.add("</tbody>\n</table>\n</section>\n");
    }
}
