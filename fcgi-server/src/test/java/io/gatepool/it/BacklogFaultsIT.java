package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Full backlogs: of a worker that accepts slowly, which is busy and not dead, and of gatepool's own address. */
class BacklogFaultsIT {

    private final Path directory;

    BacklogFaultsIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private Daemon serve(int workers, int connections, String queueTimeout) throws Exception {
        return Daemon.serve(directory, """
                [server]
                runtime_dir = "run"
                [app.narrow]
                kind = "fastcgi"
                command = ["%s/narrow.py"]
                workers.mode = "static"
                workers.max = %d
                workers.connections = %d
                queue.timeout = "%s"
                listen = "http:127.0.0.1:0"
                """.formatted(Daemon.TEST_APPS, workers, connections, queueTimeout));
    }

    private String hold(String name) {
        return "/?f=" + directory.resolve(name);
    }

    private void awaitHeld(String name) {
        Poll.until("a worker holds " + name, () -> Files.exists(directory.resolve(name)));
    }

    @Test
    void whoDoesNotFitTheBacklogOfABusyWorkerWaitsForIt() throws Exception {
        try (Daemon daemon = serve(1, 3, "20s")) {
            int port = daemon.port("narrow", "http");
            try (Call held = Call.send(port, "GET", hold("a"), "")) {
                awaitHeld("a");
                try (Call waiting = Call.send(port, "GET", "/", "");
                        Call refused = Call.send(port, "GET", "/", "")) {
                    daemon.running()
                            .await("WARN  narrow: worker \\d+: its backlog is full \\(EAGAIN\\): connections come"
                                    + " faster than it accepts them, if it does; requests wait");
                    Files.delete(directory.resolve("a"));
                    String pid = held.answer().body();
                    assertThat(waiting.answer().body()).isEqualTo(pid);
                    assertThat(refused.answer().body()).isEqualTo(pid);
                }
            }
            assertThat(daemon.log()).doesNotContain("is replaced").doesNotContain("ERROR");
        }
    }

    @Test
    void whoHasWaitedTooLongForRoomInABacklogIsToldSo() throws Exception {
        try (Daemon daemon = serve(1, 3, "1s")) {
            int port = daemon.port("narrow", "http");
            try (Call held = Call.send(port, "GET", hold("a"), "")) {
                awaitHeld("a");
                try (Call waiting = Call.send(port, "GET", "/", "")) {
                    Poll.until("the second waits in the backlog", () -> daemonHas(daemon, 2));
                    Call.Answer refused = Call.get(port, "/");
                    assertThat(refused.status()).isEqualTo(503);
                    assertThat(refused.cause()).isEqualTo("queue-timeout");
                    daemon.running()
                            .await("no worker was free for 1s \\(queue.timeout\\): worker \\d+: its backlog is full"
                                    + " \\(EAGAIN\\)");
                    Files.delete(directory.resolve("a"));
                    assertThat(held.answer().status()).isEqualTo(200);
                    assertThat(waiting.answer().status()).isEqualTo(200);
                }
            }
            assertThat(Call.get(port, "/").status()).isEqualTo(200);
            assertThat(daemon.log()).doesNotContain("is replaced");
        }
    }

    /** Requests at workers, as the status tells. */
    private boolean daemonHas(Daemon daemon, int busy) {
        try {
            String json = Gatepool.ask(daemon.directory(), "status", "narrow", "--json")
                    .output();
            return json.replaceAll("\\s", "").contains("\"busy\":" + busy);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aRequestThatOneWorkersBacklogRefusesGoesToAnother() throws Exception {
        try (Daemon daemon = serve(2, 3, "20s")) {
            int port = daemon.port("narrow", "http");
            List<Call> calls = new ArrayList<>();
            try {
                // One is held at each worker, and one more fits each backlog.
                for (String name : new String[] {"a", "b", "c", "d"}) {
                    calls.add(Call.send(port, "GET", hold(name), ""));
                }
                Poll.until("each worker holds one", () -> heldNow() == 2);
                Poll.until("four are at the workers", () -> daemonHas(daemon, 4));
                // Wherever one is set free there is room for this one.
                calls.add(Call.send(port, "GET", "/", ""));
                daemon.running().await("its backlog is full \\(EAGAIN\\)");
                for (String name : new String[] {"a", "b", "c", "d"}) {
                    awaitHeldThenRelease(name);
                }
                for (Call call : calls) {
                    assertThat(call.answer().status()).isEqualTo(200);
                }
            } finally {
                for (Call call : calls) {
                    call.close();
                }
            }
            assertThat(daemon.log()).doesNotContain("is replaced");
        }
    }

    private long heldNow() {
        return List.of("a", "b", "c", "d").stream()
                .filter(name -> Files.exists(directory.resolve(name)))
                .count();
    }

    private void awaitHeldThenRelease(String name) throws IOException {
        awaitHeld(name);
        Files.delete(directory.resolve(name));
    }

    // ---- in front ----

    @Test
    void clientsThatFoundTheBacklogFullAreServedWhenTheDaemonGoesOn() throws Exception {
        int backlog = 4;
        try (Daemon daemon = Daemon.serve(directory, """
                [server]
                runtime_dir = "run"
                [defaults]
                workers.mode = "static"
                [app.work]
                kind = "fastcgi"
                command = ["%s/testapp.py"]
                workers.max = 2
                backlog = %d
                listen = "http:127.0.0.1:0"
                """.formatted(Daemon.TEST_APPS, backlog))) {
            int port = daemon.port("work", "http");
            Daemon.freeze(daemon.pid());
            List<CompletableFuture<Integer>> answers = new ArrayList<>();
            try {
                for (int client = 0; client < 4 * backlog; client++) {
                    CompletableFuture<Integer> answer = new CompletableFuture<>();
                    answers.add(answer);
                    Thread thread = new Thread(() -> ask(port, answer), "client");
                    thread.setDaemon(true);
                    thread.start();
                }
                // The kernel lets one more in than it was told.
                Poll.until("the backlog is full", () -> pending(port) > backlog);
            } finally {
                daemon.signal("CONT");
            }
            for (CompletableFuture<Integer> answer : answers) {
                assertThat(answer.get()).isEqualTo(200);
            }
        }
    }

    private static void ask(int port, CompletableFuture<Integer> answer) {
        try {
            answer.complete(Call.get(port, "/pid").status());
        } catch (IOException e) {
            answer.completeExceptionally(e);
        }
    }

    /** Connections that wait to be accepted: the receive queue of a listening socket in /proc/net/tcp and tcp6. */
    private static int pending(int port) {
        String local = String.format(Locale.ROOT, "0100007F:%04X", port);
        try {
            for (String table : new String[] {"/proc/net/tcp", "/proc/net/tcp6"}) {
                for (String line :
                        Files.exists(Path.of(table)) ? Files.readAllLines(Path.of(table)) : List.<String>of()) {
                    String[] field = line.trim().split("\\s+");
                    if (field[1].endsWith(local) && field[3].equals("0A")) {
                        return Integer.parseInt(field[4].substring(field[4].indexOf(':') + 1), 16);
                    }
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("nobody listens on port " + port);
    }
}
