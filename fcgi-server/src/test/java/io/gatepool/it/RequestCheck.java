package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** One thing that a web server with gatepool behind it must get right; {@link RequestSuite} runs them. */
enum RequestCheck {
    GET("GET of a sample page") {
        @Override
        void run(Site site) throws Exception {
            Web.Answer page = Web.get(site.server().address() + site.kind().sample());
            assertThat(page.status()).as(page.text()).isEqualTo(200);
            assertThat(page.header("Content-Type")).startsWith("text/html");
            assertThat(page.text()).contains(site.kind().says());
        }
    },

    VARIABLES("variables of the request") {
        @Override
        void run(Site site) throws Exception {
            HttpRequest.Builder request = Web.request(site.uri("/env?a=b&c=%2F+d"))
                    .header("X-Some-Thing", "some value")
                    .header("Proxy", "http://evil.example");
            assertThat(lines(Web.send(request)))
                    .contains("REQUEST_METHOD=GET", "QUERY_STRING=a=b&c=%2F+d", "GATEWAY_INTERFACE=CGI/1.1")
                    .contains("REQUEST_URI=" + site.kind().base() + "/env?a=b&c=%2F+d", "SERVER_PROTOCOL=HTTP/1.1")
                    .contains("HTTP_X_SOME_THING=some value", "REMOTE_ADDR=127.0.0.1")
                    .contains(
                            "HTTP_HOST=127.0.0.1:" + site.server().port(),
                            "SERVER_PORT=" + site.server().port())
                    .noneMatch(line -> line.startsWith("HTTP_PROXY=") || line.matches("SERVER_NAME=.*:\\d+"))
                    .noneMatch(line -> line.matches("(REMOTE_USER|AUTH_TYPE)=.+"));
        }
    },

    UNCHECKED_USER("credentials that nobody has checked are no REMOTE_USER") {
        @Override
        void run(Site site) throws Exception {
            HttpRequest.Builder request =
                    Web.request(site.uri("/env")).header("Authorization", "Basic cm9vdDpndWVzc2Vk");
            assertThat(lines(Web.send(request))).noneMatch(line -> line.matches("(REMOTE_USER|AUTH_TYPE)=.+"));
        }
    },

    POST("POST") {
        @Override
        void run(Site site) throws Exception {
            assertThat(Web.post(site.uri("/echo"), "some body").text()).isEqualTo("some body");
            assertThat(Web.post(site.uri("/echo"), "").text()).isEmpty();
        }
    },

