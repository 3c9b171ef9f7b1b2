package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real Apache with mod_fcgid and the sample fcgid.conf: gatepool-attach hands its sockets over to gatepool. */
class ApacheFcgidIT extends ApacheRequests {

    private static final ArrayDeque<AutoCloseable> STARTED = new ArrayDeque<>();
    private static Examples examples;
    private static Path directory;
    private static String samples = "";
    private static Daemon daemon;
    private static Apache apache;

    @BeforeAll
    static void start(@TempDir Path temporary) throws Exception {
        directory = temporary.toRealPath();
        Apache.needed();
        Needs.file("/usr/lib/apache2/modules/mod_fcgid.so", "libapache2-mod-fcgid");
        examples = Examples.copyTo(directory);
        Path programs = Files.createDirectories(directory.resolve("target/gatepool/bin"));
        Files.copy(attach(), programs.resolve("gatepool-attach"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.writeString(
                directory.resolve("examples/apps/php/who.php"),
                "<?php header('Content-Type: text/plain'); echo 'USER=', $_SERVER['USER'] ?? '', \"\\n\";");
        // The daemon has its own in that place.
        samples = examples.text("apache/gatepool.toml");
        daemon = serve();
        STARTED.push(daemon);
        apache = Apache.start(examples, "fcgid", examples.text("apache/fcgid.conf") + more(), 8087);
        STARTED.push(apache);
    }

    private static Path attach() {
        return Daemon.REPOSITORY.resolve("target/gatepool/bin/gatepool-attach");
    }

    private static Daemon serve() throws Exception {
        return Daemon.serve(
                directory.resolve("examples/apache"), samples + """

                [app.trusted]
                kind = "cgi"
                listen = "attach:unix:../../target/attach.sock"
                mount = "/trusted"
                root = "../apps/cgi"
                pass_authorization = true

                [app.plain]
                kind = "wsgi"
                module = "clock_raw:app"
                chdir = "../apps/wsgi"
                listen = "attach:unix:../../target/attach.sock"
                mount = "/plain.fcgi"

                [app.guard]
                kind = "fastcgi"
                command = ["%s/roles.py"]
                listen = "attach:unix:../../target/guard.sock"

                [defaults]
                %s
                """.formatted(Daemon.TEST_APPS, Apache.group()));
    }

    /** A program of its own for a file, and one that is asked first. */
    private static String more() throws Exception {
        Path script = directory.resolve("examples/apache/htdocs/plain.fcgi");
        Files.writeString(
                script,
                "#!" + directory + "/target/gatepool/bin/gatepool-attach --socket=" + directory
                        + "/target/attach.sock\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path guard = directory.resolve("target/guard.sh");
        Files.writeString(
                guard,
                "#!/bin/sh\nexec '" + directory + "/target/gatepool/bin/gatepool-attach' --socket='" + directory
                        + "/target/guard.sock'\n");
        Files.setPosixFilePermissions(guard, PosixFilePermissions.fromString("rwxr-xr-x"));
        return """
                LogLevel fcgid:info
                <Location "/php/who.php">
                    FcgidAccessChecker "%1$s"
                    FcgidAccessCheckerAuthoritative On
                </Location>
                """.formatted(guard);
    }

    @AfterAll
    static void stop() throws Exception {
        while (!STARTED.isEmpty()) {
            STARTED.pop().close();
        }
    }

    @Override
    String address() {
        return apache.address();
    }

    @Override
    Path directory() {
        return directory;
    }

    private static List<ProcessHandle> attached() {
        String socket = "--socket=" + directory + "/target/attach.sock";
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(process -> process.info().commandLine().orElse("").contains(socket))
                    .toList();
        }
    }

    @Test
    void aProcessOfTheirsHasLessThanTenMegabytes() throws Exception {
        assertThat(Web.get(address() + "/counter").status()).isEqualTo(200);
        for (ProcessHandle process : attached()) {
            Matcher rss = Pattern.compile("VmRSS:\\s+(\\d+) kB")
                    .matcher(Files.readString(Path.of("/proc", Long.toString(process.pid()), "status")));
            assertThat(rss.find() ? Integer.parseInt(rss.group(1)) : -1).isBetween(1, 10_000);
        }
    }

    @Test
    void anFcgiFileOfItsOwnIsServedWithoutAnEnvironment() throws Exception {
        // Its first line names gatepool-attach. The wrapper of the sample would be for everything else.
        String conf = Examples.replace(examples.text("apache/fcgid.conf"), "    FcgidWrapper ", "    #FcgidWrapper ");
        try (Apache plain = Apache.start(examples, "plain", conf, 8087)) {
            Web.Answer answer = Web.get(plain.address() + "/plain.fcgi/");
            assertThat(answer.status()).as(plain.log()).isEqualTo(200);
        }
    }

    @Test
    void withoutAGatepoolItIs503AtOnceAndAFewProcessesOnly() throws Exception {
        String conf = Examples.replace(examples.text("apache/fcgid.conf"), "/target/attach.sock", "/target/no.sock");
        try (Apache down = Apache.start(examples, "down", conf + "\nLogLevel fcgid:info\n", 8087)) {
            byte[] body = new byte[1 << 20];
            for (int request = 0; request < 30; request++) {
                Web.Answer answer = Web.send(Web.request(down.address() + "/counter")
                        .POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(body)));
                assertThat(answer.status()).as(down.log()).isEqualTo(503);
                assertThat(answer.header("Retry-After")).isEqualTo("5");
            }
            down.running()
                    .await("gatepool-attach: cannot hand the socket over: .*/target/no.sock: No such file or directory;"
                            + " until gatepool runs there");
            assertThat(down.log().split("gatepool-attach\\(\\d+\\) started", -1).length - 1)
                    .as(down.log())
                    .isBetween(1, 5);
        }
    }

    @Test
    void anAccessCheckerIsAskedAndItsVariablesComeBack() throws Exception {
        // mod_fcgid makes 401 of whatever is not 200.
        assertThat(Web.get(address() + "/php/who.php?key=lost").status()).isEqualTo(401);
        assertThat(lines(Web.get(address() + "/php/who.php?key=open"))).contains("USER=alice");
    }

    @Test
    void manyRequestsAtOnceAreServed() {
        List<CompletableFuture<Integer>> answers = IntStream.range(0, 24)
                .mapToObj(client -> CompletableFuture.supplyAsync(() -> {
                    try {
                        return Web.get(address() + "/cgi/hello.sh").status();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }))
                .toList();
        assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo(200));
        assertThat(attached()).isNotEmpty();
    }

    @Test
    void aTermEndsTheProcessAndTheNextRequestStartsAnother() throws Exception {
        assertThat(Web.get(address() + "/counter").status()).isEqualTo(200);
        for (ProcessHandle process : attached()) {
            Daemon.signal((int) process.pid(), "TERM");
            Poll.until("gatepool-attach has ended", () -> !Daemon.isAlive((int) process.pid()));
        }
        // gatepool does not answer on the socket of one that has gone: mod_fcgid would take it for alive.
        assertThat(Web.get(address() + "/counter").status()).isEqualTo(200);
        assertThat(attached()).isNotEmpty();
    }

    @Test
    void aRequestWaitsWhileGatepoolIsRestarted() throws Exception {
        assertThat(Web.get(address() + "/counter").status()).isEqualTo(200);
        daemon.stop();
        CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(() -> {
            try {
                return Web.get(address() + "/counter").status();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        daemon = serve();
        STARTED.push(daemon);
        assertThat(waiting.join()).isEqualTo(200);
        assertThat(Web.get(address() + "/counter").status()).isEqualTo(200);
    }
}
