package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HUP: new processes, a new configuration, and nobody who notices. */
class ReloadIT {

    private static final String RAW = Daemon.TEST_APPS.resolve("rawapp.py").toString();

    private final Path directory;

    ReloadIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private static String app(String name, String command, String settings) {
        return """
                [app.%s]
                kind = "fastcgi"
                command = ["%s"]
                listen = "http:127.0.0.1:0"
                mount = "/%s"
                %s
                """.formatted(name, command, name, settings);
    }

    private Daemon serve(String apps) throws Exception {
        return Daemon.serve(directory, apps);
    }

    /** Sends the signal, and returns from where the log tells of the reload. */
    private static int reload(Daemon daemon) throws Exception {
        int from = daemon.log().length();
        daemon.signal("HUP");
        return from;
    }

    private static int pid(int port) throws Exception {
        return Call.get(port, "/raw/info").number("pid");
    }

    private static String index(int port) {
        try {
            return Call.get(port, "/").body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path until() {
        return directory.resolve("until");
    }

    @Test
    void theSameConfigurationGetsNewProcesses() throws Exception {
        try (Daemon daemon = serve(app("raw", RAW, "workers.max = 2"))) {
            int port = daemon.port("raw", "http");
            Set<Integer> before = new HashSet<>(daemon.workers("raw"));
            assertThat(before).contains(pid(port));
            int from = reload(daemon);
            daemon.await("raw: generation 2 has taken over after", from);
            daemon.await("reloaded in", from);
            assertThat(before).doesNotContain(pid(port));
            Poll.until("the old ones are gone", () -> before.stream().noneMatch(Daemon::isAlive));
        }
    }

    @Test
    void noRequestFailsWhileGenerationsChange() throws Exception {
        try (Daemon daemon = serve(app("raw", RAW, "workers.max = 2"))) {
            int port = daemon.port("raw", "http");
            AtomicBoolean enough = new AtomicBoolean();
            AtomicInteger answers = new AtomicInteger();
            List<String> failures = new ArrayList<>();
            List<Thread> clients = new ArrayList<>();
            for (int client = 0; client < 4; client++) {
                Thread thread = new Thread(() -> {
                    while (!enough.get()) {
                        try {
                            Call.Answer answer = answers.get() % 2 == 0
                                    ? Call.get(port, "/raw/info")
                                    : Call.post(port, "/raw/info", "a body");
                            if (answer.status() == 200 && answer.complete()) {
                                answers.incrementAndGet();
                            } else {
                                add(failures, answer.toString());
                            }
                        } catch (Exception e) {
                            add(failures, e.toString());
                        }
                    }
                });
                clients.add(thread);
                thread.start();
            }
            for (int generation = 2; generation < 7; generation++) {
                int from = reload(daemon);
                daemon.await("raw: generation " + generation + " has taken over", from);
                int seen = answers.get();
                Poll.until("requests go on", () -> answers.get() > seen + 20);
            }
            enough.set(true);
            for (Thread client : clients) {
                client.join();
            }
            assertThat(failures).isEmpty();
        }
    }

    private static void add(List<String> failures, String failure) {
        synchronized (failures) {
            failures.add(failure);
        }
    }

    @Test
    void aRequestUnderWayIsAnsweredByTheProcessThatHasIt() throws Exception {
        try (Daemon daemon = serve(app("raw", RAW, "workers.max = 1"))) {
            int port = daemon.port("raw", "http");
            int old = daemon.workers("raw").get(0);
            Call running = Call.send(port, "GET", "/raw/hang?until=" + until(), "");
            daemon.running().await("raw: hangs");
            int from = reload(daemon);
            daemon.await("generation 2 has taken over", from);
            assertThat(pid(port)).isNotEqualTo(old);
            assertThat(Daemon.isAlive(old)).isTrue();
            Files.writeString(until(), "");
            assertThat(running.answer().body()).isEqualTo("hung\n");
            Poll.until("it ends when its request is over", () -> !Daemon.isAlive(old));
        }
    }

    @Test
    void whatWaitsInTheQueueIsAnsweredByTheNewGeneration() throws Exception {
        try (Daemon daemon = serve(app("raw", RAW, "workers.max = 1"))) {
            int port = daemon.port("raw", "http");
            int old = daemon.workers("raw").get(0);
            Call running = Call.send(port, "GET", "/raw/hang?until=" + until(), "");
            daemon.running().await("raw: hangs");
            Call waiting = Call.send(port, "GET", "/raw/info", "");
            Poll.until("it waits", () -> index(port).contains("1 queued"));
            int from = reload(daemon);
            daemon.await("generation 2 has taken over", from);
            assertThat(waiting.answer().number("pid")).isNotEqualTo(old);
            Files.writeString(until(), "");
            assertThat(running.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void aBrokenConfigurationChangesNothingAndSaysWhy() throws Exception {
        try (Daemon daemon = serve(app("raw", RAW, "workers.max = 1"))) {
            int port = daemon.port("raw", "http");
            int before = pid(port);
            Files.writeString(directory.resolve("gatepool.toml"), app("raw", RAW, "worker.max = 1"));
            int from = reload(daemon);
            daemon.await("has no key 'worker'", from);
            daemon.await("Nothing was changed", from);
            assertThat(pid(port)).isEqualTo(before);
        }
    }

    @Test
    void aGenerationThatDoesNotComeUpLeavesTheOldOneInPlace() throws Exception {
        try (Daemon daemon = serve(app("raw", RAW, "workers.max = 2"))) {
            int port = daemon.port("raw", "http");
            Set<Integer> before = new HashSet<>(daemon.workers("raw"));
            configure(daemon, app("raw", directory.resolve("missing").toString(), "workers.max = 2"));
            int from = reload(daemon);
            daemon.await("raw: generation 2 did not come up, generation 1 stays: .*does not exist", from);
            daemon.await("reload failed after .* for raw: ", from);
            assertThat(before).contains(pid(port));
            configure(daemon, app("raw", RAW, "workers.max = 2"));
            int again = reload(daemon);
            daemon.running().await("generation 3 has taken over", again);
            assertThat(before).doesNotContain(pid(port));
        }
    }

    private static void configure(Daemon daemon, String apps) throws Exception {
        Files.writeString(
                daemon.directory().resolve("gatepool.toml"),
                "[server]\nruntime_dir = \"run\"\n[defaults]\nworkers.mode = \"static\"\n" + apps);
    }

    @Test
    void appsComeAndGoAndConnectionsStay() throws Exception {
        try (Daemon daemon = serve(app("raw", RAW, "workers.max = 1") + app("old", RAW, "workers.max = 1"))) {
            int port = daemon.port("raw", "http");
            int closing = daemon.port("old", "http");
            List<Integer> gone = daemon.workers("old");
            try (RawHttp kept = RawHttp.connect(port)) {
                kept.send("GET /raw/info HTTP/1.1\r\nHost: test\r\n\r\n");
                assertThat(kept.response().status()).isEqualTo(200);
                configure(daemon, app("raw", RAW, "workers.max = 1") + app("new", RAW, "workers.max = 1"));
                int from = reload(daemon);
                daemon.await("reloaded in", from);
                int opened = Integer.parseInt(
                        daemon.await("new: http on \\S+:(\\d+)", from).group(1));
                assertThat(Call.get(opened, "/new/info").status()).isEqualTo(200);
                kept.send("GET /raw/info HTTP/1.1\r\nHost: test\r\n\r\n");
                assertThat(kept.response().status()).isEqualTo(200);
            }
            Poll.until("its processes end", () -> gone.stream().noneMatch(Daemon::isAlive));
            assertThat(refuses(closing)).isTrue();
        }
    }

    private static boolean refuses(int port) {
        try {
            Call.get(port, "/old/info");
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void anAddressThatCannotBeOpenedChangesNothing() throws Exception {
        try (Daemon daemon = serve(app("raw", RAW, "workers.max = 1"))) {
            int port = daemon.port("raw", "http");
            int before = pid(port);
            Path file = Files.writeString(directory.resolve("file"), "not a socket");
            configure(
                    daemon,
                    app("raw", RAW, "workers.max = 1")
                            + app("more", RAW, "workers.max = 1").replace("http:127.0.0.1:0", "unix:" + file));
            int from = reload(daemon);
            daemon.await("reload: nothing was changed: .*is there and is no socket", from);
            assertThat(pid(port)).isEqualTo(before);
        }
    }

    @Test
    void ttinAndTtouChangeTheNumberOfWorkersUntilTheNextReload() throws Exception {
        try (Daemon daemon = serve(app("raw", RAW, "workers.max = 2"))) {
            int port = daemon.port("raw", "http");
            daemon.signal("TTIN");
            Poll.until("three", () -> index(port).contains("3 of 3 workers"));
            daemon.signal("TTOU");
            // Two of a kind that are pending at the same time are one.
            Poll.until("two", () -> index(port).contains("2 of 2 workers"));
            daemon.signal("TTOU");
            Poll.until("one", () -> index(port).contains("1 of 1 workers"));
            daemon.signal("TTOU");
            daemon.running().await("at most 1 workers until the next reload");
            int from = reload(daemon);
            daemon.await("generation 2 has taken over", from);
            Poll.until("two", () -> index(port).contains("2 of 2 workers"));
        }
    }

    @Test
    void aChangedFileOfAWatchingAppIsADeploy() throws Exception {
        Path source = Files.writeString(directory.resolve("shop.py"), "VERSION = 1");
        Files.writeString(directory.resolve("shop.txt"), "notes");
        try (Daemon daemon =
                serve(app("raw", RAW, "workers.max = 1\nwatch = [\"*.py\"]\nchdir = \"" + directory + "\""))) {
            int before = daemon.workers("raw").get(0);
            daemon.running().await("raw: 1 file below " + directory + " watched");
            Files.writeString(directory.resolve("shop.txt"), "more notes");
            Files.writeString(source, "VERSION = 2, and longer");
            daemon.running().await("raw: shop.py has changed");
            daemon.running().await("raw: generation 2 has taken over");
            assertThat(pid(daemon.port("raw", "http"))).isNotEqualTo(before);
            assertThat(daemon.log()).doesNotContain("shop.txt has changed");
        }
    }
}
