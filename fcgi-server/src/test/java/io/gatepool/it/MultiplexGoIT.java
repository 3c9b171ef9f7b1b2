package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An application that truly serves several requests of one connection side by side: a program in Go, net/http/fcgi. */
class MultiplexGoIT {

    private static final List<String> APPS = List.of("auto", "8");

    private static Daemon daemon;
    private static Path directory;
    private static ExecutorService clients;

    /** Two apps, each with one worker and one connection. */
    @BeforeAll
    static void start(@TempDir Path temporary) throws Exception {
        Needs.program("go", "golang-go");
        directory = temporary;
        Path program = compile(temporary);
        daemon = Daemon.serve(temporary, app("auto", "\"auto\"", program) + app("8", "8", program));
        clients = Executors.newFixedThreadPool(32);
        for (String app : APPS) {
            // Connections are shared when it is known that they are kept.
            for (int request = 0; request < 3; request++) {
                assertThat(Call.get(port(app), "/go/pid").status()).isEqualTo(200);
            }
        }
    }

    /** Without the network, and without a trace in the home directory. */
    private static Path compile(Path temporary) throws Exception {
        Path program = temporary.resolve("multiplex");
        Map<String, String> environment = Map.of(
                "GO111MODULE",
                "off",
                "GOFLAGS",
                "",
                "GOPROXY",
                "off",
                "GOPATH",
                temporary.resolve("go").toString(),
                "GOCACHE",
                temporary.resolve("go-cache").toString(),
                "HOME",
                temporary.toString());
        String source = Daemon.TEST_APPS.resolve("multiplex/main.go").toString();
        try (Running compiler =
                Running.start(temporary, environment, "go", "build", "-o", program.toString(), source)) {
            assertThat(compiler.awaitExit()).as(compiler.output()).isZero();
        }
        return program;
    }

    private static String app(String name, String multiplex, Path program) {
        return """
                [app.go-%s]
                kind = "fastcgi"
                command = ["%s"]
                listen = "http:127.0.0.1:0"
                workers.mode = "static"
                workers.max = 1
                workers.connections = 1
                multiplex = %s
                max_body = "8MiB"
                """.formatted(name, program, multiplex);
    }

    @AfterAll
    static void stop() throws Exception {
        if (clients != null) {
            clients.shutdownNow();
        }
        if (daemon != null) {
            daemon.close();
        }
    }

    private static int port(String app) throws Exception {
        return daemon.port("go-" + app, "http");
    }

    private static <T> List<T> together(List<Callable<T>> calls) throws Exception {
        List<T> results = new ArrayList<>();
        for (Future<T> result : clients.invokeAll(calls, Poll.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            results.add(result.get());
        }
        return results;
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "8"})
    void requestsRunSideBySideAndAreAnsweredInAnyOrder(String app) throws Exception {
        // Go does not say how many it takes.
        int number = app.equals("auto") ? 16 : Integer.parseInt(app);
        List<Callable<Call.Answer>> calls = new ArrayList<>();
        for (int call = 0; call < number; call++) {
            calls.add(() -> Call.get(port(app), "/go/meet?name=" + app + "&n=" + number));
        }
        Set<String> pids = new HashSet<>();
        Set<String> came = new HashSet<>();
        for (Call.Answer answer : together(calls)) {
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            pids.add(answer.line("pid"));
            came.add(answer.line("came"));
        }
        assertThat(pids).as("there is one worker, with one connection").hasSize(1);
        assertThat(came).hasSize(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "8"})
    void bodiesDoNotMix(String app) throws Exception {
        List<Callable<Boolean>> calls = new ArrayList<>();
        for (int call = 0; call < 8; call++) {
            byte[] random = new byte[1 << 20];
            new Random(call).nextBytes(random);
            String body = new String(random, StandardCharsets.ISO_8859_1);
            calls.add(() -> Call.post(port(app), "/go/echo", body).body().equals(body));
        }
        assertThat(together(calls)).containsOnly(true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "8"})
    void aClientThatLeavesDoesNotDisturbTheOthers(String app) throws Exception {
        List<Path> holds = new ArrayList<>();
        List<Call> calls = new ArrayList<>();
        for (int call = 0; call < 5; call++) {
            Path hold = directory.resolve("hold-" + app + call);
            holds.add(hold);
            calls.add(Call.send(port(app), "POST", "/go/hold?file=" + hold, "x".repeat(call * 100_000)));
            Poll.until("it is held", () -> Files.exists(hold));
        }
        calls.get(1).close();
        calls.get(3).close();
        // One leaves in the middle of its answer.
        try (Call large = Call.send(port(app), "GET", "/go/large?n=8000000&key=gone", "")) {
            large.awaitFirstByte();
        }
        assertThat(large(app, "stays", 2_000_000)).isTrue();
        for (int call = 0; call < 5; call++) {
            Files.delete(holds.get(call));
            if (call % 2 == 0) {
                assertThat(calls.get(call).answer().body()).isEqualTo("held\n");
            }
        }
        assertThat(large(app, "after", 2_000_000)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "8"})
    void largeAnswersAreWholeThoughOneIsReadSlowly(String app) throws Exception {
        try (Call slow = Call.send(port(app), "GET", "/go/large?n=6000000&key=slow", "")) {
            slow.awaitFirstByte();
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int call = 0; call < 6; call++) {
                String key = "k" + call;
                calls.add(() -> large(app, key, 4_000_000));
            }
            assertThat(together(calls)).containsOnly(true);
            assertThat(isWhole(slow.answer(), "slow", 6_000_000)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "8"})
    void ofManyRequestsOfAllSizesEachGetsItsOwnAnswer(String app) throws Exception {
        List<Callable<Integer>> calls = new ArrayList<>();
        for (int client = 0; client < 20; client++) {
            int seed = client;
            calls.add(() -> {
                Random random = new Random(seed);
                int right = 0;
                for (int request = 0; request < 50; request++) {
                    int size = 1 << random.nextInt(17);
                    String key = "c" + seed + "r" + request;
                    boolean posts = random.nextBoolean();
                    String body = (key + "\n").repeat(size / key.length() + 1);
                    boolean isRight = posts
                            ? Call.post(port(app), "/go/echo", body).body().equals(body)
                            : large(app, key, size);
                    right += isRight ? 1 : 0;
                }
                return right;
            });
        }
        assertThat(together(calls)).containsOnly(50);
    }

    /** Asks for an answer of its own; true when it is that, and whole. */
    private static boolean large(String app, String key, int size) throws Exception {
        return isWhole(Call.get(port(app), "/go/large?n=" + size + "&key=" + key), key, size);
    }

    private static boolean isWhole(Call.Answer answer, String key, int size) throws Exception {
        int last = answer.body().lastIndexOf("sum ");
        if (answer.status() != 200 || !answer.complete() || last < size) {
            throw new IOException(answer.status() + ", " + answer.body().length() + " bytes for " + key);
        }
        String content = answer.body().substring(0, last);
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.ISO_8859_1));
        return content.startsWith(key + "\n")
                && answer.body().substring(last).equals("sum " + HexFormat.of().formatHex(sum) + "\n");
    }
}
