package io.gatepool.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatepool.it.RawFastCgi.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A daemon with one app, multiplexer.py, behind FastCGI and HTTP; what its workers see and do, and when, stands in a
 * file that all of them write.
 */
final class MultiplexHouse implements AutoCloseable {

    private static final String PROGRAM =
            Daemon.TEST_APPS.resolve("multiplexer.py").toString();

    /** A worker has done something with a request. */
    record Event(int pid, String what, String key) {}

    private final Daemon daemon;
    private final Path directory;
    private final AtomicInteger holds = new AtomicInteger();

    private MultiplexHouse(Path directory, String app, String environment, String settings, String javaOptions)
            throws Exception {
        this.directory = directory;
        this.daemon =
                Daemon.serve(directory, """
                [server]
                runtime_dir = "run"
                log_level = "debug"
                admin = "127.0.0.1:0"
                [app.mux]
                %s
                listen = ["fastcgi:unix:%s", "http:127.0.0.1:0"]
                env = { TRACE = "%s"%s }
                %s
                """.formatted(app, socket(), trace(), environment, settings), javaOptions);
    }

    /**
     * It serves side by side.
     *
     * @param environment more variables, such as {@code SAYS = "FCGI_MPXS_CONNS=1"}
     */
    static MultiplexHouse sideBySide(Path directory, String environment, String settings) throws Exception {
        String app = "kind = \"fastcgi\"\ncommand = [\"" + PROGRAM + "\"]\nworkers.mode = \"static\"";
        return new MultiplexHouse(directory, app, ", " + environment, settings, "");
    }

    /**
     * It stands in the place of gatepool's own WSGI worker, and serves in order.
     *
     * @param javaOptions gatepool's: for what counts as a short request
     */
    static MultiplexHouse inOrder(Path directory, String settings, String javaOptions) throws Exception {
        String app = "kind = \"wsgi\"\npython = \"" + PROGRAM + "\"\nmodule = \"any:app\"";
        String says = ", ORDER = \"1\", SAYS = \"FCGI_MPXS_CONNS=1 FCGI_MAX_CONNS=1 FCGI_MAX_REQS=4\"";
        return new MultiplexHouse(directory, app, says, settings, javaOptions);
    }

    private Path socket() {
        return directory.resolve("mux.sock");
    }

    private Path trace() {
        return directory.resolve("trace");
    }

    Daemon daemon() {
        return daemon;
    }

    RawFastCgi connect() {
        return RawFastCgi.unix(socket());
    }

    int http() throws InterruptedException {
        return daemon.port("mux", "http");
    }

    /** So that gatepool knows that the connections are kept: only then they are shared. */
    MultiplexHouse known(int workers) {
        try (RawFastCgi connection = connect()) {
            for (int id = 1; id <= 3 * workers; id++) {
                connection.request(id, true, "/info", "key=known");
            }
        }
        return this;
    }

    /** Quick requests, so that the average falls below what counts as short. */
    void warmUp() {
        try (RawFastCgi connection = connect()) {
            for (int id = 1; id <= 100; id++) {
                connection.request(id, true, "/info", "key=warm");
            }
        }
    }

    /** A file that {@code /hold?file=} makes, and waits for to be gone. */
    Path newHold() {
        return directory.resolve("hold" + holds.incrementAndGet());
    }

    static void awaitHeld(Path hold) {
        Poll.until("a worker holds " + hold, () -> Files.exists(hold));
    }

    static void release(Path hold) {
        try {
            Files.delete(hold);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds a GET to what {@code connection} will send. */
    static void get(RawFastCgi connection, int id, String path, String query) {
        connection.begin(id).params(id, RawFastCgi.get("/" + path, query)).endStdin(id);
    }

    /** Adds a POST to what {@code connection} will send. */
    static void post(RawFastCgi connection, int id, String path, String query, String body) {
        Map<String, String> variables = new LinkedHashMap<>(RawFastCgi.get("/" + path, query));
        variables.put("REQUEST_METHOD", "POST");
        variables.put("CONTENT_LENGTH", Integer.toString(body.length()));
        connection.begin(id).params(id, variables).stdin(id, body).endStdin(id);
    }

    /** The number behind {@code name} in what multiplexer.py's "info" answers. */
    static int number(Answer answer, String name) {
        return Integer.parseInt(line(answer, name));
    }

    static String line(Answer answer, String name) {
        return answer.body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no line '" + name + "' in " + answer))
                .substring(name.length() + 1);
    }

    // ---- what the workers have done ----

    List<Event> events() {
        try {
            return Files.readAllLines(trace()).stream()
                    .map(line -> line.split(" ", 3))
                    .filter(words -> words.length == 3)
                    .map(words -> new Event(Integer.parseInt(words[0]), words[1], words[2]))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long count(String what, String key) {
        return events().stream()
                .filter(event -> event.what().equals(what) && event.key().equals(key))
                .count();
    }

    /** The pids of the workers that a request was sent to, in that order. */
    List<Integer> seenBy(String key) {
        return events().stream()
                .filter(event -> event.what().equals("seen") && event.key().equals(key))
                .map(Event::pid)
                .toList();
    }

    void await(String what, String key) {
        Poll.until("a worker does '" + what + " " + key + "'", () -> count(what, key) > 0);
    }

    /** How many requests wait in gatepool's queue. */
    int queued() {
        try {
            String port = daemon.running().await("admin: http://\\S+:(\\d+)/").group(1);
            return new ObjectMapper()
                    .readTree(
                            Web.get("http://127.0.0.1:" + port + "/status.json").text())
                    .get("apps")
                    .get(0)
                    .get("queued")
                    .asInt();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws Exception {
        daemon.close();
    }
}
