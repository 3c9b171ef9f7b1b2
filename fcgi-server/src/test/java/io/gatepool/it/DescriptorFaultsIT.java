package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Out of descriptors (EMFILE): clients that are too many wait outside, so that requests find what they need; and where
 * that does not help, each request waits or is told why, and all goes on when there are descriptors again.
 */
class DescriptorFaultsIT {

    private static final int DESCRIPTORS = 200;
    /** Of 200 descriptors 64 are no client's. */
    private static final int MOST_CLIENTS = 136;

    private static final String EMFILE = "EMFILE (out of descriptors, see ulimit -n and LimitNOFILE)";

    private final Path directory;
    private final List<RawHttp> clients = new ArrayList<>();
    private Daemon daemon;

    DescriptorFaultsIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(directory.resolve("cgi"));
        Path script = Files.writeString(
                directory.resolve("cgi/hello.sh"), "#!/bin/sh\necho 'Content-Type: text/plain'; echo; echo hello\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        String limit = "--nofile=" + DESCRIPTORS + ":" + DESCRIPTORS;
        daemon = Daemon.serveBy(List.of("/usr/bin/prlimit", limit, "--"), directory, """
                [server]
                runtime_dir = "run"
                admin = "127.0.0.1:0"
                [app.cgi]
                kind = "cgi"
                root = "cgi"
                listen = "http:127.0.0.1:0"
                queue.timeout = "20s"
                [app.hasty]
                kind = "cgi"
                root = "cgi"
                listen = "http:127.0.0.1:0"
                queue.timeout = "500ms"
                [app.work]
                kind = "fastcgi"
                command = ["%s/testapp.py"]
                workers.mode = "static"
                workers.max = 1
                listen = "http:127.0.0.1:0"
                queue.timeout = "20s"
                """.formatted(Daemon.TEST_APPS));
    }

    @AfterEach
    void stop() throws Exception {
        clients.forEach(RawHttp::close);
        if (!daemon.running().hasEnded()) {
            Shortage.lift(daemon.pid(), "nofile");
        }
        daemon.close();
    }

    /** One that is connected, and accepted: it has had an answer from the index of the application's address. */
    private RawHttp client(String app) throws Exception {
        RawHttp client = RawHttp.connect(daemon.port(app, "http"));
        clients.add(client);
        assertThat(client.get("/no/such/page", "Connection: keep-alive\r\n")
                        .response()
                        .status())
                .isGreaterThanOrEqualTo(200);
        return client;
    }

    /** From here on every call that makes a descriptor fails. */
    private void takeAll() throws Exception {
        Shortage.limit(daemon.pid(), "nofile", 10);
    }

    private void giveBack() throws Exception {
        Shortage.lift(daemon.pid(), "nofile");
    }

    // ---- clients are not let in for which there is no room ----

    @Test
    void clientsThatWouldTakeTheLastDescriptorsWaitOutside() throws Exception {
        int port = daemon.port("work", "http");
        RawHttp first = client("work");
        RawHttp script = client("cgi");
        while (clients.size() < DESCRIPTORS + 20) {
            clients.add(RawHttp.connect(port));
        }
        daemon.running()
                .await("WARN  " + MOST_CLIENTS + " connections are open, more wait: the others of " + DESCRIPTORS
                        + " descriptors are for workers and files \\(ulimit -n, LimitNOFILE\\)");
        assertThat(first.get("/pid").response().status()).isEqualTo(200);
        assertThat(script.get("/hello.sh").response().body()).isEqualTo("hello\n");
        assertThat(Gatepool.ask(directory, "status").exit()).isZero();
        RawHttp waiting = clients.get(clients.size() - 1).get("/pid");
        clients.subList(2, MOST_CLIENTS + 10).forEach(RawHttp::close);
        assertThat(waiting.response().status()).isEqualTo(200);
        assertThat(daemon.log())
                .contains("INFO  connections are accepted again")
                .doesNotContain("ERROR");
    }

    // ---- none is left all the same ----

    @Test
    void aScriptWaitsForDescriptors() throws Exception {
        RawHttp client = client("cgi");
        takeAll();
        client.get("/hello.sh");
        daemon.running().await("WARN  cgi: no script can be started: pipe2: \\Q" + EMFILE);
        giveBack();
        assertThat(client.response().body()).isEqualTo("hello\n");
    }

