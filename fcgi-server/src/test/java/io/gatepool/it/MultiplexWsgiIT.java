package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.it.RawFastCgi.Answer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** gatepool's own WSGI worker, which gets requests ahead: each has its own answer, whatever becomes of the worker. */
class MultiplexWsgiIT {

    private static final int AT_A_TIME = 12;

    private final Path directory;

    MultiplexWsgiIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private Daemon serve(String settings) throws Exception {
        Needs.program("python3", "python3");
        return Daemon.serve(directory, """
                [app.ahead]
                kind = "wsgi"
                module = "ahead:app"
                pythonpath = ["%s"]
                env = { PYTHONDONTWRITEBYTECODE = "1" }
                listen = "fastcgi:unix:%s"
                workers.max = 2
                %s
                """.formatted(Daemon.TEST_APPS, socket(), settings));
    }

    private Path socket() {
        return directory.resolve("ahead.sock");
    }

    /** What a test does in the midst of the requests. */
    private interface Disturbance {
        void now(int pid) throws Exception;
    }

    /**
     * A dozen requests at a time over one connection, most of them quick, some slow, some with a body where that is
     * asked for; each must have its own answer. Returns the pids that answered.
     */
    private Set<Integer> ask(int requests, boolean bodies, Disturbance disturbance) throws Exception {
        Set<Integer> pids = new HashSet<>();
        Deque<Integer> open = new ArrayDeque<>();
        try (RawFastCgi front = RawFastCgi.unix(socket())) {
            for (int request = 0; request < requests + AT_A_TIME; request++) {
                if (request >= AT_A_TIME) {
                    int asked = open.remove();
                    Answer answer = front.answer(asked % AT_A_TIME + 1);
                    assertThat(answer.text()).contains("key k" + asked + "\n");
                    assertThat(MultiplexHouse.number(answer, "body")).isEqualTo(bodies && asked % 5 == 0 ? asked : 0);
                    int pid = MultiplexHouse.number(answer, "pid");
                    pids.add(pid);
                    if (asked % 100 == 50) {
                        disturbance.now(pid);
                    }
                }
                if (request < requests) {
                    String query = "key=k" + request + (request % 97 == 96 ? "&ms=15" : "");
                    int id = request % AT_A_TIME + 1;
                    if (bodies && request % 5 == 0) {
                        MultiplexHouse.post(front, id, "x", query, "b".repeat(request));
                    } else {
                        MultiplexHouse.get(front, id, "x", query);
                    }
                    front.send();
                    open.add(request);
                }
            }
        }
        return pids;
    }

    @ParameterizedTest
    @CsvSource({"4,1", "1,1", "16,1", "4,3"})
    void eachGetsItsOwnAnswer(int multiplex, int threads) throws Exception {
        try (Daemon daemon = serve("multiplex = " + multiplex + "\nthreads = " + threads)) {
            Set<Integer> pids = ask(1000, true, pid -> {});
            assertThat(daemon.workers("ahead")).containsAll(pids);
            assertThat(daemon.log()).doesNotContain("runs again", "WARN", "ERROR");
        }
    }

    @Test
    void noneIsLostWhenWorkersAreRecycled() throws Exception {
        try (Daemon daemon = serve("max_requests = 30")) {
            // It is looked ten times a second whose limit is reached.
            Set<Integer> pids = new HashSet<>();
            for (int round = 0; pids.size() < 8 && round < 200; round++) {
                pids.addAll(ask(300, true, pid -> {}));
            }
            assertThat(pids).hasSizeGreaterThanOrEqualTo(8);
            assertThat(daemon.log()).doesNotContain("runs again", "ERROR");
        }
    }

    /**
     * KILL: what it had begun with runs again, the rest runs elsewhere. TERM, from outside: it ends what it has begun.
     */
    @ParameterizedTest
    @ValueSource(strings = {"KILL", "TERM"})
    void noGetIsLostWithItsWorker(String signal) throws Exception {
        try (Daemon daemon = serve("")) {
            assertThat(ask(600, false, pid -> Daemon.signal(pid, signal))).hasSizeGreaterThan(4);
        }
    }

    @Test
    void noneIsLostWhenTheAppIsReloaded() throws Exception {
        try (Daemon daemon = serve("")) {
            assertThat(ask(600, true, pid -> daemon.signal("HUP"))).hasSizeGreaterThan(2);
        }
    }
}
