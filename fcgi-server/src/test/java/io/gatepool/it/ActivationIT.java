package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** gatepool behind sockets that outlive it: systemd's socket activation. */
class ActivationIT {

    private static final int CLIENTS = 4;
    private static final int RESTARTS = 3;

    /** Fewer than the backlog of the sockets, 128. */
    private static final int WAITING = 60;

    enum Front {
        FASTCGI,
        HTTP,
        /** nginx, which keeps its connections to gatepool. */
        NGINX
    }

    private final Path directory;

    ActivationIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private Path socket() {
        return directory.resolve("app.sock");
    }

    private static final String APPS = """
            [app.work]
            kind = "fastcgi"
            command = ["%s"]
            workers.max = 2
            listen = ["systemd:fcgi", "http:systemd:web"]
            """.formatted(Daemon.TEST_APPS.resolve("testapp.py"));

    private String ask(Front front, int port) {
        if (front == Front.FASTCGI) {
            try (RawFastCgi connection = RawFastCgi.unix(socket())) {
                return connection.request(1, false, "/pid", "").body();
            }
        }
        try (RawHttp http = RawHttp.connect(port)) {
            return http.get("/pid", "Connection: close\r\n").response().body();
        }
    }

    @ParameterizedTest
    @EnumSource(Front.class)
    void restartsUnderLoadLoseNoRequest(Front front) throws Exception {
        try (HandOver parent = HandOver.serve(directory, List.of("fcgi=unix:" + socket(), "web=tcp:127.0.0.1"), APPS)) {
            Optional<Nginx> nginx = front == Front.NGINX ? Optional.of(nginx()) : Optional.empty();
            int port = nginx.isPresent() ? nginx.get().port() : parent.port("web");
            AtomicBoolean enough = new AtomicBoolean();
            AtomicInteger answered = new AtomicInteger();
            Queue<String> failures = new ConcurrentLinkedQueue<>();
            List<Thread> clients = new ArrayList<>();
            for (int number = 0; number < CLIENTS; number++) {
                Thread client = new Thread(() -> {
                    while (!enough.get()) {
                        try {
                            assertThat(ask(front, port)).contains("count ");
                            answered.incrementAndGet();
                        } catch (Throwable e) {
                            failures.add(e.toString());
                        }
                    }
                });
                client.start();
                clients.add(client);
            }
            try {
                for (int restart = 0; restart < RESTARTS; restart++) {
                    awaitMore(answered);
                    parent.restart(false);
                }
                awaitMore(answered);
            } finally {
                enough.set(true);
                for (Thread client : clients) {
                    client.join();
                }
                if (nginx.isPresent()) {
                    nginx.get().close();
                }
            }
            assertThat(failures).isEmpty();
            assertThat(socket()).exists();
        }
    }

    private Nginx nginx() throws Exception {
        // Its worker is nobody, when root has started it.
        Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
        return Nginx.start(Examples.copyTo(directory), "nginx-activation", "unix:" + socket(), false);
    }

    private static void awaitMore(AtomicInteger answered) {
        int wanted = answered.get() + 50;
        Poll.until("more requests are answered", () -> answered.get() >= wanted);
    }

    @Test
    void whoConnectsAfterAKillIsAnsweredByTheNext() throws Exception {
        try (HandOver parent = HandOver.serve(directory, List.of("fcgi=unix:" + socket(), "web=tcp:127.0.0.1"), APPS)) {
            int first = parent.pid();
            Daemon.freeze(first);
            // Accepted by nobody yet, so lost with nobody.
            try (RawFastCgi waits = RawFastCgi.unix(socket())) {
                waits.begin(1).params(1, RawFastCgi.get("/pid", "")).endStdin(1).send();
                parent.restart(true);
                assertThat(waits.answer(1).body()).contains("count ");
                assertThat(parent.pid()).isNotEqualTo(first);
            }
        }
    }

    @Test
    void whoConnectsWhileItIsDownWaitsAndIsAnsweredByTheNext() throws Exception {
        try (HandOver parent = HandOver.serve(directory, List.of("fcgi=unix:" + socket(), "web=tcp:127.0.0.1"), APPS)) {
            int port = parent.port("web");
            parent.down();
            List<RawFastCgi> fastcgi = new ArrayList<>();
            List<RawHttp> http = new ArrayList<>();
            for (int client = 0; client < WAITING; client++) {
                RawFastCgi waits = RawFastCgi.unix(socket());
                fastcgi.add(waits.begin(1)
                        .params(1, RawFastCgi.get("/pid", ""))
                        .endStdin(1)
                        .send());
                http.add(RawHttp.connect(port).get("/pid"));
            }
            parent.up();
            for (RawFastCgi waits : fastcgi) {
                assertThat(waits.answer(1).body()).contains("count ");
                waits.close();
            }
            for (RawHttp waits : http) {
                assertThat(waits.response().body()).contains("count ");
                waits.close();
            }
        }
    }

