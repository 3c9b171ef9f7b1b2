package io.gatepool.cli;

import java.util.List;

/** What every request and every worker is doing: what {@code gatepool dump} shows. */
final class DumpReport {

    private DumpReport() {}

    static String text(Fields dump) {
        StringBuilder text = new StringBuilder(StatusTable.identity(dump));
        for (Fields app : dump.objects("apps")) {
            text.append('\n').append(app.text("name")).append("  ").append(app.text("kind"));
            text.append("  ")
                    .append(app.text("state"))
                    .append("  ")
                    .append(load(app))
                    .append('\n');
            requests(text, app);
            List<Fields> workers = app.objects("processes");
            if (!workers.isEmpty()) {
                text.append('\n').append(WorkersTable.table(workers, false));
            }
        }
        return text.toString();
    }

    private static String load(Fields app) {
        String what = app.text("mode").isEmpty() ? "script" : "worker";
        return Human.count(app.number("workers"), what) + " of " + app.number("max") + ", " + app.number("busy")
                + " busy, " + app.number("queue") + " queued";
    }

    private static void requests(StringBuilder text, Fields app) {
        List<Fields> requests = app.objects("requests");
        if (requests.isEmpty()) {
            return;
        }
        Columns table = new Columns()
                .left("REQUEST", 0)
                .right("FOR", 0)
                .left("WHERE", 0)
                .right("IN", 0)
                .right("OUT", 0)
                .left("WHAT", 0);
        for (Fields request : requests) {
            table.row(
                    request.text("id"),
                    Human.running(request.decimal("age_ms")),
                    place(request),
                    Human.bytes(request.number("received_bytes")),
                    Human.bytes(request.number("sent_bytes")),
                    request.text("title"));
        }
        text.append('\n').append(table.text());
        long more = app.number("open") - requests.size();
        if (more > 0) {
            text.append("and ").append(more).append(" more\n");
        }
    }

    /** {@code worker 4182}, {@code script 511} or {@code queue}. */
    static String place(Fields request) {
        return request.text("where") + (request.has("pid") ? " " + request.number("pid") : "");
    }
}
