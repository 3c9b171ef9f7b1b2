package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatepool.control.OpenMetrics;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The admin address: probes, metrics, status, and what it refuses. */
class AdminIT {

    private static final String RAW = Daemon.TEST_APPS.resolve("rawapp.py").toString();

    private final Path directory;

    AdminIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private Daemon daemon(String settings) throws Exception {
        return Daemon.serve(directory, configuration("admin = \"127.0.0.1:0\"", settings));
    }

    private static String configuration(String server, String settings) {
        return """
                [server]
                runtime_dir = "run"
                %s
                [app.raw]
                kind = "fastcgi"
                command = ["%s"]
                listen = "http:127.0.0.1:0"
                mount = "/raw"
                %s
                """.formatted(server, RAW, settings);
    }

    private static int adminPort(Daemon daemon) throws Exception {
        return Integer.parseInt(
                daemon.running().await("admin: http://\\S+:(\\d+)/").group(1));
    }

    private static Web.Answer get(Daemon daemon, String path) throws Exception {
        return Web.get("http://127.0.0.1:" + adminPort(daemon) + path);
    }

    private static JsonNode app(Daemon daemon) {
        try {
            return new ObjectMapper()
                    .readTree(get(daemon, "/status.json").text())
                    .get("apps")
                    .get(0);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static OpenMetrics metrics(Daemon daemon) throws Exception {
        return OpenMetrics.parse(get(daemon, "/metrics").text());
    }

    /** Brings the only worker into a request that ends when the file is there. */
    private static Call hang(Daemon daemon, Path until) throws Exception {
        Call call = Call.send(daemon.port("raw", "http"), "GET", "/raw/hang?until=" + until, "");
        daemon.running().await("raw: hangs (\\d+)");
        return call;
    }

    // ---- probes ----

    @Test
    void itLivesAndIsReadyWhenEveryAppIsWell() throws Exception {
        try (Daemon daemon = daemon("workers.max = 1")) {
            assertThat(get(daemon, "/live").status()).isEqualTo(200);
            assertThat(get(daemon, "/ready").status()).isEqualTo(200);
        }
    }

    @Test
    void aBusyPoolWithAFullQueueIsNeitherDeadNorUnready() throws Exception {
        Path until = directory.resolve("until");
        try (Daemon daemon = daemon("workers.max = 1\nqueue.size = 1")) {
            int port = daemon.port("raw", "http");
            Call running = hang(daemon, until);
            Call queued = Call.send(port, "GET", "/raw/info", "");
            Poll.until("one waits", () -> app(daemon).get("queued").asInt() == 1);
            assertThat(Call.get(port, "/raw/info").cause()).isEqualTo("queue-full");
            assertThat(get(daemon, "/live").status()).isEqualTo(200);
            assertThat(get(daemon, "/ready").status()).isEqualTo(200);
            Files.writeString(until, "");
            assertThat(running.answer().status()).isEqualTo(200);
            assertThat(queued.answer().status()).isEqualTo(200);
        }
    }

    @Test
    void aFailingAppIsNotReadyAndSaysWhy() throws Exception {
        try (Daemon daemon = Daemon.serve(
                directory,
                configuration("admin = \"127.0.0.1:0\"", "").replace(RAW, directory.resolve("missing") + ""))) {
            Web.Answer answer = get(daemon, "/ready");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.text()).startsWith("not ready\n").contains("raw is failing: ", "missing does not exist");
            assertThat(get(daemon, "/live").status()).isEqualTo(200);
            assertThat(get(daemon, "/").text()).contains("not ready", "missing does not exist");
            assertThat(metrics(daemon).value("gatepool_app_state{app=\"raw\",state=\"failing\"}"))
                    .isEqualTo(1);
        }
    }

    @Test
    void whoStartsIsNotReadyYet() throws Exception {
        String silent = configuration("admin = \"127.0.0.1:0\"", "workers.max = 1")
                .replace("[\"" + RAW + "\"]", "[\"/bin/sleep\", \"600\"]")
                .concat("workers.start_grace = \"10m\"\nstart_timeout = \"5m\"\n");
        try (Daemon daemon = Daemon.launch(directory, silent)) {
            Web.Answer answer = get(daemon, "/ready");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.text()).contains("gatepool is starting", "raw is starting");
            assertThat(get(daemon, "/live").status()).isEqualTo(200);
        }
    }

