package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Real nginx with the sample nginx.conf, in front of a gatepool with the sample gatepool.toml: once over TCP, as the
 * sample has it, and once over a Unix socket with nginx gathering request bodies.
 */
class NginxIT {

    /** The two ways in. */
    enum Way {
        TCP,
        UNIX_AND_BUFFERED
    }

    private static final List<AutoCloseable> STARTED = new ArrayList<>();
    private static Path directory;
    private static Daemon daemon;
    private static Nginx tcp;
    private static Nginx unix;
    private static int fastcgiPort;

    @BeforeAll
    static void start(@TempDir Path temporary) throws Exception {
        directory = temporary;
        Needs.program("nginx", "nginx-light");
        Needs.program("php-cgi", "php-cgi");
        Needs.file("/usr/share/perl5/CGI/Fast.pm", "libcgi-fast-perl");
        Programs.needsCompiler();
        Examples examples = Examples.copyTo(directory);
        fastcgiPort = Ports.free();
        String listen = "fastcgi:127.0.0.1:" + fastcgiPort;
        // What an administrator does who runs gatepool as root: nginx's group may connect.
        String group = System.getProperty("user.name").equals("root") ? "listen_group = \"nogroup\"\n" : "";
        daemon = examples.serve(Ports.free(), List.of(listen, "fastcgi:unix:" + socket()), """

                [app.counter-cgifast]
                kind = "fastcgi"
                command = ["apps/fastcgi/counter-cgifast.pl"]
                listen = ["%1$s", "fastcgi:unix:%2$s"]
                mount = "/counter-cgifast"
                workers.max = 2

                [app.failing]
                kind = "fastcgi"
                command = ["/nonexistent/program"]
                listen = ["%1$s", "fastcgi:unix:%2$s"]
                mount = "/failing"

                [app.late]
                kind = "fastcgi"
                command = ["%3$s/testapp.py"]
                listen = ["%1$s", "fastcgi:unix:%2$s"]
                mount = "/late"
                output_timeout = "200ms"
                workers.max = 1

                [defaults]
                %4$s
                """.formatted(
                        listen, socket(), Daemon.TEST_APPS, group));
        STARTED.add(daemon);
        tcp = Nginx.start(examples, "nginx-tcp", "127.0.0.1:" + fastcgiPort, false);
        STARTED.add(tcp);
        unix = Nginx.start(examples, "nginx-unix", "unix:" + socket(), true);
        STARTED.add(unix);
    }

    @AfterAll
    static void stop() throws Exception {
        for (int last = STARTED.size() - 1; last >= 0; last--) {
            STARTED.get(last).close();
        }
        STARTED.clear();
    }

    private static Path socket() {
        return directory.resolve("gatepool.sock");
    }

    private static String address(Way way) {
        return (way == Way.TCP ? tcp : unix).address();
    }

    @ParameterizedTest
    @CsvSource({
        "/cgi/hello.sh,          'sh, CGI'",
        "/cgi/hello.py,          'Python, CGI'",
        "/cgi/hello.pl,          'Perl, CGI'",
        "/cgi/hello-c,           'C, CGI'",
        "/counter,               'Python, FastCGI'",
        "/counter-scgi,          'Python, SCGI'",
        "/counter-perl,          'Perl, FastCGI (FCGI.pm)'",
        "/counter-cgifast,       'Perl, FastCGI (CGI::Fast)'",
        "/counter-c,             'C, FastCGI (libfcgi)'",
        "/php/counter.php,       'PHP, FastCGI (php-cgi)'",
        "/php/,                  'Interface<td>cgi-fcgi'",
        "/php/index.php,         'Interface<td>cgi-fcgi'",
    })
    void theSamplePageAnswers(String path, String says) throws Exception {
        for (Way way : Way.values()) {
            Web.Answer page = Web.get(address(way) + path);
            assertThat(page.status()).as(page.text()).isEqualTo(200);
            assertThat(page.header("Content-Type")).startsWith("text/html");
            assertThat(page.text()).contains(says);
        }
    }