    CHUNKED_POST("POST of unknown length") {
        @Override
        void run(Site site) throws Exception {
            byte[] body = bytes(300_000);
            HttpRequest.Builder request = Web.request(site.uri("/sha"))
                    .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)));
            assertThat(Web.send(request).text()).isEqualTo(sha(body) + " 300000 300000\n");
        }
    },

    UPLOAD("upload of 1 MiB, by its checksum") {
        @Override
        void run(Site site) throws Exception {
            byte[] body = bytes(1 << 20);
            HttpRequest.Builder request =
                    Web.request(site.uri("/sha")).POST(HttpRequest.BodyPublishers.ofByteArray(body));
            assertThat(Web.send(request).text()).isEqualTo(sha(body) + " 1048576 1048576\n");
        }
    },

    DOWNLOAD("response of 1 MiB") {
        @Override
        void run(Site site) throws Exception {
            String text = Web.get(site.uri("/size?n=1048576")).text();
            assertThat(text).hasSize(1 << 20);
            for (int at = 0; at < text.length(); at++) {
                if (text.charAt(at) != at % 251) {
                    throw new AssertionError("another byte than was sent at " + at);
                }
            }
        }
    },

    PATH_INFO("PATH_INFO") {
        @Override
        void run(Site site) throws Exception {
            assertThat(lines(Web.get(site.uri("/env/some/path"))))
                    .contains("SCRIPT_NAME=" + site.kind().base(), "PATH_INFO=/env/some/path");
        }
    },

    UNICODE_PATH("unicode in a path") {
        @Override
        void run(Site site) throws Exception {
            String bytes = new String("/café/日本".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            assertThat(lines(Web.get(site.uri("/env/caf%C3%A9/%E6%97%A5%E6%9C%AC?q=%C3%BC"))))
                    .contains("PATH_INFO=/env" + bytes, "QUERY_STRING=q=%C3%BC");
        }
    },

    BYTES_IN_PATH("bytes in a path that are no UTF-8") {
        @Override
        void run(Site site) throws Exception {
            assertThat(lines(Web.get(site.uri("/env/%FF%FE")))).contains("PATH_INFO=/env/\u00ff\u00fe");
        }
    },

    ENCODED_SLASH("%2F in a path") {
        @Override
        void run(Site site) throws Exception {
            assertThat(lines(Web.get(site.uri("/env/a%2Fb%20c%25d"))))
                    .contains(
                            "PATH_INFO=/env/a/b c%d",
                            "REQUEST_URI=" + site.kind().base() + "/env/a%2Fb%20c%25d");
        }
    },

    HEAD("HEAD") {
        @Override
        void run(Site site) throws Exception {
            Web.Answer answer = Web.head(site.uri("/env"));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).startsWith("text/plain");
            assertThat(answer.text()).isEmpty();
        }
    },

    STATUS("statuses of the application, 404 among them") {
        @Override
        void run(Site site) throws Exception {
            for (int code : List.of(200, 204, 304, 404, 418, 500, 503)) {
                assertThat(Web.get(site.uri("/status?code=" + code)).status()).isEqualTo(code);
            }
            assertThat(Web.get(site.uri("/nothing")).text()).isEqualTo("no such thing\n");
        }
    },

    NOT_FOUND("404 of gatepool", Scope.GATEPOOL) {
        @Override
        void run(Site site) throws Exception {
            Web.Answer page = Web.get(site.server().address() + "/cgi/nothing.sh");
            assertThat(page.status()).isEqualTo(404);
            assertExplained(page, "not-found");
        }
    },

    REDIRECT("redirect") {
        @Override
        void run(Site site) throws Exception {
            String to = "http://other.example/page?x=1";
            Web.Answer away = Web.get(site.uri("/redirect?to=" + to.replace("?", "%3F")));
            assertThat(away.status()).isEqualTo(302);
            assertThat(away.header("Location")).isEqualTo(to);
        }
    },

    STREAMING("the first line arrives before the second is made") {
        @Override
        void run(Site site) throws Exception {
            Path file = site.house().newFile();
            HttpResponse<InputStream> response = Web.exchange(
                    Web.request(site.uri("/steps?file=" + file)), HttpResponse.BodyHandlers.ofInputStream());
            try (BufferedReader lines = reader(response)) {
                assertThat(lines.readLine()).isEqualTo("first");
                Files.createFile(file);
                assertThat(lines.readLine()).isEqualTo("second");
                assertThat(lines.readLine()).isNull();
            }
        }
    },

    ABORT("the application ends when the client leaves") {
        @Override
        void run(Site site) throws Exception {
            Path file = site.house().newFile();
            try (Call call = Call.send(site.server().port(), "GET", site.kind().base() + "/drip?file=" + file, "")) {
                call.awaitFirstByte();
                assertThat(file).as("it goes on").doesNotExist();
            }
            Poll.until("the application has ended", () -> Files.exists(file));
        }
    },

    SILENT_ABORT("a script that says nothing ends when the client leaves", Scope.SCRIPTS) {
        @Override
        void run(Site site) throws Exception {
            Path file = site.house().newFile();
            try (Call call = Call.send(site.server().port(), "GET", site.kind().base() + "/silent?file=" + file, "")) {
                call.awaitFirstByte();
            }
            Poll.until("the script has ended", () -> Files.exists(file));
        }
    },

    KEEP_ALIVE("1,000 requests on one connection") {
        @Override
        void run(Site site) {
            try (RawHttp client = RawHttp.connect(site.server().port())) {
                for (int request = 1; request <= 1000; request++) {
                    RawHttp.Response answer = client.get(site.kind().light()).response();
                    assertThat(answer.status()).as("request " + request).isEqualTo(200);
                    assertThat(answer.complete()).as("request " + request).isTrue();
                    // nginx and lighttpd close after 1,000 unless told otherwise.
                    assertThat(answer.closes() && request < 1000)
                            .as("request " + request)
                            .isFalse();
                }
            }
        }
    },

    BAD_GATEWAY("502 that explains itself") {
        @Override
        void run(Site site) throws Exception {
            Web.Answer page = Web.post(site.uri("/die"), "not to be sent again");
            assertThat(page.status()).as(page.text()).isEqualTo(502);
            assertExplained(page, site.kind() == SuiteKind.CGI ? "head-malformed" : "worker-crashed");
        }
    },

    UNAVAILABLE("503 that explains itself", Scope.GATEPOOL) {
        @Override
        void run(Site site) throws Exception {
            Web.Answer page = Web.get(site.server().address() + "/failing/");
            assertThat(page.status()).isEqualTo(503);
            assertThat(page.header("Retry-After")).isEqualTo("1");
            assertExplained(page, "app-failing");
            // A web server must not take gatepool out of service for it.
            assertThat(Web.get(site.uri("/ok")).status()).isEqualTo(200);
        }
    },

    TIMEOUT("504 that explains itself", Scope.GATEPOOL) {
        @Override
        void run(Site site) throws Exception {
            Web.Answer page = Web.get(site.server().address() + "/late/sleep?s=600");
            assertThat(page.status()).isEqualTo(504);
            assertExplained(page, "output-timeout");
        }
    };

    /** Where a check is run. */
    record Site(WebServer server, SuiteHouse house, SuiteKind kind) {
        /** An address of the suite's application. */
        String uri(String path) {
            return server.address() + kind.base() + path;
        }
    }

    /** What a check is worth being run for. */
    private enum Scope {
        EVERY_KIND,
        /** No application takes part in it. */
        GATEPOOL,
        /** A persistent process that neither reads nor writes cannot notice anything. */
        SCRIPTS
    }

    private final String label;
    private final Scope scope;

    RequestCheck(String label) {
        this(label, Scope.EVERY_KIND);
    }

    RequestCheck(String label, Scope scope) {
        this.label = label;
        this.scope = scope;
    }

    /** What it is about. */
    String label() {
        return label;
    }

    /** Why it makes no sense for this kind of application; "" if it does. */
    String notFor(SuiteKind kind) {
        return switch (scope) {
            case EVERY_KIND -> "";
            case GATEPOOL -> kind == SuiteKind.FASTCGI ? "" : "the same whatever is behind it: see FastCGI";
            case SCRIPTS -> kind == SuiteKind.CGI ? "" : "a process that neither reads nor writes cannot notice it";
        };
    }

    /** Fails with an AssertionError if the web server does not get it right. */
    abstract void run(Site site) throws Exception;

    private static void assertExplained(Web.Answer page, String cause) {
        assertThat(page.header("X-Gatepool-Cause")).isEqualTo(cause);
        assertThat(page.text()).contains(cause);
    }

    private static List<String> lines(Web.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return List.of(answer.text().split("\n", -1));
    }

    private static BufferedReader reader(HttpResponse<InputStream> response) {
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.US_ASCII));
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static String sha(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