    @Test
    void whileItDrainsItLivesAndIsNotReady() throws Exception {
        Path until = directory.resolve("until");
        try (Daemon daemon = daemon("workers.max = 1")) {
            Call running = hang(daemon, until);
            daemon.signal("TERM");
            daemon.running().await("stopping");
            Web.Answer answer = get(daemon, "/ready");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.text()).contains("gatepool is stopping");
            assertThat(get(daemon, "/live").status()).isEqualTo(200);
            Files.writeString(until, "");
            assertThat(running.answer().status()).isEqualTo(200);
            assertThat(daemon.running().awaitExit()).isZero();
        }
    }

    // ---- what it tells ----

    @Test
    void theMetricsCountWhatHasHappened() throws Exception {
        try (Daemon daemon = daemon("workers.max = 1")) {
            int port = daemon.port("raw", "http");
            int worker = daemon.workers("raw").get(0);
            assertThat(Call.get(port, "/raw/info").status()).isEqualTo(200);
            Daemon.signal(worker, "KILL");
            daemon.running().await("replaces " + worker);
            assertThat(Call.get(port, "/raw/info").status()).isEqualTo(200);
            OpenMetrics metrics = metrics(daemon);
            assertThat(metrics.value("gatepool_requests_total{app=\"raw\",status=\"2xx\"}"))
                    .isEqualTo(2);
            assertThat(metrics.value("gatepool_request_duration_seconds_count{app=\"raw\"}"))
                    .isEqualTo(2);
            assertThat(metrics.value("gatepool_worker_restarts_total{app=\"raw\",reason=\"crash\"}"))
                    .isEqualTo(1);
            assertThat(metrics.value("gatepool_worker_start_duration_seconds_count{app=\"raw\"}"))
                    .isEqualTo(2);
            assertThat(metrics.value("gatepool_children_spawned_total")).isEqualTo(2);
            assertThat(metrics.value("gatepool_children_reaped_total")).isEqualTo(1);
            assertThat(metrics.value("gatepool_app_resident_memory_bytes{app=\"raw\"}"))
                    .isGreaterThan(1 << 20);
            assertThat(metrics.value("process_open_fds")).isGreaterThan(3);
            assertThat(metrics.value("gatepool_jvm_direct_memory_bytes")).isGreaterThan(0);
        }
    }

    @Test
    void whyWorkersAreReplacedIsCounted() throws Exception {
        try (Daemon daemon = daemon("workers.max = 1\nmax_requests = 3")) {
            int port = daemon.port("raw", "http");
            int first = daemon.workers("raw").get(0);
            for (int request = 0; request < 3; request++) {
                assertThat(Call.get(port, "/raw/info").status()).isEqualTo(200);
            }
            daemon.running().await("replaces " + first);
            daemon.signal("HUP");
            Poll.until("the new generation has taken over", () -> restarts(daemon, "reload") == 1);
            assertThat(restarts(daemon, "max-requests")).isEqualTo(1);
            assertThat(restarts(daemon, "crash")).isZero();
        }
    }

    private static double restarts(Daemon daemon, String reason) {
        try {
            return metrics(daemon).value("gatepool_worker_restarts_total{app=\"raw\",reason=\"" + reason + "\"}");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void prometheusGetsTheFormatThatItAsksFor() throws Exception {
        try (Daemon daemon = daemon("workers.max = 1")) {
            String uri = "http://127.0.0.1:" + adminPort(daemon) + "/metrics";
            assertThat(Web.get(uri).header("Content-Type")).startsWith("application/openmetrics-text");
            Web.Answer plain = Web.send(Web.request(uri).header("Accept", "text/plain"));
            assertThat(plain.header("Content-Type")).startsWith("text/plain; version=0.0.4");
            assertThat(plain.text())
                    .contains("# TYPE gatepool_requests_total counter")
                    .doesNotContain("# EOF");
        }
    }

    @Test
    void theStatusTellsWhatAWorkerIsDoing() throws Exception {
        Path until = directory.resolve("until");
        try (Daemon daemon = daemon("workers.max = 1")) {
            Call running = hang(daemon, until);
            JsonNode worker = app(daemon).get("workers").get(0);
            assertThat(worker.get("pid").asInt())
                    .isEqualTo(daemon.workers("raw").get(0));
            assertThat(worker.get("state").asText()).isEqualTo("busy");
            assertThat(worker.get("resident_bytes").asLong()).isGreaterThan(1 << 20);
            assertThat(worker.get("now").get(0).get("title").asText()).startsWith("GET /raw/hang?until=");
            Files.writeString(until, "");
            assertThat(running.answer().status()).isEqualTo(200);
            Poll.until(
                    "it rests",
                    () -> app(daemon).get("workers").get(0).get("now").isEmpty());
        }
    }

    @Test
    void aRunningScriptIsShownWithItsRequest() throws Exception {
        Path script = Files.writeString(directory.resolve("waits.sh"), """
                #!/bin/sh
                echo started >&2
                while [ ! -e until ]; do sleep 0.02; done
                printf 'Content-Type: text/plain\\n\\nok'
                """);
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Daemon daemon = Daemon.serve(directory, """
                [server]
                runtime_dir = "run"
                admin = "127.0.0.1:0"
                [app.cgi]
                kind = "cgi"
                listen = "http:127.0.0.1:0"
                root = "%s"
                """.formatted(directory))) {
            Call running = Call.send(daemon.port("cgi", "http"), "GET", "/waits.sh", "");
            daemon.running().await("stderr: started");
            JsonNode scripts = app(daemon).get("workers");
            assertThat(scripts).hasSize(1);
            assertThat(scripts.get(0).get("now").get(0).get("title").asText()).isEqualTo("GET /waits.sh");
            Files.writeString(directory.resolve("until"), "");
            assertThat(running.answer().status()).isEqualTo(200);
            assertThat(metrics(daemon).value("gatepool_spawn_duration_seconds_count{app=\"cgi\"}"))
                    .isEqualTo(1);
        }
    }

    @Test
    void aFailureIsListedWithItsIdAndCause() throws Exception {
        try (Daemon daemon = daemon("workers.max = 1\nrequest_timeout = \"100ms\"")) {
            Call.Answer failed =
                    Call.get(daemon.port("raw", "http"), "/raw/hang?until=" + directory.resolve("never") + "&<b>");
            assertThat(failed.cause()).isEqualTo("request-timeout");
            JsonNode failure = new ObjectMapper()
                    .readTree(get(daemon, "/status.json").text())
                    .get("failures")
                    .get(0);
            assertThat(failed.body()).contains(failure.get("id").asText());
            assertThat(failure.get("cause").asText()).isEqualTo("request-timeout");
            assertThat(get(daemon, "/").text())
                    .contains(failure.get("id").asText())
                    .doesNotContain("<b>&", "&<b>");
            daemon.running().await("ready in \\d+ ms");
            assertThat(metrics(daemon).value("gatepool_worker_restarts_total{app=\"raw\",reason=\"timeout\"}"))
                    .isEqualTo(1);
        }
    }

    @Test
    void looksAtTheStatusAreCountedNowhere() throws Exception {
        try (Daemon daemon = daemon("workers.max = 1")) {
            for (String path : List.of("/", "/status.json", "/metrics", "/live", "/ready", "/nothing")) {
                get(daemon, path);
            }
            OpenMetrics metrics = metrics(daemon);
            for (String status : List.of("none", "2xx", "4xx", "5xx")) {
                assertThat(metrics.value("gatepool_requests_total{app=\"raw\",status=\"" + status + "\"}"))
                        .isZero();
            }
            assertThat(metrics.value("gatepool_front_connections{protocol=\"http\"}"))
                    .isZero();
        }
    }

    @Test
    void manyMayAskAtOnce() throws Exception {
        try (Daemon daemon = daemon("workers.max = 1")) {
            int port = adminPort(daemon);
            List<RawHttp> clients = new ArrayList<>();
            for (int client = 0; client < 40; client++) {
                String path = client % 2 == 0 ? "/" : "/metrics";
                clients.add(RawHttp.connect(port).send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
            }
            for (RawHttp client : clients) {
                RawHttp.Response answer = client.response();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.complete()).isTrue();
                client.close();
            }
        }
    }

    // ---- what it refuses ----

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
    void onlyGetAndHeadAreThere(String method) throws Exception {
        try (Daemon daemon = daemon("workers.max = 1");
                RawHttp client = RawHttp.connect(adminPort(daemon))) {
            client.send(method + " / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\nsome of it");
            RawHttp.Response response = client.response();
            assertThat(response.status()).isEqualTo(405);
            assertThat(response.field("allow")).isEqualTo("GET, HEAD");
        }
    }

    @Test
    void headIsGetWithoutABody() throws Exception {
        try (Daemon daemon = daemon("workers.max = 1")) {
            Web.Answer answer = Web.head("http://127.0.0.1:" + adminPort(daemon) + "/");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEmpty();
            assertThat(Integer.parseInt(answer.header("Content-Length"))).isGreaterThan(1000);
        }
    }

    @Test
    void aNameThatAStrangerLetsPointHereIsRefused() throws Exception {
        String server = "admin = \"127.0.0.1:0\"\nadmin_hosts = [\"status.example.org\"]";
        try (Daemon daemon = Daemon.serve(directory, configuration(server, "workers.max = 1"))) {
            int port = adminPort(daemon);
            assertThat(statusFor(port, "evil.example")).isEqualTo(421);
            assertThat(statusFor(port, "evil.example:" + port)).isEqualTo(421);
            assertThat(statusFor(port, "localhost:" + port)).isEqualTo(200);
            assertThat(statusFor(port, "status.example.org")).isEqualTo(200);
        }
    }

    private static int statusFor(int port, String host) {
        try (RawHttp client = RawHttp.connect(port)) {
            return client.send("GET /live HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
                    .response()
                    .status();
        }
    }

    @Test
    void everyAnswerForbidsWhatCouldGoWrongInABrowser() throws Exception {
        try (Daemon daemon = daemon("workers.max = 1")) {
            for (String path : List.of("/", "/status.json", "/metrics", "/live", "/admin.js", "/nothing")) {
                Web.Answer answer = get(daemon, path);
                assertThat(answer.header("Content-Security-Policy"))
                        .as(path)
                        .contains("default-src 'none'", "frame-ancestors 'none'")
                        .doesNotContain("unsafe");
                assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
                assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
                assertThat(answer.headers().firstValue("Access-Control-Allow-Origin"))
                        .isEmpty();
            }
            assertThat(get(daemon, "/nothing").status()).isEqualTo(404);
        }
    }

    @Test
    void anAddressThatOthersReachIsAWarning() throws Exception {
        try (Daemon daemon = Daemon.serve(directory, configuration("admin = \"0.0.0.0:0\"", "workers.max = 1"))) {
            daemon.running().await("WARN +admin: 0.0.0.0:\\d+ is not a loopback address, and there is no password");
            assertThat(get(daemon, "/live").status()).isEqualTo(200);
        }
    }

    @Test
    void itMayBeAUnixSocketOfTheOwnerAlone() throws Exception {
        Path socket = directory.resolve("admin.sock");
        try (Daemon daemon = Daemon.serve(directory, configuration("admin = \"unix:admin.sock\"", "workers.max = 1"))) {
            daemon.running().await("admin: unix:" + socket);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
            try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                client.connect(UnixDomainSocketAddress.of(socket));
                client.write(ByteBuffer.wrap("GET /live HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
                ByteBuffer answer = ByteBuffer.allocate(100);
                client.read(answer);
                assertThat(new String(answer.array(), StandardCharsets.US_ASCII))
                        .startsWith("HTTP/1.1 200 OK");
            }
            daemon.stop();
            assertThat(socket).doesNotExist();
        }
    }
}
