package io.gatepool.control;

import io.gatepool.exchange.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pages of the admin address (docs/admin.md): the status page, {@code /status.json}, {@code /metrics}, and the
 * probes. It has no queue and no workers, so it answers whatever state the applications are in, and nobody counts its
 * requests.
 *
 * <p>Requests come on the event loop, which answers the probes itself: an answer of {@code /live} says that it turns.
 * What takes longer to write, or reads {@code /proc}, is written on a thread of its own, from a {@link Snapshot}.
 */
public final class AdminSite extends OwnPages {

    private static final Logger LOG = LoggerFactory.getLogger("gatepool");
    private static final int MOST_WAITING = 64;

    private static final Map<String, AdminAnswer> FILES = Map.of(
            "/admin.css", AdminAnswer.of("text/css; charset=utf-8", Resources.text("admin.css")),
            "/admin.js", AdminAnswer.of("text/javascript; charset=utf-8", Resources.text("admin.js")),
            "/icon.svg", AdminAnswer.of("image/svg+xml", Resources.text("icon.svg")));

    private final Executor loop;
    private final AdminSources sources;
    private final AdminHosts hosts;
    private final ProcUsage usage = new ProcUsage();
    private final ThreadPoolExecutor writer = new ThreadPoolExecutor(
            1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), AdminSite::writerThread);

    /** @param hosts names by which browsers may call it, besides IP addresses and localhost */
    public AdminSite(Executor loop, AdminSources sources, List<String> hosts) {
        this.loop = loop;
        this.sources = sources;
        this.hosts = new AdminHosts(hosts);
        writer.prestartAllCoreThreads();
    }

    private static Thread writerThread(Runnable task) {
        Thread thread = new Thread(task, "admin");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public String name() {
        return "admin";
    }

    /** No body is ever read, however long. */
    @Override
    public long maxBody(boolean overHttp) {
        return Long.MAX_VALUE;
    }

    @Override
    public boolean takesBodiesAsTheyCome() {
        return true;
    }

    @Override
    public void submit(Exchange exchange) {
        String method = exchange.environ().getOrEmpty("REQUEST_METHOD");
        if (!hosts.allow(exchange.environ().getOrEmpty("HTTP_HOST"))) {
            AdminAnswer.text(421, "This name is none of the admin pages: use an IP address, or add it to admin_hosts.")
                    .give(exchange);
        } else if (!method.equals("GET") && !method.equals("HEAD")) {
            AdminAnswer.text(405, "GET and HEAD, nothing else.")
                    .with("Allow: GET, HEAD")
                    .give(exchange);
        } else {
            answer(exchange, exchange.environ().getOrEmpty("SCRIPT_NAME"));
        }
    }

    private void answer(Exchange exchange, String path) {
        switch (path) {
            case "/" -> write(exchange, this::statusPage);
            case "/status.json" -> write(exchange, this::statusJson);
            case "/metrics" -> {
                String accept = exchange.environ().getOrEmpty("HTTP_ACCEPT");
                write(exchange, snapshot -> metrics(snapshot, accept));
            }
            case "/live" -> AdminAnswer.text(200, "live").give(exchange);
            case "/ready" -> ready().give(exchange);
            default ->
                FILES.getOrDefault(
                                path,
                                AdminAnswer.text(
                                        404, "Here are /, /status.json, /metrics, /live and /ready, nothing else."))
                        .give(exchange);
        }
    }

    private AdminAnswer ready() {
        List<String> obstacles =
                Readiness.obstacles(sources.stage().get(), sources.apps().get());
        return obstacles.isEmpty()
                ? AdminAnswer.text(200, "ready")
                : AdminAnswer.text(503, "not ready\n" + String.join("\n", obstacles));
    }

    private void write(Exchange exchange, Function<Snapshot, AdminAnswer> page) {
        if (writer.getQueue().remainingCapacity() == 0) {
            AdminAnswer.text(503, "Too many ask at the same time.")
                    .with("Retry-After: 1")
                    .give(exchange);
            return;
        }
        // Only this thread adds to the queue, so there is still room.
        Snapshot snapshot = Snapshot.take(sources);
        writer.execute(() -> {
            AdminAnswer answer = written(snapshot, page);
            loop.execute(() -> answer.give(exchange));
        });
    }

    private static AdminAnswer written(Snapshot snapshot, Function<Snapshot, AdminAnswer> page) {
        try {
            return page.apply(snapshot);
        } catch (RuntimeException e) {
            LOG.error("admin: a page could not be written", e);
            return AdminAnswer.text(500, "The page could not be written; the log has the reason.");
        }
    }

    // ---- on the writer's thread ----

    private ProcUsage.Sample usageOf(Snapshot snapshot) {
        Map<String, List<Integer>> pids = snapshot.apps().stream()
                .collect(Collectors.toMap(AppView::name, view -> view.app().workers().stream()
                        .map(worker -> worker.pid())
                        .toList()));
        return usage.look(pids, System.nanoTime());
    }

    private AdminAnswer statusPage(Snapshot snapshot) {
        return AdminAnswer.of("text/html; charset=utf-8", StatusPage.of(snapshot, usageOf(snapshot)));
    }

    private AdminAnswer statusJson(Snapshot snapshot) {
        return AdminAnswer.of(
                "application/json", StatusJson.of(snapshot, usageOf(snapshot)).getBytes(StandardCharsets.UTF_8));
    }

    private AdminAnswer metrics(Snapshot snapshot, String accept) {
        MetricsFormat format = MetricsFormat.accepted(accept);
        return AdminAnswer.of(format.contentType(), format.text(Metrics.of(snapshot, usageOf(snapshot))));
    }
}
