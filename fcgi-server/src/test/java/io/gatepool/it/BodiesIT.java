package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.it.GeneratedBody.Sum;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies of every size, through nginx over FastCGI and straight over HTTP, to a FastCGI worker and to a CGI script. */
class BodiesIT {

    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;

    /** The daemon with a heap of 64 MB, its buffers, its code and the leak detector's records: more is growth. */
    private static final long MOST_RESIDENT = 250 * MIB;

    /** The ways in, times the two kinds of application. */
    enum Way {
        NGINX_TO_WORKER,
        NGINX_TO_SCRIPT,
        HTTP_TO_WORKER,
        HTTP_TO_SCRIPT;

        boolean isWorker() {
            return this == NGINX_TO_WORKER || this == HTTP_TO_WORKER;
        }

        boolean isNginx() {
            return this == NGINX_TO_WORKER || this == NGINX_TO_SCRIPT;
        }

        /** The echo behind it. */
        String uri() {
            return base() + (isWorker() ? "/app/echo" : "/cgi/echo.py");
        }

        String base() {
            return "http://127.0.0.1:" + port();
        }

        int port() {
            return isNginx() ? nginx.port() : http;
        }
    }

    private static final List<AutoCloseable> STARTED = new ArrayList<>();
    private static Daemon daemon;
    private static Nginx nginx;
    private static int http;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        Needs.program("nginx", "nginx-light");
        Examples examples = Examples.copyTo(directory);
        http = Ports.free();
        int fastcgi = Ports.free();
        daemon = examples.serve(
                http, List.of("fastcgi:127.0.0.1:" + fastcgi), """

                [app.app]
                kind = "fastcgi"
                command = ["%s/testapp.py"]
                listen = ["http:127.0.0.1:%d", "fastcgi:127.0.0.1:%d"]
                mount = "/app"
                workers.max = 2
                """.formatted(Daemon.TEST_APPS, http, fastcgi));
        STARTED.add(daemon);
        nginx = Nginx.start(examples, "nginx", "127.0.0.1:" + fastcgi, false);
        STARTED.add(nginx);
    }

    @AfterAll
    static void stop() throws Exception {
        for (int last = STARTED.size() - 1; last >= 0; last--) {
            STARTED.get(last).close();
        }
        STARTED.clear();
    }

    static List<Arguments> waysAndSizes() {
        List<Arguments> cases = new ArrayList<>();
        for (Way way : Way.values()) {
            for (long size : new long[] {0, 1, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, 5 * MIB}) {
                cases.add(Arguments.of(way, size));
            }
        }
        return cases;
    }

    @ParameterizedTest
    @MethodSource("waysAndSizes")
    void aBodyComesBackAsItWas(Way way, long size) throws Exception {
        assertThat(echoed(way, size, true)).isEqualTo(Sum.of(new GeneratedBody(size, size)));
    }

    @ParameterizedTest
    @MethodSource("waysAndSizes")
    void aBodyInChunksComesBackAsItWas(Way way, long size) throws Exception {
        assertThat(echoed(way, size, false)).isEqualTo(Sum.of(new GeneratedBody(size, size)));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void twoHundredMebibytesTakeNoMoreMemory(Way way) throws Exception {
        long size = 200 * MIB;
        assertThat(echoed(way, size, true)).isEqualTo(Sum.of(new GeneratedBody(size, size)));
        assertThat(mostResident()).as("VmHWM of the daemon").isLessThan(MOST_RESIDENT);
    }

    private static Sum echoed(Way way, long size, boolean announced) throws Exception {
        HttpRequest.BodyPublisher stream =
                HttpRequest.BodyPublishers.ofInputStream(() -> new GeneratedBody(size, size));
        HttpRequest.BodyPublisher body =
                announced && size > 0 ? HttpRequest.BodyPublishers.fromPublisher(stream, size) : stream;
        HttpResponse<InputStream> response =
                Web.exchange(Web.request(way.uri()).POST(body), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            assertThat(response.statusCode()).isEqualTo(200);
            return Sum.of(in);
        }
    }

    private static long mostResident() throws Exception {
        String status = Files.readString(Path.of("/proc", Integer.toString(daemon.pid()), "status"));
        Matcher most = Pattern.compile("VmHWM:\\s+(\\d+) kB").matcher(status);
        assertThat(most.find()).isTrue();
        return Long.parseLong(most.group(1)) * KIB;
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aBodyThatArrivesInPiecesComesBackWhole(Way way) throws Exception {
        byte[] body = new GeneratedBody(7, 100_000).readAllBytes();
        String head = "POST " + way.uri().substring(way.base().length()) + " HTTP/1.1\r\nHost: localhost\r\n"
                + "Connection: close\r\nContent-Length: " + body.length + "\r\n\r\n";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), way.port())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout((int) Poll.PATIENCE.toMillis());
            OutputStream out = socket.getOutputStream();
            byte[] bytes = head.getBytes(StandardCharsets.US_ASCII);
            // The head in two pieces as well, then pieces that fit no record and no buffer.
            out.write(bytes, 0, 20);
            Poll.pause();
            out.write(bytes, 20, bytes.length - 20);
            for (int at = 0, piece = 1; at < body.length; at += piece, piece = piece * 3 % 7001 + 1) {
                piece = Math.min(piece, body.length - at);
                out.write(body, at, piece);
                Poll.pause();
            }
            assertThat(bodyOf(socket.getInputStream().readAllBytes())).isEqualTo(body);
        }
    }

    /** The body of a whole response, without the chunks it may have come in. */
    private static byte[] bodyOf(byte[] response) {
        String text = new String(response, StandardCharsets.ISO_8859_1);
        assertThat(text).startsWith("HTTP/1.1 200 ");
        int end = text.indexOf("\r\n\r\n");
        String body = text.substring(end + 4);
        if (text.substring(0, end).contains("Transfer-Encoding: chunked")
                || text.substring(0, end).contains("transfer-encoding: chunked")) {
            body = unchunked(body);
        }
        return body.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String unchunked(String chunks) {
        StringBuilder whole = new StringBuilder();
        int at = 0;
        while (true) {
            int line = chunks.indexOf("\r\n", at);
            int length = Integer.parseInt(chunks.substring(at, line), 16);
            if (length == 0) {
                return whole.toString();
            }
            whole.append(chunks, line + 2, line + 2 + length);
            at = line + 2 + length + 2;
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"NGINX_TO_WORKER", "HTTP_TO_WORKER"})
    void anApplicationMayAnswerBeforeItReads(Way way) throws Exception {
        assertThat(upload(way, "/app/early", 5 * MIB)).isEqualTo("answered early\n");
    }

    @ParameterizedTest
    @EnumSource(names = {"NGINX_TO_WORKER", "HTTP_TO_WORKER"})
    void anApplicationMayLeaveABodyUnread(Way way) throws Exception {
        for (int request = 0; request < 4; request++) {
            assertThat(upload(way, "/app/ignore", 5 * MIB)).isEqualTo("body ignored\n");
        }
        assertThat(Web.get(way.base() + "/app/pid").status()).isEqualTo(200);
    }

    private static String upload(Way way, String path, long size) throws Exception {
        HttpRequest.BodyPublisher body = HttpRequest.BodyPublishers.fromPublisher(
                HttpRequest.BodyPublishers.ofInputStream(() -> new GeneratedBody(size, size)), size);
        Web.Answer answer = Web.send(Web.request(way.base() + path).POST(body));
        assertThat(answer.status()).isEqualTo(200);
        return answer.text();
    }
}
