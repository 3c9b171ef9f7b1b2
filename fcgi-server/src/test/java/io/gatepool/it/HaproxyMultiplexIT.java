package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * HAProxy, the one web server that has several requests at a time on a connection. With one thread, since each of its
 * threads has connections of its own.
 */
class HaproxyMultiplexIT {

    private static final int MANY = 12;

    private static Path directory;
    private static Examples examples;
    private static Upstream upstream;
    private static Daemon daemon;

    @BeforeAll
    static void start(@TempDir Path temporary) throws Exception {
        Needs.program("haproxy", "haproxy");
        directory = temporary;
        examples = Examples.copyTo(directory);
        upstream = new Upstream(Way.FASTCGI_TCP, Ports.free(), Path.of("/"));
        daemon = Daemon.serve(directory, """
                [server]
                runtime_dir = "run"
                log_level = "debug"

                [app.suite]
                kind = "cgi"
                mount = "/suite"
                root = "%2$s/suite/cgi"
                listen = "%1$s"
                max_running = %3$d

                [app.narrow]
                kind = "fastcgi"
                command = ["%2$s/testapp.py"]
                mount = "/narrow"
                listen = "%1$s"
                workers.max = 1
                queue.size = 1
                """.formatted(upstream.listen(), Daemon.TEST_APPS, MANY + 2));
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
    }

    /** The sample without the lines that contain {@code without}. */
    private static Haproxy haproxy(String name, String... without) throws Exception {
        String conf = Examples.replace(
                Haproxy.conf(examples, upstream), "global\n    log ", "global\n    nbthread 1\n    log ");
        for (String text : without) {
            conf = Examples.replace(conf, text, "# " + text);
        }
        Haproxy haproxy = Haproxy.start(examples, name, conf);
        // The first connection is there, and what gatepool has answered to GET_VALUES.
        assertThat(Call.get(haproxy.port(), "/suite/suite.cgi/ok").status()).isEqualTo(200);
        return haproxy;
    }

    /** Requests that have had their first line each, and get the second when their file is made. */
    private static List<Path> begin(Haproxy haproxy, List<Call> calls, String name) throws Exception {
        List<Path> files = new ArrayList<>();
        for (int request = 0; request < MANY; request++) {
            Path file = directory.resolve(name + request);
            files.add(file);
            calls.add(Call.send(haproxy.port(), "GET", "/suite/suite.cgi/steps?file=" + file, ""));
        }
        for (Call call : calls) {
            call.awaitFirstByte();
        }
        return files;
    }

    private static void close(List<Call> calls) throws Exception {
        for (Call call : calls) {
            call.close();
        }
    }

    private static int connections() throws Exception {
        return KernelSockets.acceptedOn(upstream.port()).size();
    }

    @ParameterizedTest
    @CsvSource({
        // The sample; what HAProxy is told by gatepool only; and neither, so that this test can fail.
        "sample, '', 1",
        "told, option mpxs-conns|option max-reqs, 1",
        "without, option mpxs-conns|option max-reqs|option get-values, 12"
    })
    void manyAreOnOneConnectionAndAnsweredInAnyOrder(String name, String without, int expected) throws Exception {
        List<Call> calls = new ArrayList<>();
        try (Haproxy haproxy = haproxy(name, without.isEmpty() ? new String[0] : without.split("\\|", -1))) {
            List<Path> files = begin(haproxy, calls, name);
            assertThat(connections()).isEqualTo(expected);
            assertThat(haproxy.counter("connect")).isEqualTo(expected);
            assertThat(haproxy.counter("reuse")).isEqualTo(MANY + 1 - expected);
            for (int request = MANY - 1; request >= 0; request--) {
                Files.createFile(files.get(request));
                Call.Answer answer = calls.get(request).answer();
                assertThat(answer.body()).isEqualTo("first\nsecond\n");
                assertThat(answer.complete()).isTrue();
            }
        } finally {
            close(calls);
        }
        Poll.until("its connections have gone", HaproxyMultiplexIT::noConnection);
    }

    private static boolean noConnection() {
        try {
            return connections() == 0;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whoLeavesInBetweenDisturbsNobody() throws Exception {
        List<Call> calls = new ArrayList<>();
        try (Haproxy haproxy = haproxy("aborts")) {
            List<Path> files = begin(haproxy, calls, "aborts");
            for (int request = 0; request < MANY; request += 3) {
                calls.get(request).close();
                // HAProxy tells nobody of it, and drops what still comes for the request.
                Files.createFile(files.get(request));
            }
            for (int request = 0; request < MANY; request++) {
                if (request % 3 != 0) {
                    Files.createFile(files.get(request));
                    assertThat(calls.get(request).answer().body()).isEqualTo("first\nsecond\n");
                }
            }
            assertThat(haproxy.counter("connect")).isEqualTo(1);
            assertThat(Call.get(haproxy.port(), "/suite/suite.cgi/ok").status()).isEqualTo(200);
        } finally {
            close(calls);
        }
    }

    @Test
    void anUploadThatBreaksOffIsAbortedWhileOthersGoOn() throws Exception {
        List<Call> calls = new ArrayList<>();
        try (Haproxy haproxy = haproxy("upload")) {
            List<Path> files = begin(haproxy, calls, "upload");
            int from = daemon.log().length();
            try (Call upload = Call.raw(
                    haproxy.port(),
                    "POST /suite/suite.cgi/sha HTTP/1.1\r\nHost: test\r\nContent-Length: 200000\r\n\r\n"
                            + "x".repeat(100_000))) {
                Poll.until("it is on its way", () -> uploads(haproxy) == MANY + 1);
            }
            // Only ABORT_REQUEST can tell: the connection stays.
            daemon.await("POST \\S+ failed: the client .*client-gone", from);
            assertThat(connections()).isEqualTo(1);
            for (int request = 0; request < MANY; request++) {
                Files.createFile(files.get(request));
                assertThat(calls.get(request).answer().body()).isEqualTo("first\nsecond\n");
            }
        } finally {
            close(calls);
        }
    }

    /** How many requests are at gatepool. */
    private static long uploads(Haproxy haproxy) {
        try {
            return haproxy.counter("scur");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whereTheQueueIsFullTheClientGetsThePageAndTheOthersGoOn() throws Exception {
        Path held = directory.resolve("held");
        try (Haproxy haproxy = haproxy("full");
                Call first = Call.send(haproxy.port(), "GET", "/narrow/hold?f=" + held, "")) {
            Poll.until("the worker is busy", () -> Files.exists(held));
            try (Call second = Call.send(haproxy.port(), "GET", "/narrow/pid", "")) {
                Poll.until("the other one waits", () -> uploads(haproxy) == 2);
                Call.Answer third = Call.get(haproxy.port(), "/narrow/pid");
                assertThat(third.status()).as(haproxy.log()).isEqualTo(503);
                assertThat(third.cause()).isEqualTo("queue-full");
                Files.delete(held);
                assertThat(first.answer().body()).isEqualTo("let go\n");
                assertThat(second.answer().body()).startsWith("pid ");
            }
            assertThat(Call.get(haproxy.port(), "/narrow/pid").status()).isEqualTo(200);
            assertThat(haproxy.counter("connect")).isEqualTo(1);
        }
    }
}
