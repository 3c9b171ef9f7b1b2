package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Many connections, slow ones, and workers that have nothing to do for a while. */
class LoadIT {

    private static final int CONNECTIONS = 2000;
    private static final int WORKERS = 4;

    /** The two fronts, each on the socket that it is mostly used with. */
    enum Front {
        FASTCGI,
        HTTP;

        Dialect dialect() {
            return this == HTTP ? new HttpDialect() : new FastCgiDialect();
        }

        String listen(Path directory) {
            return this == HTTP ? "http:127.0.0.1:0" : "fastcgi:unix:" + directory.resolve("load.sock");
        }

        SocketAddress address(Daemon daemon, String app) throws Exception {
            return this == HTTP
                    ? new InetSocketAddress(InetAddress.getLoopbackAddress(), daemon.port(app, "http"))
                    : UnixDomainSocketAddress.of(daemon.directory().resolve("load.sock"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void noneOfTwoThousandKeptConnectionsStarves(Front front, @TempDir Path directory) throws Exception {
        Path program = Programs.testappInC(directory);
        try (Daemon daemon =
                Daemon.serve(directory, """
                [app.load]
                kind = "fastcgi"
                command = ["%s"]
                listen = "%s"
                workers.max = %d
                queue.size = %d
                queue.timeout = "off"
                """.formatted(program, front.listen(directory), WORKERS, CONNECTIONS))) {
            byte[] request = front.dialect().get("/hello", "");
            try (KeptConnections kept =
                    new KeptConnections(front.address(daemon, "load"), CONNECTIONS, front.dialect(), request)) {
                kept.ask(10L * CONNECTIONS);
                // Whoever waits longest comes next, so all get about the same.
                assertThat(kept.answers()).hasSize(CONNECTIONS).allMatch(answers -> answers >= 5);
                kept.ask(CONNECTIONS);
                assertThat(kept.answers()).allMatch(answers -> answers >= 6);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void slowSendersAndSlowReadersHoldNoWorker(Front front, @TempDir Path directory) throws Exception {
        try (Daemon daemon =
                Daemon.serve(directory, """
                [app.load]
                kind = "fastcgi"
                command = ["%s/testapp.py"]
                listen = "%s"
                workers.max = %d
                queue.timeout = "off"
                """.formatted(Daemon.TEST_APPS, front.listen(directory), WORKERS))) {
            SocketAddress address = front.address(daemon, "load");
            byte[] request = front.dialect().get("/pid", "");
            try (SlowClients slow = new SlowClients(address, 8, front.dialect(), "");
                    KeptConnections others = new KeptConnections(address, 8, front.dialect(), request)) {
                others.ask(400);
                assertThat(others.answers()).allMatch(answers -> answers >= 10);
                slow.assertUnderWay();
            }
        }
    }

    @Test
    void workersKeepTheirPidsThroughIdleTime(@TempDir Path directory) throws Exception {
        Programs.needsCompiler();
        Needs.program("php-cgi", "php-cgi");
        Needs.file("/usr/share/perl5/CGI/Fast.pm", "libcgi-fast-perl");
        int port = Ports.free();
        try (Daemon daemon = Examples.copyTo(directory).serve(port, List.of("fastcgi:127.0.0.1:" + Ports.free()), "")) {
            List<String> paths = List.of("/counter-c", "/counter-perl", "/php/counter.php", "/counter");
            for (String path : paths) {
                assertThat(Web.get("http://127.0.0.1:" + port + path).status()).isEqualTo(200);
            }
            // libfcgi drops a silent connection after 2 s and php-cgi after 5 s. They tell nobody when they would have
            // done it, so this is the one place where only the clock helps.
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(6));
            for (String path : paths) {
                String app = path.equals("/php/counter.php") ? "php" : path.substring(1);
                Set<Integer> pids = new HashSet<>();
                int most = 0;
                for (int request = 0; request < 4; request++) {
                    Web.Answer answer = Web.get("http://127.0.0.1:" + port + path + "?plain");
                    pids.add(answer.number("pid"));
                    most = Math.max(most, answer.number("count"));
                }
                assertThat(daemon.workers(app)).as(app).containsAll(pids);
                assertThat(most).as(app + " counts on").isGreaterThan(1);
            }
            assertThat(daemon.log()).doesNotContain("runs again", "is replaced", "exited with", "died of");
        }
    }

    @Test
    void aPhpThatExitsAfterSomeRequestsLosesNone(@TempDir Path directory) throws Exception {
        Needs.program("php-cgi", "php-cgi");
        try (Daemon daemon = Daemon.serve(directory, """
                [app.php]
                kind = "fastcgi"
                command = ["php-cgi"]
                env = { PHP_FCGI_MAX_REQUESTS = "3" }
                listen = "http:127.0.0.1:0"
                root = "%s/php"
                workers.max = 2
                """.formatted(Daemon.REPOSITORY.resolve("examples/apps")))) {
            String uri = "http://127.0.0.1:" + daemon.port("php", "http") + "/counter.php?plain";
            Set<Integer> pids = new HashSet<>();
            for (int request = 0; request < 30; request++) {
                Web.Answer answer = Web.get(uri);
                assertThat(answer.status()).as(daemon.log()).isEqualTo(200);
                pids.add(answer.number("pid"));
            }
            assertThat(pids).hasSizeGreaterThanOrEqualTo(10);
        }
    }

    /** php-cgi reads on through a TERM: it ends only when its kept connection does. */
    @ParameterizedTest
    @CsvSource({"an idle one, TERM", "one that rests: whether php keeps it is not yet known, INT"})
    void aPhpWithAKeptConnectionEndsWhenItIsAskedTo(String connection, String signal, @TempDir Path directory)
            throws Exception {
        Needs.program("php-cgi", "php-cgi");
        // No KILL comes to help within the time that a test waits for the daemon's end.
        try (Daemon daemon = Daemon.serve(directory, """
                [app.php]
                kind = "fastcgi"
                command = ["php-cgi"]
                listen = "http:127.0.0.1:0"
                root = "%s/php"
                workers.max = 1
                stop_timeout = "10m"
                """.formatted(Daemon.REPOSITORY.resolve("examples/apps")))) {
            String uri = "http://127.0.0.1:" + daemon.port("php", "http") + "/counter.php?plain";
            int pid = daemon.pid();
            assertThat(Web.get(uri).status()).as(connection).isEqualTo(200);
            Daemon.signal(pid, signal);
            assertThat(daemon.running().awaitExit()).as(connection).isZero();
        }
    }

    @Test
    void anApplicationThatExitsInsteadOfAnsweringIsReplaced(@TempDir Path directory) throws Exception {
        try (Daemon daemon = Daemon.serve(directory, """
                [app.exit]
                kind = "fastcgi"
                command = ["%s/testapp.py"]
                listen = "http:127.0.0.1:0"
                workers.max = 1
                """.formatted(Daemon.TEST_APPS))) {
            String base = "http://127.0.0.1:" + daemon.port("exit", "http");
            Set<Integer> pids = new HashSet<>();
            for (int round = 0; round < 3; round++) {
                pids.add(Web.get(base + "/pid").number("pid"));
                assertThat(Web.post(base + "/exit?status=3", "").status()).isEqualTo(502);
            }
            assertThat(pids).hasSize(3);
            daemon.running().await("worker " + pids.iterator().next() + " exited with status 3 in \\S+");
        }
    }
}
