package io.gatepool.cli;

import java.util.ArrayList;
import java.util.List;

/** One failed request, from its arrival to what can be done: what {@code gatepool explain} shows. */
final class Explanation {

    private static final int INDENT = 8;

    private Explanation() {}

    static String text(Fields failed) {
        StringBuilder text = new StringBuilder();
        text.append(failed.text("id")).append("  ").append(failed.text("app")).append("  ");
        text.append(failed.text("title")).append('\n');
        text.append(failed.number("status"))
                .append(' ')
                .append(failed.text("cause"))
                .append("\n\n");
        section(text, "what", what(failed));
        section(text, "when", when(failed));
        section(text, "where", where(failed));
        for (Fields end : failed.objects("ends")) {
            section(text, "stderr", end.texts("stderr"));
        }
        section(text, "stderr", failed.texts("stderr"));
        section(text, "remedy", Human.wrapped(failed.text("remedy"), INDENT));
        return text.toString();
    }

    private static void section(StringBuilder text, String name, List<String> lines) {
        text.append(Human.paragraph(name, INDENT, lines));
    }

    private static List<String> what(Fields failed) {
        List<String> lines = new ArrayList<>(Human.wrapped(failed.text("meaning"), INDENT));
        lines.addAll(Human.wrapped(detail(failed), INDENT));
        if (failed.has("cut_status")) {
            lines.add("The response, status " + failed.number("cut_status") + ", was cut after "
                    + Human.bytes(failed.number("sent_bytes")) + ".");
        }
        return lines;
    }

    /** What was said on stderr stands below, in its own lines. */
    private static String detail(Fields failed) {
        String detail = failed.text("detail");
        int stderr = detail.indexOf("; its stderr: ");
        return stderr < 0 || failed.objects("ends").isEmpty() ? detail : detail.substring(0, stderr);
    }

    private static List<String> when(Fields failed) {
        String client = failed.text("client");
        List<String> lines = new ArrayList<>();
        lines.add(Human.date(failed.text("ended")) + (client.isEmpty() ? "" : ", for " + client));
        String waited = failed.decimal("waited_ms") == 0 ? "" : "waited for " + Human.took(failed.decimal("waited_ms"));
        String handed =
                failed.has("dispatched_ms") ? "handed out after " + Human.took(failed.decimal("dispatched_ms")) : "";
        String total = "failed after " + Human.took(failed.decimal("total_ms"));
        lines.addAll(Human.wrapped(
                String.join(
                        ", ",
                        List.of(waited, handed, total).stream()
                                .filter(part -> !part.isEmpty())
                                .toList()),
                INDENT));
        return lines;
    }

    /** The processes that had it, and how they ended; at last where it was when it failed, if it was elsewhere. */
    private static List<String> where(Fields failed) {
        List<String> lines = new ArrayList<>();
        boolean ended = false;
        for (Fields end : failed.objects("ends")) {
            lines.add(DumpReport.place(end) + ", which " + end.text("exit"));
            ended |= DumpReport.place(end).equals(DumpReport.place(failed));
        }
        if (!ended) {
            lines.add(place(failed));
        }
        return lines;
    }

    private static String place(Fields failed) {
        return switch (failed.text("where")) {
            case "queue" -> "in the queue";
            case "arriving" -> "while its body arrived";
            case "lookup" -> "while its script was looked for";
            default -> DumpReport.place(failed);
        };
    }
}
