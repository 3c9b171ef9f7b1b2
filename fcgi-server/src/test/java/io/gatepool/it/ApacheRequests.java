package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What works through an Apache, however it hands requests on. */
abstract class ApacheRequests {

    /** The Apache, without a slash at the end. */
    abstract String address();

    /** The directory that stands for the repository. */
    abstract Path directory();

    @ParameterizedTest
    @CsvSource({
        "/cgi/hello.sh,      'sh, CGI'",
        "/cgi/hello.py,      'Python, CGI'",
        "/counter,           'Python, FastCGI'",
        "/php/counter.php,   'PHP, FastCGI (php-cgi)'",
        "/php/,              'Interface<td>cgi-fcgi'",
        "/clock,             'WSGI'",
    })
    void theSamplePageAnswers(String path, String says) throws Exception {
        Web.Answer page = Web.get(address() + path);
        assertThat(page.status()).as(page.text()).isEqualTo(200);
        assertThat(page.header("Content-Type")).startsWith("text/html");
        assertThat(page.text()).contains(says);
    }

    @Test
    void theRestOfThePathIsPathInfo() throws Exception {
        assertThat(lines(Web.get(address() + "/cgi/env.sh/some/path?a=b&c=%2F+d")))
                .contains("SCRIPT_NAME=/cgi/env.sh", "PATH_INFO=/some/path", "QUERY_STRING=a=b&c=%2F+d")
                .contains("SCRIPT_FILENAME=" + directory().resolve("examples/apps/cgi/env.sh"))
                .contains("REQUEST_URI=/cgi/env.sh/some/path?a=b&c=%2F+d", "REQUEST_METHOD=GET")
                .doesNotContain("CONTENT_LENGTH=");
        assertThat(Web.get(address() + "/php/index.php/what/ever?a=b").text())
                .contains("Script<td>/php/index.php", "PATH_INFO<td>/what/ever", "Query<td>a=b");
    }

    @Test
    void bytesOfAPathArriveDecoded() throws Exception {
        String bytes = new String("/café/日本".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        assertThat(lines(Web.get(address() + "/cgi/env.py/caf%C3%A9/%E6%97%A5%E6%9C%AC?q=%C3%BC")))
                .contains("PATH_INFO=" + bytes, "QUERY_STRING=q=%C3%BC");
        assertThat(lines(Web.get(address() + "/cgi/env.py/a%2Fb%20c%25d")))
                .contains("PATH_INFO=/a/b c%d", "REQUEST_URI=/cgi/env.py/a%2Fb%20c%25d");
        assertThat(lines(Web.get(address() + "/cgi/env.py/%FF%FE"))).contains("PATH_INFO=/\u00ff\u00fe");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/cgi/hello.sh", "/counter", "/php/counter.php"})
    void headHasTheHeadersAndNoBody(String path) throws Exception {
        Web.Answer answer = Web.head(address() + path);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("text/html");
        assertThat(answer.text()).isEmpty();
    }

    @Test
    void aPostedBodyArrives() throws Exception {
        assertThat(Web.post(address() + "/cgi/echo.py", "some body").text()).isEqualTo("some body");
        assertThat(Web.post(address() + "/php/upload.php", "some body").text()).startsWith("9 ");
        assertThat(Web.post(address() + "/cgi/echo.py", "").text()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anUploadOfAMebibyteArrivesWithAndWithoutALength(boolean length) throws Exception {
        byte[] body = new byte[1 << 20];
        new Random(1).nextBytes(body);
        Web.Answer echoed = Web.send(Web.request(address() + "/cgi/echo.py")
                .POST(
                        length
                                ? BodyPublishers.ofByteArray(body)
                                : BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));
        assertThat(echoed.status()).as(echoed.text()).isEqualTo(200);
        assertThat(echoed.text().getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(body);
    }

    @ParameterizedTest
    @CsvSource({
        "/cgi/nothing.sh,          404",
        "/php/nothing.php,         404",
        "/cgi/,                    403",
        "/cgi/status.sh?code=404,  404",
        "/cgi/status.sh?code=418,  418",
        "/cgi/status.sh?code=204,  204",
        "/cgi/broken.sh,           502",
    })
    void theStatusPasses(String path, int status) throws Exception {
        assertThat(Web.get(address() + path).status()).isEqualTo(status);
    }

    @Test
    void aRedirectLeadsTheBrowserToThePage() throws Exception {
        Web.Answer away = Web.get(address() + "/cgi/redirect.sh");
        assertThat(away.status()).isEqualTo(302);
        assertThat(away.header("Location")).isEqualTo(address() + "/cgi/hello.sh?name=redirected");
        Web.Answer local = Web.get(address() + "/cgi/redirect.sh?local");
        assertThat(local.status()).isEqualTo(200);
        assertThat(local.text()).contains("Hello, redirected");
    }

    @Test
    void credentialsReachAScriptThatMaySeeThem() throws Exception {
        assertThat(Web.send(Web.request(address() + "/trusted/env.py").header("Authorization", "Basic bWU6c2VjcmV0"))
                        .text())
                .contains("HTTP_AUTHORIZATION=Basic bWU6c2VjcmV0\n");
        assertThat(Web.send(Web.request(address() + "/cgi/env.py").header("Authorization", "Basic bWU6c2VjcmV0"))
                        .text())
                .doesNotContain("HTTP_AUTHORIZATION");
    }

    @Test
    void aProxyHeaderReachesNoScript() throws Exception {
        assertThat(Web.send(Web.request(address() + "/cgi/env.py").header("Proxy", "http://evil.example"))
                        .text())
                .doesNotContain("HTTP_PROXY", "evil");
    }

    @Test
    void aSlowScriptsLinesArriveOneByOneAndItEndsWithItsClient() throws Exception {
        HttpResponse<InputStream> response =
                Web.exchange(Web.request(address() + "/cgi/slow.sh"), HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.US_ASCII))) {
            assertThat(lines.readLine()).isEqualTo("line 1 of 5");
            assertThat(slowScripts())
                    .as("the first line is here, and the script")
                    .isNotEmpty();
        }
        Poll.until("slow.sh was ended", () -> slowScripts().isEmpty());
    }

    private List<ProcessHandle> slowScripts() {
        String script = directory().resolve("examples/apps/cgi/slow.sh").toString();
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(process -> process.info().commandLine().orElse("").contains(script))
                    .toList();
        }
    }

    @Test
    void aThousandRequestsOnAKeptConnection() throws Exception {
        for (int request = 0; request < 1000; request++) {
            assertThat(Web.get(address() + "/counter?plain").status())
                    .as("request " + request)
                    .isEqualTo(200);
        }
    }

    static List<String> lines(Web.Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return List.of(answer.text().split("\n", -1));
    }
}
