package io.gatepool.control;

import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.Place;
import io.gatepool.exchange.RequestStatus;
import io.gatepool.exchange.Traffic;
import io.gatepool.exchange.Trouble;
import io.gatepool.exchange.WorkerEvents;
import io.gatepool.process.ChildCounters;
import java.util.List;
import java.util.Map;

/** What the event loop might know, for tests of the pages made of it. */
final class Snapshots {

    /** What a stranger puts into everything that they can choose. */
    static final String EVIL = "<script>alert('\"&{}')</script>\\\n\u0007";

    private Snapshots() {}

    static AppStatus app(String name, String health, String reason, AppStatus.WorkerStatus... workers) {
        WorkerEvents events = new WorkerEvents();
        events.spawned(2_000_000);
        events.ready(31_000_000);
        events.replaced(WorkerEvents.Reason.CRASH);
        return new AppStatus(
                name,
                "fastcgi",
                "/",
                health,
                reason.isEmpty() ? Trouble.NONE : new Trouble(reason, "", 1, 0, 0),
                workers.length,
                8,
                1,
                2,
                512,
                1_500_000_000,
                "static",
                "",
                1,
                "",
                new Traffic(System.nanoTime()),
                events,
                List.of(workers));
    }

    /** One that works on a request. */
    static AppStatus.WorkerStatus busy(int pid, String title) {
        return new AppStatus.WorkerStatus(
                pid,
                "busy",
                711,
                8040,
                1,
                List.of(new RequestStatus(
                        "r7f3a412", title, "", Place.worker(pid), 200_000_000, 200_000_000, 0, 0, 0)));
    }

    static AdminSources sources(AdminSources.Stage stage, List<AppStatus> apps, RecentFailures failures) {
        return new AdminSources(
                new AdminSources.Daemon("1.0.0", "/etc/gatepool/gatepool.toml", System.nanoTime()),
                () -> stage,
                () -> apps,
                () -> Map.of("http", 3, "fastcgi", 4),
                () -> 7,
                () -> new ChildCounters(5, 4, 3, 2, 1),
                () -> 6,
                failures);
    }

    static Snapshot of(AppStatus... apps) {
        return Snapshot.take(sources(AdminSources.Stage.SERVING, List.of(apps), most -> List.of()));
    }
}
