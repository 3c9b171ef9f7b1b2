package io.gatepool.control;

import io.gatepool.cgi.MalformedHead;
import io.gatepool.cgi.ResponseHead;
import io.gatepool.cgi.ResponseHeadParser;
import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Application;
import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Exchange;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.Unpooled;
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
public final class IndexPage implements Application {

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
    public String mount() {
        return "/";
    }

    @Override
    public long maxBody(boolean overHttp) {
        return 1 << 20;
    }

    @Override
    public long responseBuffer() {
        return 0;
    }

    @Override
    public boolean saysOverloaded() {
        return false;
    }

    @Override
    public boolean serves(Role role) {
        return role == Role.RESPONDER;
    }

    @Override
    public void opened(Exchange exchange) {
        // Nobody keeps books of looks at the index.
    }

    @Override
    public void submit(Exchange exchange) {
        String path = exchange.environ().getOrEmpty("SCRIPT_NAME")
                + exchange.environ().getOrEmpty("PATH_INFO");
        if (!path.isEmpty() && !path.equals("/")) {
            exchange.fail(Cause.NOT_FOUND, "no application is mounted there");
            return;
        }
        byte[] page = render().getBytes(StandardCharsets.UTF_8);
        exchange.head(head(page.length));
        exchange.content(Unpooled.wrappedBuffer(page));
        exchange.complete(0);
    }

    private static ResponseHead head(int length) {
        String text = "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nContent-Length: " + length
                + "\r\n\r\n";
        try {
            ResponseHead head =
                    new ResponseHeadParser(1024).feed(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
            if (head != null) {
                return head;
            }
        } catch (MalformedHead e) {
            throw new IllegalStateException(e);
        }
        throw new IllegalStateException("incomplete: " + text);
    }

    private String render() {
        StringBuilder rows = new StringBuilder();
        apps.get().forEach(app -> row(rows, app));
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>gatepool</title>
                <style>
                body { font: 16px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em; color: #222 }
                table { border-collapse: collapse; width: 100%% }
                th, td { text-align: left; vertical-align: top; padding: .5em 1em .5em 0; border-bottom: 1px solid #ddd }
                th { font-weight: 600; font-size: .85em; color: #555 }
                .failing { color: #b00020 } .ok { color: #1b6e20 }
                code { font-size: .9em } small { color: #555 }
                </style>
                </head>
                <body>
                <h1>gatepool</h1>
                <p>One daemon between web servers and applications: persistent FastCGI workers, and CGI scripts run one by one.</p>
                <table>
                <tr><th>Application</th><th>Kind</th><th>State</th><th>Processes</th><th>Look at</th></tr>
                %s</table>
                </body>
                </html>
                """.formatted(rows);
    }

    private void row(StringBuilder out, AppStatus app) {
        out.append("<tr><td>").append(escape(app.name())).append("</td><td>").append(escape(app.kind()));
        out.append("</td><td class=\"")
                .append(escape(app.health()))
                .append("\">")
                .append(escape(app.health()));
        if (!app.reason().isEmpty()) {
            out.append("<br><small>").append(escape(app.reason())).append("</small>");
        }
        out.append("</td><td>").append(app.processes()).append(" of ").append(app.limit());
        out.append(", ")
                .append(app.busy())
                .append(" busy, ")
                .append(app.queued())
                .append(" queued");
        for (AppStatus.WorkerStatus worker : app.workers()) {
            out.append("<br><small>pid ").append(worker.pid()).append(' ').append(escape(worker.state()));
            out.append(", ").append(worker.requests()).append(" requests</small>");
        }
        out.append("</td><td>");
        for (String sample : samples.getOrDefault(app.name(), List.of(""))) {
            String link = escape((app.mount().equals("/") ? "" : app.mount()) + sample);
            out.append("<a href=\"")
                    .append(link)
                    .append("\">")
                    .append(link.isEmpty() ? "/" : link)
                    .append("</a><br>");
        }
        out.append("</td></tr>\n");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