    @Test
    void whoHasWaitedTooLongForDescriptorsIsToldAndTheLogSaysWhatFor() throws Exception {
        RawHttp client = client("hasty");
        takeAll();
        RawHttp.Response response = client.get("/hello.sh").response();
        assertThat(response.status()).isEqualTo(503);
        assertThat(response.field("x-gatepool-cause")).isEqualTo("queue-timeout");
        daemon.running()
                .await("no worker was free for 500ms \\(queue.timeout\\): pipe2: \\Q" + EMFILE + " (queue-timeout)");
        giveBack();
        assertThat(client.get("/hello.sh").response().status()).isEqualTo(200);
    }

    @Test
    void aRequestWaitsForTheDescriptorOfItsConnectionToTheWorker() throws Exception {
        RawHttp client = client("cgi");
        int worker = daemon.workers("work").get(0);
        // This address has not connected to its worker yet, so it will have to.
        RawHttp other = RawHttp.connect(daemon.port("work", "http"));
        clients.add(other);
        Poll.until("it was accepted", () -> acceptedOn("work") == 1);
        takeAll();
        other.get("/pid");
        daemon.running().await("WARN  work: worker " + worker + ": not connected: \\Q" + EMFILE);
        giveBack();
        assertThat(other.response().body()).contains("pid " + worker);
        assertThat(daemon.log()).doesNotContain("is replaced");
        assertThat(client.get("/hello.sh").response().status()).isEqualTo(200);
    }

    private int acceptedOn(String app) {
        try {
            return KernelSockets.acceptedOn(daemon.port(app, "http")).size();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aBodyThatHasNoFileForItIsAFailureWithACause() throws Exception {
        RawHttp client = client("work");
        takeAll();
        RawHttp.Response response = client.send(
                        "POST /sha HTTP/1.1\r\nHost: test\r\nContent-Length: 1500000\r\n\r\n" + "x".repeat(1_500_000))
                .response();
        assertThat(response.status()).isEqualTo(500);
        assertThat(response.field("x-gatepool-cause")).isEqualTo("spool-failed");
        daemon.running().await("POST /sha failed: request body: spool_dir \\S+: Too many open files; ");
        giveBack();
        assertThat(Call.post(daemon.port("work", "http"), "/sha", "x".repeat(1_500_000))
                        .body())
                .contains(" 1500000 ");
    }

    @Test
    void aWorkerThatCannotBeReplacedIsReplacedWhenThereAreDescriptors() throws Exception {
        RawHttp client = client("work");
        int worker = daemon.workers("work").get(0);
        takeAll();
        Daemon.signal(worker, "KILL");
        daemon.running().await("ERROR work: worker not started: .*(EMFILE|Too many open files).*; next try in \\d+ ms");
        RawHttp.Response refused = client.get("/pid").response();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.field("x-gatepool-cause")).isEqualTo("app-failing");
        giveBack();
        Poll.until("a worker answers again", () -> client.get("/pid").response().status() == 200);
    }

    @Test
    void clientsThatCouldNotBeAcceptedAreServedWhenThereAreDescriptors() throws Exception {
        takeAll();
        try (Call waiting = Call.send(daemon.port("work", "http"), "GET", "/pid", "")) {
            daemon.running()
                    .await(
                            "ERROR 127.0.0.1:[1-9]\\d*: no connection can be accepted: .*Too many open files; trying again every"
                                    + " 100 ms");
            giveBack();
            assertThat(waiting.answer().status()).isEqualTo(200);
        }
        daemon.running().await("INFO  127.0.0.1:[1-9]\\d*: connections are accepted again");
        assertThat(daemon.log()).doesNotContain("at io.netty").doesNotContain("exceptionCaught");
    }

    @Test
    void noDescriptorIsLostInAllThat() throws Exception {
        RawHttp script = client("hasty");
        RawHttp work = client("work");
        work.get("/pid").response();
        script.get("/hello.sh").response();
        Poll.until(
                "the script's pipes are closed",
                () -> work.get("/pid").response().status() == 200);
        int pid = daemon.pid();
        long before = Shortage.descriptors(pid);
        takeAll();
        for (int request = 0; request < 3; request++) {
            script.get("/hello.sh").response();
        }
        giveBack();
        script.get("/hello.sh").response();
        Poll.until("as many descriptors as before", () -> Shortage.descriptors(pid) <= before);
    }
}
