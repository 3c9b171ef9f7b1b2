package io.gatepool.control;

import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The page at "/" of an address where no application lives there: which applications there are, how they are, and where
 * to look at them. Readable without JavaScript. Any other path that no application has is answered 404.
 *
 * <p>Event loop only.
 */
public final class IndexPage extends OwnPages {

    private final Supplier<List<AppStatus>> apps;
    private final Map<String, List<String>> samples;

    /**
     * @param apps the state of the applications on the address
     * @param samples for the name of an app: paths below its mount worth a look
     */
    public IndexPage(Supplier<List<AppStatus>> apps, Map<String, List<String>> samples) {
        this.apps = apps;
        this.samples = Map.copyOf(samples);
    }

    @Override
    public String name() {
        return "index";
    }

    @Override
    public long maxBody(boolean overHttp) {
        return 1 << 20;
    }

    @Override
    public void submit(Exchange exchange) {
        String path = exchange.environ().getOrEmpty("SCRIPT_NAME")
                + exchange.environ().getOrEmpty("PATH_INFO");
        if (!path.isEmpty() && !path.equals("/")) {
            exchange.fail(Cause.NOT_FOUND, "no application is mounted there");
            return;
        }
        answer(
                exchange,
                "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n",
                render().getBytes(StandardCharsets.UTF_8));
    }

    private String render() {
        StringBuilder sections = new StringBuilder();
        apps.get().forEach(app -> section(sections, app));
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>gatepool</title>
                <style>
                :root { color-scheme: light dark; --line: #8884; --soft: #888 }
                body { font: 16px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 52em; padding: 0 1em }
                h1 { margin: 0 } h1 + p { margin: 0 0 1.5em }
                section { border-top: 1px solid var(--line); padding: .9em 0 }
                h2 { display: flex; flex-wrap: wrap; align-items: baseline; gap: .6em; font-size: 1.15em; margin: 0 }
                h2 span { font-size: .8rem; font-weight: normal }
                .kind, .load { color: var(--soft) } .load { margin-left: auto }
                .state { color: #fff; background: #666; border-radius: 1em; padding: 0 .7em }
                .ok { background: #1b6e20 } .failing { background: #b00020 }
                p { margin: .3em 0 } ul { list-style: none; margin: .3em 0; padding: 0; font-size: .9em }
                ul { display: grid; grid-template-columns: repeat(auto-fill, minmax(15em, 1fr)); gap: 0 1em }
                .links { grid-template-columns: repeat(auto-fill, minmax(11em, 1fr)); font-size: 1em }
                .workers { color: var(--soft); font-variant-numeric: tabular-nums }
                </style>
                </head>
                <body>
                <h1>gatepool</h1>
                <p>One daemon between web servers and applications: persistent FastCGI workers, and CGI scripts run one by one.</p>
                %s</body>
                </html>
                """.formatted(sections);
    }

    private void section(StringBuilder out, AppStatus app) {
        out.append("<section>\n<h2>").append(escape(app.name()));
        out.append(" <span class=\"state ").append(escape(app.health())).append("\">");
        out.append(escape(app.health())).append("</span> <span class=\"kind\">").append(escape(app.kind()));
        out.append("</span> <span class=\"load\">").append(app.processes()).append(" of ");
        out.append(app.limit()).append(app.kind().equals("cgi") ? " scripts running, " : " workers, ");
        out.append(app.busy()).append(" busy, ").append(app.queued()).append(" queued</span></h2>\n");
        if (!app.trouble().text().isEmpty()) {
            out.append("<p>").append(escape(app.trouble().text())).append("</p>\n");
        }
        links(out, app);
        if (!app.kind().equals("cgi")) {
            workers(out, app.workers());
        }
        out.append("</section>\n");
    }

    private void links(StringBuilder out, AppStatus app) {
        out.append("<ul class=\"links\">\n");
        for (String sample : samples.getOrDefault(app.name(), List.of(""))) {
            String path = (app.mount().equals("/") ? "" : app.mount()) + sample;
            String link = escape(path.isEmpty() ? "/" : path);
            out.append("<li><a href=\"").append(link).append("\">").append(link).append("</a></li>\n");
        }
        out.append("</ul>\n");
    }

    private static void workers(StringBuilder out, List<AppStatus.WorkerStatus> workers) {
        if (workers.isEmpty()) {
            return;
        }
        out.append("<ul class=\"workers\">\n");
        for (AppStatus.WorkerStatus worker : workers) {
            out.append("<li>pid ").append(worker.pid()).append(", ").append(escape(worker.state()));
            out.append(", ").append(worker.requests()).append(worker.requests() == 1 ? " request" : " requests");
            out.append("</li>\n");
        }
        out.append("</ul>\n");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
