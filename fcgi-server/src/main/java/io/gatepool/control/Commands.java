package io.gatepool.control;

import io.gatepool.exchange.AppStatus;
import io.gatepool.exchange.ManagedApp;
import io.gatepool.exchange.RequestStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Does what was asked. Event loop only; but what an answer consists of is put together by the {@link Supplier} that it
 * brings, on the control thread, from what was copied here.
 */
final class Commands {

    /** Brings the answer. Event loop. */
    interface Reply {

        void ok(Supplier<Map<String, Object>> content);

        /** As {@link #ok}, but the connection stays open until the daemon ends: that is how its end is told. */
        void okUntilTheEnd(Supplier<Map<String, Object>> content);

        void rejected(Rejection rejection);
    }

    /** Requests of one app that are shown; there may be many more. */
    private static final int MOST_REQUESTS = 500;

    private final Operations operations;
    private final FailureBook failures;

    /** Control thread only. */
    private final ProcUsage usage = new ProcUsage();

    Commands(Operations operations, FailureBook failures) {
        this.operations = operations;
        this.failures = failures;
    }

    void run(ControlRequest request, Reply reply) {
        try {
            switch (request.verb()) {
                case STATUS -> reply.ok(status(request));
                case WORKERS -> reply.ok(workers(app(request)));
                case DUMP -> reply.ok(dump(request));
                case EXPLAIN -> reply.ok(explain(request.id()));
                case KILL_REQUEST -> reply.ok(kill(request.id()));
                case DRAIN -> {
                    app(request).pause();
                    reply.ok(done("drained", app(request).name(), app(request).openRequests()));
                }
                case RESUME -> {
                    app(request).resume();
                    reply.ok(done("resumed", app(request).name(), app(request).openRequests()));
                }
                case REOPEN_LOGS -> {
                    Runnable reopening =
                            operations.logReopening().orElseThrow(() -> ControlRequest.unknownCommand("reopen-logs"));
                    reply.ok(() -> {
                        reopening.run();
                        return Map.of();
                    });
                }
                case STOP -> stop(request.flag(), reply);
                case RELOAD, RESTART, SCALE -> renew(request, reply);
            }
        } catch (Rejection e) {
            reply.rejected(e);
        }
    }

    private ManagedApp app(ControlRequest request) throws Rejection {
        return find(request.app());
    }

    private ManagedApp find(String name) throws Rejection {
        List<? extends ManagedApp> apps = operations.apps();
        for (ManagedApp app : apps) {
            if (app.name().equals(name)) {
                return app;
            }
        }
        String all = String.join(", ", apps.stream().map(ManagedApp::name).toList());
        throw new Rejection(
                "unknown-app",
                "there is no app '" + name + "'",
                "app",
                apps.isEmpty() ? "this gatepool has none" : "it has " + all);
    }

    private List<ManagedApp> apps(ControlRequest request) throws Rejection {
        return request.app().isEmpty() ? List.copyOf(operations.apps()) : List.of(find(request.app()));
    }

    // ---- looking ----

    private Supplier<Map<String, Object>> status(ControlRequest request) throws Rejection {
        Map<String, Object> answer = Reports.identity(operations.identity());
        long now = System.nanoTime();
        answer.put(
                "apps",
                apps(request).stream()
                        .map(app -> Reports.app(app.status(), now))
                        .toList());
        return () -> answer;
    }

    private Supplier<Map<String, Object>> workers(ManagedApp app) {
        AppStatus status = app.status();
        Map<String, Object> answer = Reports.app(status, System.nanoTime());
        Map<String, List<Integer>> pids = new LinkedHashMap<>();
        operations.apps().forEach(each -> pids.put(each.name(), pids(each.status())));
        return () -> {
            answer.put(
                    "processes",
                    Reports.workers(
                            status.workers(),
                            usage.look(pids, System.nanoTime()).workers()));
            return answer;
        };
    }

