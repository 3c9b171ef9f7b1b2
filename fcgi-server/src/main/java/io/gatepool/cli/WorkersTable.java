package io.gatepool.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The processes of one application, and what they do: what {@code gatepool workers} shows. */
final class WorkersTable {

    private WorkersTable() {}

    static String text(Fields app) {
        String pool = app.text("mode").isEmpty()
                ? app.number("workers") + " of " + app.number("max") + " scripts"
                : app.text("mode") + ", " + app.number("workers") + " of " + app.number("max");
        String spare = app.text("spare").isEmpty() ? "" : ", spare " + app.text("spare");
        return app.text("name") + "  " + app.text("kind") + "  " + pool + spare + "  generation "
                + app.number("generation") + "\n\n" + table(app.objects("processes"), true);
    }

    /** @param used whether memory and processor are known */
    static String table(List<Fields> workers, boolean used) {
        Columns table =
                new Columns().right("PID", 5).left("STATE", 7).left("AGE", 6).right("REQS", 0);
        if (used) {
            table.right("RSS", 6).right("CPU %", 0);
        }
        table.left("NOW", 0);
        for (Fields worker : workers) {
            List<Fields> now = worker.objects("now");
            row(table, worker, used, now.isEmpty() ? "-" : now(now.get(0)));
            now.stream().skip(1).forEach(more -> row(table, new Fields(Map.of()), used, now(more)));
        }
        return table.text();
    }

    private static void row(Columns table, Fields worker, boolean used, String now) {
        boolean first = worker.has("pid");
        String pid = first ? Long.toString(worker.number("pid")) : "";
        String age = first ? Human.age(worker.number("age_s")) : "";
        String requests = first ? Long.toString(worker.number("requests")) : "";
        if (!used) {
            table.row(pid, worker.text("state"), age, requests, now);
            return;
        }
        String rss = worker.has("rss_bytes") ? Human.bytes(worker.number("rss_bytes")) : first ? "-" : "";
        String cpu = worker.has("cpu_percent")
                ? String.format(Locale.ROOT, "%.1f", worker.decimal("cpu_percent"))
                : first ? "-" : "";
        table.row(pid, worker.text("state"), age, requests, rss, cpu, now);
    }

    private static String now(Fields request) {
        return Human.running(request.decimal("held_ms")) + "  " + request.text("id") + "  " + request.text("title");
    }
}