    @ParameterizedTest
    @CsvSource({"/cgi/hello.sh", "/cgi/hello.py", "/cgi/hello.pl", "/cgi/hello-c"})
    void aScriptIsANewChildOfGatepoolEachTime(String path) throws Exception {
        Web.Answer first = Web.get(tcp.address() + path + "?plain");
        Web.Answer second = Web.get(tcp.address() + path + "?plain");
        assertThat(first.number("pid")).isNotEqualTo(second.number("pid"));
        assertThat(List.of(first.number("ppid"), second.number("ppid"))).containsOnly(daemon.pid());
        assertThat(List.of(first.number("count"), second.number("count"))).containsOnly(1);
    }

    @ParameterizedTest
    @CsvSource({
        "/counter,           counter",
        "/counter-scgi,      counter-scgi",
        "/counter-perl,      counter-perl",
        "/counter-cgifast,   counter-cgifast",
        "/counter-c,         counter-c",
        "/php/counter.php,   php",
    })
    void aWorkerStaysAndCountsOn(String path, String app) throws Exception {
        int before = 0;
        for (int request = 0; request < 6; request++) {
            Web.Answer answer = Web.get(tcp.address() + path + "?plain");
            assertThat(daemon.workers(app)).contains(answer.number("pid"));
            assertThat(answer.number("ppid")).isEqualTo(daemon.pid());
            before = Math.max(before, answer.number("count"));
        }
        assertThat(before).as("two workers, six requests").isGreaterThanOrEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"/cgi/env.sh", "/cgi/env.py", "/cgi/env.pl", "/cgi/env-c"})
    void theRestOfThePathIsPathInfo(String script) throws Exception {
        assertThat(lines(Web.get(tcp.address() + script + "/some/path?a=b&c=%2F+d")))
                .contains("SCRIPT_NAME=" + script, "PATH_INFO=/some/path", "QUERY_STRING=a=b&c=%2F+d")
                .contains("REQUEST_URI=" + script + "/some/path?a=b&c=%2F+d", "REQUEST_METHOD=GET")
                .contains("HTTP_HOST=127.0.0.1:" + tcp.port())
                .doesNotContain("CONTENT_LENGTH=");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void bytesOfAPathArriveDecodedAndRaw(Way way) throws Exception {
        // nginx decodes before anything else: an encoded slash is a slash in PATH_INFO, and still itself in
        // REQUEST_URI.
        String bytes = new String("/café/日本".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        assertThat(lines(Web.get(address(way) + "/cgi/env.py/caf%C3%A9/%E6%97%A5%E6%9C%AC?q=%C3%BC")))
                .contains("PATH_INFO=" + bytes, "QUERY_STRING=q=%C3%BC");
        assertThat(lines(Web.get(address(way) + "/cgi/env.py/a%2Fb%20c%25d")))
                .contains("PATH_INFO=/a/b c%d", "REQUEST_URI=/cgi/env.py/a%2Fb%20c%25d");
        assertThat(lines(Web.get(address(way) + "/cgi/env.py/%FF%FE"))).contains("PATH_INFO=/\u00ff\u00fe");
    }

    @Test
    void phpSeesPathInfoAndQuery() throws Exception {
        assertThat(Web.get(tcp.address() + "/php/index.php/what/ever?a=b").text())
                .contains("Script<td>/php/index.php", "PATH_INFO<td>/what/ever", "Query<td>a=b");
    }

    @Test
    void aProxyHeaderReachesNoScript() throws Exception {
        Web.Answer env = Web.send(Web.request(tcp.address() + "/cgi/env.py").header("Proxy", "http://evil.example"));
        assertThat(env.text()).doesNotContain("HTTP_PROXY", "evil");
    }

    @ParameterizedTest
    @CsvSource({"/cgi/hello.sh", "/counter", "/counter-scgi", "/counter-perl", "/counter-c", "/php/counter.php"})
    void headHasTheHeadersAndNoBody(String path) throws Exception {
        for (Way way : Way.values()) {
            Web.Answer answer = Web.head(address(way) + path);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).startsWith("text/html");
            assertThat(answer.text()).isEmpty();
        }
    }

    @Test
    void aRedirectLeadsTheBrowserToThePage() throws Exception {
        Web.Answer away = Web.get(tcp.address() + "/cgi/redirect.sh");
        assertThat(away.status()).isEqualTo(302);
        assertThat(away.header("Location")).isEqualTo(tcp.address() + "/cgi/hello.sh?name=redirected");
        assertThat(Web.get(away.header("Location")).text()).contains("Hello, redirected");
        Web.Answer local = Web.get(tcp.address() + "/cgi/redirect.sh?local");
        assertThat(local.status()).isEqualTo(200);
        assertThat(local.text()).contains("Hello, redirected");
    }

    @ParameterizedTest
    @CsvSource({"200", "204", "304", "404", "418", "500", "503"})
    void theStatusIsTheScripts(int code) throws Exception {
        assertThat(Web.get(unix.address() + "/cgi/status.sh?code=" + code).status())
                .isEqualTo(code);
    }

    @ParameterizedTest
    @CsvSource({"/nothing", "/cgi/nothing.sh", "/php/nothing.php", "/php/../../etc/passwd", "/cgi/", "/counterx"})
    void whatIsNotThereIsNotFound(String path) throws Exception {
        Web.Answer answer = Web.get(tcp.address() + path);
        assertThat(answer.status()).as(answer.text()).isIn(400, 403, 404);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aPostedBodyArrives(Way way) throws Exception {
        assertThat(Web.post(address(way) + "/cgi/echo.py", "some body").text()).isEqualTo("some body");
        assertThat(Web.post(address(way) + "/php/upload.php", "some body").text())
                .startsWith("9 ");
        assertThat(Web.post(address(way) + "/cgi/echo.py", "").text()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aBodyOfUnknownLengthArrivesWithItsLength(Way way) throws Exception {
        byte[] body = "0123456789".repeat(30_000).getBytes(StandardCharsets.ISO_8859_1);
        Web.Answer echoed = Web.send(Web.request(address(way) + "/cgi/echo.py")
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(body))));
        assertThat(echoed.text()).isEqualTo(new String(body, StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void connectionsToGatepoolAreKept(Way way) throws Exception {
        Set<String> before = Set.of();
        for (int request = 0; request < 40; request++) {
            assertThat(Web.get(address(way) + (request % 2 == 0 ? "/counter?plain" : "/cgi/status.sh?code=404"))
                            .status())
                    .isIn(200, 404);
            Set<String> now = accepted(way);
            assertThat(now).isNotEmpty();
            assertThat(before).as("after request " + request).isIn(Set.of(), now);
            before = now;
        }
    }

    private static Set<String> accepted(Way way) throws Exception {
        return way == Way.TCP ? KernelSockets.acceptedOn(fastcgiPort) : KernelSockets.acceptedOn(socket());
    }

    @ParameterizedTest
    @CsvSource({
        "/cgi/broken.sh,    502, head-malformed",
        "/failing/,         503, app-failing",
        "/late/sleep?s=600, 504, output-timeout",
    })
    void gatepoolsOwnErrorPagesPassThrough(String path, int status, String cause) throws Exception {
        for (Way way : Way.values()) {
            Web.Answer page = Web.get(address(way) + path);
            assertThat(page.status()).as(page.text()).isEqualTo(status);
            assertThat(page.text()).contains(cause);
            assertThat(page.header("Retry-After").isEmpty()).isEqualTo(status != 503);
        }
        assertThat(tcp.log())
                .doesNotContain("upstream prematurely closed", "unsupported FastCGI", "unexpected FastCGI");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aSlowScriptsLinesArriveOneByOne(Way way) throws Exception {
        HttpResponse<InputStream> response =
                Web.exchange(Web.request(address(way) + "/cgi/slow.sh"), HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.US_ASCII))) {
            assertThat(lines.readLine()).isEqualTo("line 1 of 5");
            assertThat(slowScripts())
                    .as("the first line is here, and the script")
                    .isNotEmpty();
        }
        // The client leaves in mid-answer; so must the script.
        Poll.until("slow.sh was ended", () -> slowScripts().isEmpty());
    }

    private static List<ProcessHandle> slowScripts() {
        String script = directory.resolve("examples/apps/cgi/slow.sh").toString();
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(process -> process.info().commandLine().orElse("").contains(script))
                    .toList();
        }
    }

    private static List<String> lines(Web.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return List.of(answer.text().split("\n", -1));
    }
}
