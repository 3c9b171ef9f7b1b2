package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The processes of a WSGI application: what they say, what they get into, and how they are replaced. */
class WsgiWorkerIT {

    private final Path directory;

    WsgiWorkerIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeEach
    void python() {
        WsgiHouse.needsPython();
    }

    private Daemon states(String settings) throws Exception {
        return Daemon.serve(directory, WsgiHouse.app("states", "states:app", WsgiHouse.APPS, settings));
    }

    @Test
    void whatItSaysIsInTheLogWithProcessAndRequest() throws Exception {
        try (Daemon daemon = states("workers.max = 1")) {
            int port = daemon.port("states", "http");
            try (Call call = Call.send(port, "GET", "/complain?word=taxes", "", "X-Request-Id: the-one-i-gave")) {
                assertThat(call.answer().body()).contains("complained");
            }
            int pid = daemon.workers("states").get(0);
            for (String line : List.of("first line about taxes", "and a second")) {
                daemon.running().await("states: .*the-one-i-gave.* " + line);
                assertThat(daemon.log().lines().filter(l -> l.endsWith(line)))
                        .singleElement()
                        .satisfies(l -> assertThat(l).contains("" + pid));
            }
            daemon.running().await("states: worker " + pid + " stderr: printed about taxes");
        }
    }

    @Test
    void anApplicationThatCannotBeImportedSaysWhyAndRecoversWhenItIsMended() throws Exception {
        Path file = Files.writeString(directory.resolve("shop.py"), "import json\nimport no_such_library\n");
        try (Daemon daemon =
                Daemon.launch(directory, WsgiHouse.app("shop", "shop:app", directory, "workers.max = 2"))) {
            String reason = "ModuleNotFoundError: No module named 'no_such_library'";
            daemon.running().await("shop: worker \\d+ exited with status 1 at start: " + reason);
            daemon.running().await("ready in \\S+ s: 1 app, 0 workers; failing: shop");
            assertThat(daemon.log())
                    .contains("Traceback (most recent call last):", "File \"" + file + "\", line 2, in <module>")
                    .doesNotContain("gatepool_wsgi.py\", line");
            int port = daemon.port("shop", "http");
            Poll.until("requests are refused at once", () -> status(port, "/") == 503);
            Gatepool status = Gatepool.ask(directory, "status");
            assertThat(status.exit()).isEqualTo(1);
            assertThat(status.output().lines().reduce((before, last) -> last))
                    .hasValueSatisfying(last -> assertThat(last).contains(reason));

            WsgiHouse.module(directory, "shop", "mended");
            Poll.until("it recovers by itself", () -> status(port, "/") == 200);
            assertThat(Call.get(port, "/").body()).isEqualTo("mended");
            assertThat(Gatepool.ask(directory, "status").exit()).isZero();
        }
    }

