package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Thousands of scripts that end in every way there is, many at once: each logged status is the right one, and
 * afterwards nothing is left. bench/reaping.py does the same with 20,000.
 */
class ScriptReapingIT {

    private static final int SCRIPTS = 2000;
    private static final int CLIENTS = 12;

    /** What a script does, and what the access log must say of it. */
    private enum Kind {
        EXIT("printf 'Content-Type: text/plain\\n\\nx'; exit $N", "200 1 .* exit=%N"),
        SILENT("exit $N", "502 \\d+ .* exit=%N cause=head-malformed"),
        KILLED("kill -9 $$", "502 \\d+ .* signal=SIGKILL cause=head-malformed"),
        CUT("printf 'Content-Type: text/plain\\n\\nx'; kill -SEGV $$", "200 1 .* signal=SIGSEGV cause=truncated"),
        FORKED(
                "(setsid sleep 600 >/dev/null 2>&1 &); printf 'Content-Type: text/plain\\n\\nx'; exit $N",
                "200 1 .* exit=%N"),
        STUBBORN("trap '' TERM; echo > $D/here-$I; exec sleep 600", "499 0 .* cause=client-gone");

        private final String script;
        private final String logged;

        Kind(String script, String logged) {
            this.script = script;
            this.logged = logged;
        }
    }

    private record Request(int number, Kind kind, int exit) {
        String query() {
            return kind + "-" + exit + "-" + number;
        }

        String expected() {
            return kind.logged.replace("%N", Integer.toString(exit));
        }
    }

    private static List<Request> requests() {
        Random random = new Random(20_000);
        List<Request> requests = new ArrayList<>();
        for (int number = 0; number < SCRIPTS; number++) {
            int dice = random.nextInt(100);
            Kind kind = dice < 50
                    ? Kind.EXIT
                    : dice < 65
                            ? Kind.SILENT
                            : dice < 80 ? Kind.KILLED : dice < 90 ? Kind.CUT : dice < 99 ? Kind.FORKED : Kind.STUBBORN;
            requests.add(new Request(number, kind, random.nextInt(256)));
        }
        return requests;
    }

    @ParameterizedTest
    @ValueSource(strings = {"waitid", "sigchld"})
    void everyStatusIsRightAndNothingIsLeft(String reaper, @TempDir Path directory) throws Exception {
        List<Request> requests = requests();
        ScriptHouse house = new ScriptHouse(
                directory,
                "reaper = \"" + reaper + "\"\n",
                Map.of("mix", "max_running = 16\nstop_timeout = \"100ms\"\nqueue.timeout = \"60s\""));
        try (house) {
            List<String> cases = new ArrayList<>();
            for (Kind kind : Kind.values()) {
                cases.add(kind + ") " + kind.script + " ;;");
            }
            house.script(
                    "mix",
                    "IFS=-; set -- $QUERY_STRING; N=$2 I=$3; unset IFS",
                    "case $1 in",
                    String.join("\n", cases),
                    "esac");
            int port = house.http("mix");
            // Whatever the daemon opens once for all is open after this.
            runAll(house, port, requests.subList(0, CLIENTS));
            int pid = house.daemon().pid();
            awaitNothingLeft(pid);
            int descriptors = descriptors(pid);
            runAll(house, port, requests.subList(CLIENTS, SCRIPTS));
            awaitNothingLeft(pid);
            Poll.until("as many descriptors as before", () -> descriptors(pid) <= descriptors);
            Poll.until("all entries", () -> house.accessLog().lines().count() == SCRIPTS);
            assertStatuses(house, requests);
        }
        assertCounters(house, requests);
    }

    private static void runAll(ScriptHouse house, int port, List<Request> requests) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (Request request : requests) {
                done.add(clients.submit(() -> run(house, port, request)));
            }
            for (Future<?> one : done) {
                one.get();
            }
        } finally {
            clients.shutdown();
        }
    }

    private static Void run(ScriptHouse house, int port, Request request) throws IOException {
        try (Call call = Call.send(port, "GET", "/mix?" + request.query(), "")) {
            if (request.kind() == Kind.STUBBORN) {
                Poll.until("it runs", () -> Files.exists(house.file("here-" + request.number())));
            } else {
                call.answer();
            }
        }
        return null;
    }

    private static void assertStatuses(ScriptHouse house, List<Request> requests) {
        Map<String, String> logged = new HashMap<>();
        Pattern entry = Pattern.compile("\"GET /mix\\?(\\S+) HTTP/1.1\" (.*)");
        house.accessLog().lines().forEach(line -> {
            Matcher matcher = entry.matcher(line);
            assertThat(matcher.find()).as(line).isTrue();
            logged.put(matcher.group(1), matcher.group(2));
        });
        List<String> wrong = requests.stream()
                .filter(request -> !logged.getOrDefault(request.query(), "").matches(request.expected()))
                .map(request -> request + " logged as " + logged.get(request.query()))
                .toList();
        assertThat(wrong).isEmpty();
    }

    private static void assertCounters(ScriptHouse house, List<Request> requests) {
        long forked = requests.stream().filter(one -> one.kind() == Kind.FORKED).count();
        long stubborn =
                requests.stream().filter(one -> one.kind() == Kind.STUBBORN).count();
        assertThat(forked * stubborn).isPositive();
        assertThat(house.daemon().log())
                .contains("children: " + SCRIPTS + " spawned, " + SCRIPTS + " reaped, " + forked + " strays, "
                        + (forked + stubborn) + " killed");
    }

    /** The daemon has no child, not even a zombie. */
    private static void awaitNothingLeft(int pid) {
        Poll.until("no child is left", () -> children(pid) == 0);
    }

    private static long children(int pid) {
        return ProcessHandle.of(pid).map(daemon -> daemon.children().count()).orElse(-1L);
    }

    private static int descriptors(int pid) {
        try (Stream<Path> open = Files.list(Path.of("/proc", Integer.toString(pid), "fd"))) {
            return (int) open.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
