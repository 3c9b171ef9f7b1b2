package io.gatepool.control;

import io.gatepool.exchange.Cause;
import io.gatepool.exchange.Histogram;
import io.gatepool.exchange.WorkerEvents;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * The metric families of docs/admin.md, made of a {@link Snapshot} when somebody asks: nothing is counted for them that
 * is not counted anyway. For any thread.
 */
final class Metrics {

    private static final double[] BOUNDS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300
    };

    private static final List<String> HEALTH = List.of("ok", "starting", "failing", "stopping");
    private static final List<String> WORKER_STATES =
            List.of("starting", "idle", "busy", "draining", "stopping", "backoff");
    private static final List<String> CLASSES = List.of("none", "1xx", "2xx", "3xx", "4xx", "5xx");

    private final List<AppView> apps;
    private final MetricSnapshots.Builder families = MetricSnapshots.builder();

    private Metrics(List<AppView> apps) {
        this.apps = apps;
    }

    static MetricSnapshots of(Snapshot snapshot, ProcUsage.Sample usage) {
        Metrics metrics = new Metrics(snapshot.apps());
        metrics.requests();
        metrics.workers(usage);
        metrics.daemon(snapshot, OwnUsage.now());
        return metrics.families.build();
    }

    private void requests() {
        gauge("gatepool_queue_requests", "Requests that wait for a worker.", view -> view.app()
                .queued());
        gauge("gatepool_queue_limit_requests", "Requests that may wait (queue.size).", view -> view.app()
                .queueLimit());
        gauge(
                "gatepool_queue_oldest_seconds",
                "How long the first waiting request has waited; 0 when none waits.",
                view -> view.app().oldestNanos() / 1e9);
        gauge("gatepool_requests_running", "Requests that workers are working on.", view -> view.app()
                .busy());
        histogram(
                "gatepool_queue_wait_seconds",
                "Time that requests have waited for a worker; those that did not have to count as 0.",
                AppView::queueWait);
        histogram(
                "gatepool_request_duration_seconds",
                "Time from the arrival of a request to the end of its answer.",
                AppView::duration);
        CounterSnapshot.Builder requests = CounterSnapshot.builder()
                .name("gatepool_requests")
                .help("Requests that have ended, by the class of their status; none: the client left before.");
        CounterSnapshot.Builder failures = CounterSnapshot.builder()
                .name("gatepool_request_failures")
                .help("Requests that gatepool itself has failed, by cause (docs/failures.md).");
        for (AppView view : apps) {
            for (int statusClass = 0; statusClass < CLASSES.size(); statusClass++) {
                requests.dataPoint(counted(
                        view.byClass().get(statusClass),
                        Labels.of("app", view.name(), "status", CLASSES.get(statusClass))));
            }
            for (Cause cause : Cause.values()) {
                failures.dataPoint(counted(
                        view.byCause().getOrDefault(cause, 0L), Labels.of("app", view.name(), "cause", cause.text())));
            }
        }
        families.metricSnapshot(requests.build()).metricSnapshot(failures.build());
        counter(
                "gatepool_request_retries",
                "Requests that began again with another worker because theirs was lost.",
                AppView::retries);
    }

    private void workers(ProcUsage.Sample usage) {
        GaugeSnapshot.Builder health = GaugeSnapshot.builder()
                .name("gatepool_app_state")
                .help("1 for the state that the application is in, 0 for the others.");
        GaugeSnapshot.Builder workers = GaugeSnapshot.builder()
                .name("gatepool_workers")
                .help("Processes by state; a script that runs is busy.");
        CounterSnapshot.Builder restarts = CounterSnapshot.builder()
                .name("gatepool_worker_restarts")
                .help("Workers that had to be replaced, by reason.");
        for (AppView view : apps) {
            for (String state : HEALTH) {
                health.dataPoint(level(
                        view.app().health().equals(state) ? 1 : 0, Labels.of("app", view.name(), "state", state)));
            }
            for (String state : WORKER_STATES) {
                workers.dataPoint(level(view.workers(state), Labels.of("app", view.name(), "state", state)));
            }
            if (view.isPool()) {
                for (WorkerEvents.Reason reason : WorkerEvents.Reason.values()) {
                    restarts.dataPoint(counted(
                            view.replaced().getOrDefault(reason, 0L),
                            Labels.of("app", view.name(), "reason", reason.text())));
                }
            }
        }
        families.metricSnapshot(health.build()).metricSnapshot(workers.build()).metricSnapshot(restarts.build());
        gauge("gatepool_workers_limit", "Processes that there may be (workers.max, max_running).", view -> view.app()
                .limit());
        histogram(
                "gatepool_spawn_duration_seconds",
                "Time from the wish for a process to its existence.",
                AppView::spawns);
        histogram(
                "gatepool_worker_start_duration_seconds",
                "Time from the wish for a worker to its being ready.",
                AppView::starts);
        gauge(
                "gatepool_app_resident_memory_bytes",
                "Resident memory of the app's processes and their children; shared pages count for each.",
                view -> usage.app(view.name()).residentBytes());
        CounterSnapshot.Builder cpu = CounterSnapshot.builder()
                .name("gatepool_app_cpu_seconds")
                .help("Processor time of the app's workers and their children, as far as it was seen.");
        apps.stream()
                .filter(AppView::isPool)
                .forEach(view ->
                        cpu.dataPoint(counted(usage.app(view.name()).cpuSeconds(), Labels.of("app", view.name()))));
        families.metricSnapshot(cpu.build());
    }

    private void daemon(Snapshot snapshot, OwnUsage own) {
        GaugeSnapshot.Builder connections = GaugeSnapshot.builder()
                .name("gatepool_front_connections")
                .help("Open connections of web servers and browsers, by protocol.");
        snapshot.connections()
                .forEach((protocol, open) -> connections.dataPoint(level(open, Labels.of("protocol", protocol))));
        families.metricSnapshot(connections.build());
        total(
                "gatepool_front_connections_refused",
                "HTTP connections answered 503, or closed, because there were http.max_connections.",
                snapshot.connectionsRefused());
        single(
                "gatepool_ready",
                "Whether /ready says yes.",
                snapshot.obstacles().isEmpty() ? 1 : 0);
        total(
                "gatepool_log_lines_dropped",
                "Lines that did not get into the logs: the disk was full or slow.",
                snapshot.linesDropped());
        total(
                "gatepool_children_spawned",
                "Processes started.",
                snapshot.children().spawned());
        total(
                "gatepool_children_reaped",
                "Processes started and waited for.",
                snapshot.children().reaped());
        total(
                "gatepool_children_strays",
                "Orphans of children that were waited for.",
                snapshot.children().strays());
        total(
                "gatepool_children_killed",
                "Processes that ended by a SIGKILL of gatepool's.",
                snapshot.children().killed());
        total(
                "gatepool_children_cpu_seconds",
                "Processor time of all children that have ended, and of theirs.",
                own.childrenCpuSeconds());
        total("process_cpu_seconds", "Processor time of gatepool itself.", own.cpuSeconds());
        single("process_start_time_seconds", "When gatepool was started, since 1970.", own.startSeconds());
        single("process_resident_memory_bytes", "Resident memory of gatepool itself.", own.residentBytes());
        single("process_open_fds", "Open file descriptors.", own.openDescriptors());
        single("process_max_fds", "File descriptors that may be open.", own.mostDescriptors());
        single("gatepool_jvm_heap_used_bytes", "Java heap in use.", own.heapBytes());
        single("gatepool_jvm_heap_limit_bytes", "How large the Java heap may grow.", own.heapLimitBytes());
        single("gatepool_jvm_direct_memory_bytes", "Direct memory of the buffers.", own.directBytes());
        single("gatepool_jvm_threads", "Java threads.", own.threads());
        families.metricSnapshot(InfoSnapshot.builder()
                .name("gatepool_build")
                .help("The running program.")
                .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
                        .labels(Labels.of(
                                "version",
                                snapshot.daemon().version(),
                                "java_version",
                                System.getProperty("java.version", "")))
                        .build())
                .build());
    }

    // ---- families with one series for each app ----

    private void gauge(String name, String help, ToDoubleFunction<AppView> value) {
        GaugeSnapshot.Builder family = GaugeSnapshot.builder().name(name).help(help);
        apps.forEach(view -> family.dataPoint(level(value.applyAsDouble(view), Labels.of("app", view.name()))));
        families.metricSnapshot(family.build());
    }

    private void counter(String name, String help, ToDoubleFunction<AppView> value) {
        CounterSnapshot.Builder family = CounterSnapshot.builder().name(name).help(help);
        apps.forEach(view -> family.dataPoint(counted(value.applyAsDouble(view), Labels.of("app", view.name()))));
        families.metricSnapshot(family.build());
    }

    private void histogram(String name, String help, Function<AppView, Histogram> times) {
        HistogramSnapshot.Builder family =
                HistogramSnapshot.builder().name(name).help(help);
        for (AppView view : apps) {
            Histogram histogram = times.apply(view);
            family.dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                    .classicHistogramBuckets(buckets(histogram))
                    .sum(histogram.sumNanos() / 1e9)
                    .labels(Labels.of("app", view.name()))
                    .build());
        }
        families.metricSnapshot(family.build());
    }

    private static ClassicHistogramBuckets buckets(Histogram histogram) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        long before = 0;
        for (double bound : BOUNDS) {
            long below = histogram.countBelow((long) (bound * 1e9));
            buckets.bucket(bound, below - before);
            before = below;
        }
        return buckets.bucket(Double.POSITIVE_INFINITY, histogram.count() - before)
                .build();
    }

    // ---- families with one series ----

    private void single(String name, String help, Number value) {
        families.metricSnapshot(GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(level(value, Labels.EMPTY))
                .build());
    }

    private void total(String name, String help, Number value) {
        families.metricSnapshot(CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(counted(value, Labels.EMPTY))
                .build());
    }

    private static GaugeSnapshot.GaugeDataPointSnapshot level(Number value, Labels labels) {
        return GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .value(value.doubleValue())
                .labels(labels)
                .build();
    }

    private static CounterSnapshot.CounterDataPointSnapshot counted(Number value, Labels labels) {
        return CounterSnapshot.CounterDataPointSnapshot.builder()
                .value(value.doubleValue())
                .labels(labels)
                .build();
    }
}
