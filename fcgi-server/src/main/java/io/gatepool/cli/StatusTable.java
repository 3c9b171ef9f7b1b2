package io.gatepool.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The daemon and its applications: what {@code gatepool status} shows. */
final class StatusTable {

    private StatusTable() {}

    static String text(Fields status) {
        StringBuilder text = new StringBuilder(identity(status)).append('\n');
        Columns table = new Columns()
                .left("APP", 0)
                .left("KIND", 0)
                .left("STATE", 0)
                .right("WORKERS", 0)
                .right("BUSY", 0)
                .right("QUEUE", 0)
                .right("OLDEST", 0)
                .right("REQ/S", 0)
                .right("P99", 0)
                .right("5XX/H", 0);
        status.objects("apps").forEach(app -> row(table, app));
        text.append(table.text());
        for (Fields app : status.objects("apps")) {
            if (!app.text("reason").isEmpty()) {
                text.append('\n').append(trouble(app));
            }
            if (!app.text("reload_failure").isEmpty()) {
                text.append('\n').append(reloadFailure(app));
            }
        }
        return text.toString();
    }

    /** Its first line. */
    static String identity(Fields status) {
        return "gatepool " + status.text("version") + "  pid " + status.number("pid") + "  up "
                + Human.age(status.number("uptime_s")) + "  generation " + status.number("generation") + ", loaded "
                + Human.clock(status.text("loaded")) + (status.flag("stopping") ? "  stopping" : "") + "\n";
    }

    /** Whether the applications are all well. */
    static boolean isWell(Fields status) {
        return status.objects("apps").stream()
                .noneMatch(app -> app.text("state").equals("failing"));
    }

    private static void row(Columns table, Fields app) {
        double oldest = app.decimal("oldest_ms");
        double p99 = app.decimal("p99_ms");
        table.row(
                app.text("name"),
                app.text("kind"),
                app.text("state"),
                app.number("workers") + "/" + app.number("max"),
                Long.toString(app.number("busy")),
                Long.toString(app.number("queue")),
                app.number("queue") == 0 ? "-" : Human.running(oldest),
                String.format(Locale.ROOT, "%.1f", app.decimal("requests_per_s")),
                p99 == 0 ? "-" : Human.took(p99),
                Long.toString(app.number("errors_last_hour")));
    }

    private static String reloadFailure(Fields app) {
        String head = app.text("name") + ":";
        int indent = head.length() + 1;
        return Human.paragraph(
                head, indent, Human.wrapped("the last reload failed: " + app.text("reload_failure"), indent));
    }

    /**
     * What is wrong, how often it was, and when it is tried again; the last words of the process in lines of their own.
     */
    private static String trouble(Fields app) {
        Fields trouble = app.object("trouble");
        StringBuilder what = new StringBuilder(trouble.text("what"));
        if (trouble.number("times") > 1) {
            what.append(", ").append(trouble.number("times")).append(" times");
            what.append(" in ").append(Human.roughly(trouble.number("for_s")));
        }
        double wait = trouble.decimal("next_try_ms");
        what.append(wait > 0 ? "; next try in " + Human.took(wait) : "; trying again");
        String head = app.text("name") + ":";
        int indent = head.length() + 1;
        List<String> lines = new ArrayList<>();
        what.toString().lines().forEach(line -> lines.addAll(Human.wrapped(line, indent)));
        if (!trouble.text("last_words").isEmpty()) {
            lines.addAll(Human.wrapped(trouble.text("last_words"), indent));
        }
        return Human.paragraph(head, indent, lines);
    }
}
