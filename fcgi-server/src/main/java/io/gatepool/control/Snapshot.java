package io.gatepool.control;

import io.gatepool.process.ChildCounters;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What the event loop knows at one moment, for a page that is written by another thread. Immutable.
 *
 * @param upNanos how long the daemon has run
 * @param obstacles why it is not ready; empty when it is
 */
record Snapshot(
        Instant time,
        AdminSources.Daemon daemon,
        long upNanos,
        AdminSources.Stage stage,
        List<String> obstacles,
        List<AppView> apps,
        Map<String, Integer> connections,
        long connectionsRefused,
        ChildCounters children,
        long linesDropped,
        List<RecentFailures.Failure> failures) {

    private static final int FAILURES = 50;

    /** Event loop only. */
    static Snapshot take(AdminSources sources) {
        long now = System.nanoTime();
        AdminSources.Stage stage = sources.stage().get();
        List<AppView> apps =
                sources.apps().get().stream().map(app -> AppView.of(app, now)).toList();
        return new Snapshot(
                Instant.now(),
                sources.daemon(),
                now - sources.daemon().startedNanos(),
                stage,
                Readiness.obstacles(stage, apps.stream().map(AppView::app).toList()),
                apps,
                Map.copyOf(sources.connections().get()),
                sources.connectionsRefused().getAsLong(),
                sources.children().get(),
                sources.linesDropped().getAsLong(),
                sources.failures().latest(FAILURES));
    }
}