    @Test
    void whoHasJustConnectedWhenItIsStoppedIsAnsweredYet() throws Exception {
        try (HandOver parent = HandOver.serve(directory, List.of("fcgi=unix:" + socket(), "web=tcp:127.0.0.1"), APPS)) {
            int port = parent.port("web");
            try (RawFastCgi fastcgi = RawFastCgi.unix(socket());
                    RawHttp http = RawHttp.connect(port)) {
                Poll.until("both are accepted", () -> isAccepted(port));
                Daemon.signal(parent.pid(), "TERM");
                parent.running().await("stopping: no new requests");
                assertThat(http.get("/pid").response().body()).contains("count ");
                assertThat(fastcgi.request(1, false, "/pid", "").body()).contains("count ");
            }
            assertThat(parent.running().awaitExit()).isZero();
        }
    }

    /** A connection has an inode from the moment of accept(2). */
    private boolean isAccepted(int port) {
        try {
            return KernelSockets.acceptedOn(port).stream().anyMatch(inode -> !inode.equals("0"))
                    && KernelSockets.acceptedOn(socket()).stream().anyMatch(inode -> !inode.equals("0"));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void systemdsOwnActivationStartsIt() throws Exception {
        Needs.program("systemd-socket-activate", "systemd");
        int port = Ports.free();
        try (Running activator = Running.start(
                directory,
                Map.of(),
                "/usr/bin/systemd-socket-activate",
                "-l",
                "127.0.0.1:" + port,
                "-l",
                socket().toString(),
                "--fdname=web:fcgi",
                "-E",
                "PATH",
                "-E",
                "HOME",
                Daemon.LAUNCHER.toString(),
                "serve",
                "-R",
                "-c",
                HandOver.configure(directory, APPS).toString())) {
            activator.await("Listening on");
            Poll.until("it listens", () -> Files.exists(socket()));
            // The first connection starts it, and is answered.
            try (RawHttp http = RawHttp.connect(port)) {
                assertThat(http.get("/pid").response().body()).contains("count ");
            }
            try (RawFastCgi connection = RawFastCgi.unix(socket())) {
                assertThat(connection.request(1, false, "/pid", "").body()).contains("count ");
            }
            Daemon.signal(
                    Integer.parseInt(
                            activator.await("gatepool \\S+, pid (\\d+)").group(1)),
                    "TERM");
            assertThat(activator.awaitExit()).isZero();
        }
    }

    @Test
    void withoutAnAddressAShortFormServesWhatSystemdHandsOver() throws Exception {
        try (HandOver parent = HandOver.launch(
                directory,
                List.of("web=tcp:127.0.0.1"),
                "fastcgi",
                "-R",
                "-w",
                "1",
                "--",
                Daemon.TEST_APPS.resolve("testapp.py").toString())) {
            parent.running().await("no -b: served is what systemd has handed over");
            parent.running().await("http on systemd: \\(127.0.0.1:" + parent.port("web") + "\\)");
            parent.running().await("ready in ");
            assertThat(ask(Front.HTTP, parent.port("web"))).contains("count ");
        }
    }

    @Test
    void theSampleUnitsAreInOrder() throws Exception {
        Needs.program("systemd-analyze", "systemd");
        List<String> command = new ArrayList<>(List.of("/usr/bin/systemd-analyze", "verify", "--man=no"));
        for (String unit : List.of("gatepool.service", "gatepool.socket")) {
            String text = Files.readString(Daemon.REPOSITORY.resolve("conf/" + unit))
                    .replace("/opt/gatepool/bin/gatepool", Daemon.LAUNCHER.toString());
            command.add(Files.writeString(directory.resolve(unit), text).toString());
        }
        try (Running verify = Running.start(directory, Map.of(), command.toArray(String[]::new))) {
            assertThat(verify.awaitExit()).as(verify.output()).isZero();
            assertThat(verify.output()).doesNotContain("gatepool.s");
        }
    }
}