    private static int status(int port, String path) {
        try {
            return Call.get(port, path).status();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aTargetThatIsNoApplicationIsNamedWithWhatThereIs() throws Exception {
        WsgiHouse.module(directory, "shop", "hello");
        try (Daemon daemon =
                Daemon.launch(directory, WsgiHouse.app("shop", "shop:application", directory, "workers.max = 1"))) {
            daemon.running()
                    .await("exited with status 1 at start: gatepool_wsgi: shop:application: there is no application"
                            + " in shop; there is shop:app");
        }
    }

    @Test
    void threadsAreRequestsSideBySideInOneProcess() throws Exception {
        try (Daemon daemon = states("workers.max = 1\nthreads = 4")) {
            int port = daemon.port("states", "http");
            List<Call> calls = new ArrayList<>();
            for (int number = 0; number < 4; number++) {
                calls.add(Call.send(port, "GET", "/side", ""));
            }
            for (Call call : calls) {
                // Each waits for the three others.
                Call.Answer answer = call.answer();
                assertThat(answer.status()).as(daemon.log()).isEqualTo(200);
                assertThat(answer.number("pid"))
                        .isEqualTo(daemon.workers("states").get(0));
            }
        }
    }

    @Test
    void theFlagsOfTheEnvironTellOfThreadsAndProcesses() throws Exception {
        String other = WsgiHouse.app("one", "states:app", WsgiHouse.APPS, "workers.max = 1");
        try (Daemon daemon = Daemon.serve(
                directory,
                WsgiHouse.app("many", "states:app", WsgiHouse.APPS, "workers.max = 2\nthreads = 2") + other)) {
            Call.Answer many = Call.get(daemon.port("many", "http"), "/flags");
            assertThat(many.line("wsgi.multithread") + many.line("wsgi.multiprocess"))
                    .isEqualTo("TrueTrue");
            Call.Answer one = Call.get(daemon.port("one", "http"), "/flags");
            assertThat(one.line("wsgi.multithread") + one.line("wsgi.multiprocess"))
                    .isEqualTo("FalseFalse");
            assertThat(one.line("wsgi.run_once")).isEqualTo("False");
        }
    }

    @Test
    void itIsReplacedAfterMaxRequests() throws Exception {
        try (Daemon daemon = states("workers.max = 1\nmax_requests = 5\nmax_requests_jitter = \"0%\"")) {
            int port = daemon.port("states", "http");
            Set<Integer> pids = new HashSet<>();
            for (int request = 0; request < 40 || pids.size() < 4; request++) {
                Call.Answer answer = Call.get(port, "/");
                assertThat(answer.status()).isEqualTo(200);
                pids.add(answer.number("pid"));
                assertThat(request).as("requests for four processes").isLessThan(5000);
            }
            assertThat(daemon.log()).doesNotContain("ERROR");
        }
    }

    @Test
    void oneThatHangsIsA504AndItsStackIsInTheLog() throws Exception {
        try (Daemon daemon = states("workers.max = 1\noutput_timeout = \"1s\"\nstop_timeout = \"100ms\"")) {
            int port = daemon.port("states", "http");
            int pid = daemon.workers("states").get(0);
            Call.Answer answer = Call.get(port, "/hang");
            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.cause()).isEqualTo("output-timeout");
            daemon.running()
                    .await("states: worker " + pid + " stderr: +File \"\\S+states.py\", line \\d+ in hang_here");
            assertThat(Call.get(port, "/").number("pid")).isNotEqualTo(pid);
            Poll.until("the hanging one is gone", () -> !Daemon.isAlive(pid));
        }
    }

    @Test
    void aNewVersionUnderLoadFailsNoRequestAndThenThereIsOnlyTheNewText() throws Exception {
        WsgiHouse.module(directory, "shop", "version 1");
        try (Daemon daemon = Daemon.serve(directory, WsgiHouse.app("shop", "shop:app", directory, "workers.max = 2"))) {
            int port = daemon.port("shop", "http");
            try (Visitors visitors = new Visitors(4, port, "/")) {
                visitors.await(20);
                for (int version = 2; version < 6; version++) {
                    WsgiHouse.module(directory, "shop", "version " + version);
                    int from = daemon.log().length();
                    daemon.signal("HUP");
                    daemon.await("shop: generation " + version + " has taken over", from);
                    assertThat(Call.get(port, "/").body()).isEqualTo("version " + version);
                    visitors.await(20);
                }
                assertThat(visitors.failures()).isEmpty();
                assertThat(visitors.bodies())
                        .containsExactlyInAnyOrder("version 1", "version 2", "version 3", "version 4", "version 5");
            }
        }
    }

    @Test
    void oneThatIsKilledUnderLoadFailsNoGet() throws Exception {
        try (Daemon daemon = states("workers.max = 3")) {
            int port = daemon.port("states", "http");
            try (Visitors visitors = new Visitors(4, port, "/")) {
                visitors.await(20);
                for (int time = 0; time < 5; time++) {
                    int pid = Call.get(port, "/").number("pid");
                    int from = daemon.log().length();
                    Daemon.signal(pid, "KILL");
                    daemon.await("worker \\d+ replaces " + pid, from);
                    visitors.await(20);
                }
                assertThat(visitors.failures()).isEmpty();
            }
        }
    }

    @Test
    void aBodyLargerThanItsMemoryIsStreamed() throws Exception {
        long size = 300L << 20;
        Path apps = Daemon.REPOSITORY.resolve("examples/apps/wsgi");
        try (Daemon daemon = Daemon.serve(
                directory,
                WsgiHouse.app("upload", "upload:app", apps, "workers.max = 1\nlimits.memory = \"200MiB\""))) {
            HttpRequest.Builder request = Web.request("http://127.0.0.1:" + daemon.port("upload", "http") + "/")
                    .POST(HttpRequest.BodyPublishers.fromPublisher(
                            HttpRequest.BodyPublishers.ofInputStream(() -> new GeneratedBody(7, size)), size));
            assertThat(Web.send(request).text()).endsWith("  " + size + " bytes\n");
            int worker = daemon.workers("upload").get(0);
            Matcher peak = Pattern.compile("VmHWM:\\s+(\\d+) kB")
                    .matcher(Files.readString(Path.of("/proc", Integer.toString(worker), "status")));
            assertThat(peak.find()).isTrue();
            assertThat(Integer.parseInt(peak.group(1))).as("KiB").isLessThan(40 << 10);
        }
    }

    /** What happens with every response of Django, now and then: its close() runs when the client has gone already. */
    @Test
    void aClientThatHasTheWholeResponseMayLeaveBeforeTheApplicationHasClosedIt() throws Exception {
        Path file = directory.resolve("when");
        try (Daemon daemon = Daemon.serve(
                directory,
                "[server]\nruntime_dir = \"run\"\naccess_log = \"-\"\n"
                        + WsgiHouse.app("states", "states:app", WsgiHouse.APPS, "workers.max = 1"))) {
            int port = daemon.port("states", "http");
            Call.Answer answer = Call.get(port, "/closes?when=" + file);
            assertThat(answer.body()).isEqualTo("all of it\n");
            assertThat(daemon.running().await("GET /closes\\S* HTTP/1.1\" (.*)").group(1))
                    .startsWith("200 10 ")
                    .doesNotContain("cause=");
            Files.writeString(file, "");
            assertThat(Call.get(port, "/").number("pid"))
                    .isEqualTo(daemon.workers("states").get(0));
        }
    }

    @Test
    void theEnvironmentIsWhatWasAllowed() throws Exception {
        try (Daemon daemon = states("workers.max = 1\nenv.GREETING = \"hello\"\npass_env = [\"GATEPOOL_IT_PASSED\"]")) {
            assertThat(Call.get(daemon.port("states", "http"), "/environ").body())
                    .contains("GREETING=hello\n", "GATEPOOL_IT_PASSED=from outside\n", "PATH=")
                    .doesNotContain("GATEPOOL_JAVA_OPTS", "\nLANG=", "\nSHELL=");
        }
    }
}