    private static List<Integer> pids(AppStatus status) {
        return status.workers().stream().map(AppStatus.WorkerStatus::pid).toList();
    }

    private Supplier<Map<String, Object>> dump(ControlRequest request) throws Rejection {
        Map<String, Object> answer = Reports.identity(operations.identity());
        long now = System.nanoTime();
        List<Supplier<Map<String, Object>>> parts = new ArrayList<>();
        for (ManagedApp app : apps(request)) {
            AppStatus status = app.status();
            Map<String, Object> part = Reports.app(status, now);
            part.put("open", app.openRequests());
            List<RequestStatus> requests = app.requests(MOST_REQUESTS);
            List<AppStatus.WorkerStatus> workers = status.workers();
            parts.add(() -> {
                part.put("requests", requests.stream().map(Reports::request).toList());
                part.put("processes", Reports.workers(workers));
                return part;
            });
        }
        return () -> {
            answer.put("apps", parts.stream().map(Supplier::get).toList());
            return answer;
        };
    }

    private Supplier<Map<String, Object>> explain(String id) throws Rejection {
        Optional<FailedRequest> failed = failures.find(id);
        if (failed.isEmpty()) {
            boolean runs = operations.apps().stream()
                    .flatMap(app -> app.requests(Integer.MAX_VALUE).stream())
                    .anyMatch(request -> request.id().equals(id));
            throw new Rejection(
                    "unknown-request",
                    runs
                            ? id + " is not over yet"
                            : "'" + id + "' is not among the last " + FailureBook.KEPT + " failures since the start of "
                                    + "gatepool, which are kept in memory",
                    "id",
                    runs ? "gatepool dump shows it" : "look for it in the log");
        }
        Map<String, Object> answer = failed.get().report();
        return () -> answer;
    }

    // ---- doing ----

    private Supplier<Map<String, Object>> kill(String id) throws Rejection {
        for (ManagedApp app : operations.apps()) {
            RequestStatus killed = app.kill(id);
            if (killed != null) {
                Map<String, Object> answer = Reports.request(killed);
                answer.put("app", app.name());
                return () -> answer;
            }
        }
        throw new Rejection(
                "unknown-request", "no request '" + id + "' is under way", "id", "gatepool dump shows those that are");
    }

    private void stop(boolean now, Reply reply) {
        int open = operations.apps().stream().mapToInt(ManagedApp::openRequests).sum();
        Map<String, Object> answer = Reports.identity(operations.identity());
        answer.put("open", open);
        operations.stop(now);
        reply.okUntilTheEnd(() -> answer);
    }

    private void renew(ControlRequest request, Reply reply) throws Rejection {
        Operations.Renewal renewal = operations
                .renewal()
                .orElseThrow(() -> ControlRequest.unknownCommand(request.verb().text()));
        Optional<ManagedApp> app = request.app().isEmpty() ? Optional.empty() : Optional.of(find(request.app()));
        switch (request.verb()) {
            case RELOAD -> renewal.reload(app, request.flag(), failure -> renewed(request, failure, reply));
            case RESTART -> renewal.restart(find(request.app()), failure -> renewed(request, failure, reply));
            default -> {
                if (request.workers() < 0) {
                    throw new Rejection("bad-request", "workers: less than none", "workers", "write 0 or more");
                }
                renewal.scale(find(request.app()), request.workers(), failure -> renewed(request, failure, reply));
            }
        }
    }

    private void renewed(ControlRequest request, @Nullable String failure, Reply reply) {
        if (failure == null) {
            reply.ok(status(operations));
        } else {
            reply.rejected(new Rejection(request.verb().text() + "-failed", failure, request.app(), ""));
        }
    }

    private static Supplier<Map<String, Object>> status(Operations operations) {
        Map<String, Object> answer = Reports.identity(operations.identity());
        return () -> answer;
    }

    private static Supplier<Map<String, Object>> done(String what, String app, int open) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put(what, app);
        answer.put("open", open);
        return () -> answer;
    }
}
