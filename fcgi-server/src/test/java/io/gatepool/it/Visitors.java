package io.gatepool.it;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that get the same page again and again, each on a new connection, while something else happens. */
final class Visitors implements AutoCloseable {

    private final AtomicBoolean enough = new AtomicBoolean();
    private final AtomicInteger answers = new AtomicInteger();
    private final Set<String> bodies = ConcurrentHashMap.newKeySet();
    private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> threads = new ArrayList<>();

    Visitors(int number, int port, String path) {
        for (int client = 0; client < number; client++) {
            Thread thread = new Thread(() -> visit(port, path));
            threads.add(thread);
            thread.start();
        }
    }

    private void visit(int port, String path) {
        while (!enough.get()) {
            try {
                Call.Answer answer = Call.get(port, path);
                if (answer.status() == 200 && answer.complete()) {
                    bodies.add(answer.body());
                    answers.incrementAndGet();
                } else {
                    failures.add(answer.toString());
                }
            } catch (Exception e) {
                failures.add(e.toString());
            }
        }
    }

    /** Waits until so many more have been answered. */
    void await(int more) {
        int seen = answers.get();
        Poll.until("requests go on", () -> answers.get() >= seen + more || !failures.isEmpty());
    }

    /** All the different bodies so far. */
    Set<String> bodies() {
        return Set.copyOf(bodies);
    }

    /** Ends them; returns what went wrong. */
    List<String> failures() throws InterruptedException {
        enough.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        return List.copyOf(failures);
    }

    @Override
    public void close() throws Exception {
        failures();
    }
}
