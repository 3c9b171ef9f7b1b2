package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Standard input and output of a script: both flow as they come, and whoever is slow holds the other. */
class ScriptStreamsIT {

    private static final long MIB = 1 << 20;

    /** What the daemon may take at most: its heap, its buffers and the JVM itself. */
    private static final long MOST_RESIDENT = 250 * MIB;

    private static ScriptHouse house;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        Map<String, String> apps = new LinkedHashMap<>();
        apps.put("on", "");
        apps.put("off", "request_buffering = \"off\"");
        apps.put("small", "max_body = \"1000B\"");
        apps.put("smalloff", "max_body = \"1000B\"\nrequest_buffering = \"off\"");
        apps.put("tight", "response_buffer = \"64KiB\"");
        apps.put("late", "request_buffering = \"off\"\noutput_timeout = \"300ms\"");
        house = new ScriptHouse(directory, "", apps);
        house.script("cat", "printf 'Content-Type: text/plain\\n\\n'", "exec cat");
        house.script(
                "length",
                "printf 'Content-Type: text/plain\\n\\n'",
                "echo \"length=${CONTENT_LENGTH-none} read=$(wc -c) stdin=$(readlink /proc/$$/fd/0 | cut -c1-5)\"");
    }

    @AfterAll
    static void stop() throws Exception {
        house.close();
    }

    // ---- output passes on as it is written ----

    private static void events(String name) throws IOException {
        house.script(
                name,
                "printf 'Content-Type: text/event-stream\\n\\n'",
                "for n in 1 2 3 4 5; do",
                "  echo \"data: $n\"",
                "  while [ ! -e $D/" + name + "-seen$n ]; do sleep 0.01; done",
                "done");
    }

    /** Reads line by line; the script writes the next one only when it knows that the last has arrived here. */
    private static void assertArrivesLineByLine(int port, String name, String path) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) Poll.PATIENCE.toMillis());
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            StringBuilder seen = new StringBuilder();
            for (int n = 1; n <= 5; n++) {
                while (seen.indexOf("data: " + n + "\n") < 0) {
                    int next = in.read();
                    assertThat(next).as("%s", seen).isNotNegative();
                    seen.append((char) next);
                }
                Files.writeString(house.file(name + "-seen" + n), "");
            }
            in.readAllBytes();
        }
    }

    @Test
    void eventsArriveLineByLineOverHttp() throws Exception {
        events("events-http");
        assertArrivesLineByLine(house.http("on"), "events-http", "/events-http");
    }

    @Test
    void eventsArriveLineByLineOverFastCgi() throws Exception {
        events("events-fcgi");
        try (RawFastCgi client = house.unix("on")) {
            client.begin(1)
                    .params(1, RawFastCgi.get("/events-fcgi", ""))
                    .endStdin(1)
                    .send();
            for (int n = 1; n <= 5; n++) {
                client.awaitOutput("data: " + n + "\n");
                Files.writeString(house.file("events-fcgi-seen" + n), "");
            }
            assertThat(client.answer(1).protocolStatus()).isZero();
        }
    }

    @Test
    void eventsArriveLineByLineThroughNginxWithBufferingOff(@TempDir Path directory) throws Exception {
        events("events-nginx");
        Examples examples = Examples.copyTo(directory);
        Path conf = directory.resolve("examples/nginx/nginx.conf");
        Files.writeString(
                conf,
                Examples.replace(
                        Files.readString(conf),
                        "fastcgi_request_buffering off;",
                        "fastcgi_request_buffering off; fastcgi_buffering off;"));
        try (Nginx nginx = Nginx.start(examples, "events", "127.0.0.1:" + house.fastcgi("on"), false)) {
            assertArrivesLineByLine(nginx.port(), "events-nginx", "/events-nginx");
        }
    }

    // ---- the body ----

    @Test
    void aBodyPassesToTheScriptAsItComes() throws Exception {
        house.script(
                "echo-lines",
                "printf 'Content-Type: text/plain\\n\\n'",
                "while read line; do echo \"got $line\"; done");
        try (RawFastCgi client = house.unix("off")) {
            client.begin(1)
                    .params(1, RawFastCgi.post("/echo-lines", "6"))
                    .stdin(1, "1\n")
                    .send();
            client.awaitOutput("got 1\n");
            client.stdin(1, "2\n").send();
            client.awaitOutput("got 2\n");
            client.stdin(1, "3\n").endStdin(1).send();
            assertThat(client.answer(1).text()).endsWith("got 1\ngot 2\ngot 3\n");
        }
    }

    @Test
    void aBodyInChunksPassesAsItComesToo() throws Exception {
        try (RawHttp client = RawHttp.connect(house.http("off"))) {
            client.send("POST /cat HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n");
            awaitText(client, "one\n");
            client.send("4\r\ntwo\n\r\n");
            awaitText(client, "two\n");
            client.send("0\r\n\r\n");
            awaitText(client, "0\r\n\r\n");
            assertThat(client.ends()).isTrue();
        }
    }

    private static void awaitText(RawHttp client, String text) {
        StringBuilder seen = new StringBuilder();
        while (seen.indexOf(text) < 0) {
            int next = client.socket().read();
            assertThat(next).as("%s", seen).isNotNegative();
            seen.append((char) next);
        }
    }

    @Test
    void aSmallBodyThatIsCompleteKeepsTheConnection() throws Exception {
        try (RawHttp client = RawHttp.connect(house.http("off"))) {
            for (int request = 0; request < 3; request++) {
                client.send("POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello");
                RawHttp.Response response = client.response();
                assertThat(response.body()).isEqualTo("length=5 read=5 stdin=pipe:\n");
                assertThat(response.closes()).isFalse();
            }
        }
    }

    /** The length is announced, unknown, or there is no body at all. */
    @ParameterizedTest
    @CsvSource({
        "on,  'Content-Length: 5',          'hello',                'length=5 read=5 stdin=pipe:'",
        "off, 'Content-Length: 5',          'hello',                'length=5 read=5 stdin=pipe:'",
        "on,  'Transfer-Encoding: chunked', '5|hello|0||',          'length=5 read=5 stdin=pipe:'",
        "off, 'Transfer-Encoding: chunked', '5|hello|0||',          'length=none read=5 stdin=pipe:'",
        "on,  'X: y',                       '',                     'length=none read=0 stdin=/dev/'",
        "off, 'X: y',                       '',                     'length=none read=0 stdin=/dev/'",
        "off, 'Content-Length: 0',          '',                     'length=0 read=0 stdin=/dev/'"
    })
    void theScriptIsToldTheLengthWhenItIsKnown(String app, String header, String body, String told) throws Exception {
        String bytes = "POST /length HTTP/1.1\r\nHost: test\r\nConnection: close\r\n" + header + "\r\n\r\n"
                + body.replace("|", "\r\n");
        try (Call call = Call.raw(house.http(app), bytes)) {
            assertThat(call.answer().body()).isEqualTo(told + "\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "smalloff"})
    void aBodyOfUnknownLengthOverMaxBodyIs413AndTheLogNamesTheSetting(String app) throws Exception {
        int from = house.daemon().log().length();
        house.script("mute-" + app, "cat >/dev/null", "printf 'Content-Type: text/plain\\n\\nread'");
        String chunk = "1f4\r\n" + "x".repeat(500) + "\r\n";
        try (Call call = Call.raw(
                house.http(app),
                "POST /mute-" + app + " HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk
                        + chunk + "0\r\n\r\n")) {
            Call.Answer answer = call.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.cause()).isEqualTo("body-too-large");
        }
        house.daemon().await("the limit is 1000; set max_body in \\[app." + app + "\\]", from);
    }

    @Test
    void moreThanAnnouncedIsNeverSeenByTheScript() throws Exception {
        try (RawFastCgi client = house.unix("off")) {
            client.begin(1)
                    .params(1, RawFastCgi.post("/length", "5"))
                    .stdin(1, "hello, world")
                    .endStdin(1)
                    .send();
            assertThat(client.answer(1).text()).startsWith("Status: 400");
        }
    }

    @Test
    void aScriptThatWaitsForASlowSenderIsNotSilent() throws Exception {
        try (Call call = Call.raw(
                house.http("late"), "POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\nhello")) {
            // Longer than output_timeout, in which another script goes over it.
            house.script("silent", "sleep 600");
            assertThat(Call.get(house.http("late"), "/silent").cause()).isEqualTo("output-timeout");
            call.more("world");
            assertThat(call.answer().body()).isEqualTo("length=10 read=10 stdin=pipe:\n");
        }
    }

    @Test
    void aScriptThatDoesNotReadHoldsTheSender() throws Exception {
        house.script(
                "slow-reader",
                "while [ ! -e $D/slow-go ]; do sleep 0.01; done",
                "printf 'Content-Type: text/plain\\n\\n'",
                "wc -c");
        long size = 64 * MIB;
        long[] sent = {0};
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), house.http("off"))) {
            socket.setSoTimeout((int) Poll.PATIENCE.toMillis());
            OutputStream out = socket.getOutputStream();
            out.write(("POST /slow-reader HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: " + size
                            + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            byte[] piece = new byte[(int) MIB];
            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
                try {
                    for (; sent[0] < size; sent[0] += piece.length) {
                        out.write(piece);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            // Other requests are served, more than once around, and nothing more than the kernel's buffers is taken.
            for (int request = 0; request < 20; request++) {
                assertThat(Call.get(house.http("on"), "/length").status()).isEqualTo(200);
            }
            assertThat(sender).isNotDone();
            Files.writeString(house.file("slow-go"), "");
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .contains(Long.toString(size));
            sender.join();
        }
    }

    // ---- much of both ----

    /** By its way in, and whether the script sees the body as it comes. */
    enum Way {
        GATHERED("on"),
        PASSED_ON("off");

        private final String app;

        Way(String app) {
            this.app = app;
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void twoHundredMebibytesFlowInAndOutAtTheSameTime(Way way) throws Exception {
        long size = 200 * MIB;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), house.http(way.app))) {
            socket.setSoTimeout((int) Poll.PATIENCE.toMillis());
            OutputStream out = socket.getOutputStream();
            // HTTP/1.0: the answer comes without chunks and ends with the connection.
            out.write(
                    ("POST /cat HTTP/1.0\r\nContent-Length: " + size + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
                try {
                    new GeneratedBody(5, size).transferTo(out);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            InputStream in = socket.getInputStream();
            int line = 0;
            for (int ends = 0; ends < 2; ) {
                line = in.read();
                ends = line == '\n' ? ends + 1 : line == '\r' ? ends : 0;
            }
            assertThat(GeneratedBody.Sum.of(in)).isEqualTo(GeneratedBody.Sum.of(new GeneratedBody(5, size)));
            sender.join();
        }
        assertThat(mostResident()).as("VmHWM of the daemon").isLessThan(MOST_RESIDENT);
    }

    @Test
    void aClientThatDoesNotReadHoldsTheScriptAndNotTheMemory() throws Exception {
        house.script(
                "flood",
                "printf 'Content-Type: text/plain\\n\\n'",
                "head -c 64M /dev/zero",
                "echo > $D/flood-written",
                "echo end");
        try (RawHttp client = RawHttp.connectWithSmallBuffer(house.http("tight"))) {
            client.send("GET /flood HTTP/1.0\r\n\r\n");
            awaitText(client, "\r\n\r\n");
            for (int request = 0; request < 20; request++) {
                assertThat(Call.get(house.http("tight"), "/length").status()).isEqualTo(200);
            }
            assertThat(house.file("flood-written")).doesNotExist();
            long left = 64 * MIB;
            while (client.socket().fill() && left > 0) {
                left -= client.socket().skip();
            }
            Poll.until("all was written", () -> Files.exists(house.file("flood-written")));
        }
        assertThat(mostResident()).as("VmHWM of the daemon").isLessThan(MOST_RESIDENT);
    }

    private static long mostResident() throws Exception {
        String status = Files.readString(
                Path.of("/proc", Integer.toString(house.daemon().pid()), "status"));
        Matcher most = Pattern.compile("VmHWM:\\s+(\\d+) kB").matcher(status);
        assertThat(most.find()).isTrue();
        return Long.parseLong(most.group(1)) * 1024;
    }
}
