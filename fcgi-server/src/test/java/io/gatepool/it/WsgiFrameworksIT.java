package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Flask, Django and Bottle as Debian packages them, over HTTP and behind nginx with Debian's own fastcgi_params. */
class WsgiFrameworksIT {

    private static final Pattern TOKEN = Pattern.compile("name=\"csrfmiddlewaretoken\" value=\"([^\"]+)\"");
    private static final String BOUNDARY = "----part";

    private static Path directory;
    private static Daemon daemon;
    private static Nginx nginx;
    private static int http;

    @BeforeAll
    static void start(@TempDir Path place) throws Exception {
        WsgiHouse.needsFlask();
        WsgiHouse.needsBottle();
        WsgiHouse.needsDjango();
        directory = place;
        Examples examples = Examples.copyTo(place);
        Path data = Files.createDirectory(place.resolve("data"));
        Programs.run(
                WsgiHouse.APPS,
                "/usr/bin/env",
                "SITE_DATA=" + data,
                "PYTHONDONTWRITEBYTECODE=1",
                WsgiHouse.PYTHON,
                "-c",
                "import djangosite; djangosite.prepare()");
        http = Ports.free();
        int fastcgi = Ports.free();
        daemon = Daemon.serve(
                place,
                app("flask", "flasksite", "/", fastcgi, "")
                        + app("flask-shop", "flasksite", "/shop", fastcgi, "")
                        + app("bottle", "bottlesite", "/wine/cellar", fastcgi, "")
                        + app("django", "djangosite", "/site", fastcgi, "env.SITE_DATA = \"" + data + "\""));
        nginx = Nginx.startWithStockParams(examples, "frameworks", "127.0.0.1:" + fastcgi);
    }

    private static String app(String name, String module, String mount, int fastcgi, String settings) {
        return WsgiHouse.app(
                name,
                module + ":app",
                WsgiHouse.APPS,
                mount,
                "http:127.0.0.1:" + http + "\", \"fastcgi:127.0.0.1:" + fastcgi,
                "workers.max = 2\n" + settings);
    }

    @AfterAll
    static void stop() throws Exception {
        if (nginx != null) {
            nginx.close();
        }
        if (daemon != null) {
            daemon.close();
        }
    }

    private static int port(String front) {
        return front.equals("nginx") ? nginx.port() : http;
    }

    @ParameterizedTest
    @CsvSource({"http, ''", "http, /shop", "nginx, ''", "nginx, /shop"})
    void flaskFindsItsRouteBelowTheMount(String front, String mount) throws Exception {
        assertThat(Call.get(port(front), mount + "/hello").body())
                .isEqualTo("hello script_name=" + mount + " path_info=/hello\n");
        assertThat(Call.get(port(front), mount + "/hello/").status()).isEqualTo(404);
        assertThat(Call.get(port(front), mount + "/link").body()).endsWith(mount + "/hello");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "nginx"})
    void flaskTakesAnUpload(String front) throws Exception {
        String content = "\u0000\r\n--not the end\u00ff".repeat(50_000);
        String body = part("file", "photo.jpg", content) + "--" + BOUNDARY + "--\r\n";
        HttpRequest.Builder request = Web.request("http://127.0.0.1:" + port(front) + "/shop/upload")
                .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.ISO_8859_1));
        assertThat(Web.send(request).text())
                .isEqualTo("photo.jpg " + content.length() + " " + sha256(content.getBytes(StandardCharsets.ISO_8859_1))
                        + "\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "nginx"})
    void flasksMistakesAreIts500AndATracebackInTheLog(String front) throws Exception {
        int from = daemon.log().length();
        Call.Answer answer = Call.get(port(front), "/mistake");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).contains("<h1>Internal Server Error</h1>");
        daemon.await("KeyError: 'nothing'", from);
        assertThat(Call.get(port(front), "/hello").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "nginx"})
    void bottleFindsItsRouteBelowTheMount(String front) throws Exception {
        assertThat(Call.get(port(front), "/wine/cellar/hello/you%20there").body())
                .isEqualTo("hello you there script_name=/wine/cellar/ path=/hello/you there\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "nginx"})
    void djangosAdminKeepsASessionAndTakesAFile(String front) throws Exception {
        HttpClient browser = HttpClient.newBuilder()
                .cookieHandler(new CookieManager())
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        String admin = "http://127.0.0.1:" + port(front) + "/site/admin/";
        HttpResponse<String> login = get(browser, admin);
        assertThat(login.uri().getPath()).isEqualTo("/site/admin/login/");
        HttpResponse<String> inside = post(
                browser,
                login.uri(),
                "application/x-www-form-urlencoded",
                "username=admin&password=open+sesame&next=/site/admin/&csrfmiddlewaretoken=" + token(login));
        assertThat(inside.uri().getPath()).isEqualTo("/site/admin/");
        assertThat(inside.body()).contains("Site administration", "Documents");

        URI add = URI.create(admin + "djangosite/document/add/");
        // More than Django keeps in memory.
        String content = front + " 0123456789abcdef".repeat(20_000);
        String form = part("csrfmiddlewaretoken", "", token(get(browser, add.toString())))
                + part("title", "", "by " + front)
                + part("file", front + ".txt", content)
                + "--" + BOUNDARY + "--\r\n";
        HttpResponse<String> list = post(browser, add, "multipart/form-data; boundary=" + BOUNDARY, form);
        assertThat(list.uri().getPath()).isEqualTo("/site/admin/djangosite/document/");
        assertThat(list.body()).contains("was added successfully", "by " + front);
        assertThat(directory.resolve("data/media/documents/" + front + ".txt")).hasContent(content);
        assertThat(daemon.log()).doesNotContain("django: Traceback");
    }

    private static String part(String name, String file, String content) {
        return "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + '"'
                + (file.isEmpty() ? "" : "; filename=\"" + file + "\"\r\nContent-Type: application/octet-stream")
                + "\r\n\r\n" + content + "\r\n";
    }

    private static String token(HttpResponse<String> page) {
        Matcher token = TOKEN.matcher(page.body());
        assertThat(token.find()).as(page.body()).isTrue();
        return token.group(1);
    }

    private static HttpResponse<String> get(HttpClient browser, String uri) throws Exception {
        return ok(browser, HttpRequest.newBuilder(URI.create(uri)));
    }

    private static HttpResponse<String> post(HttpClient browser, URI uri, String type, String body) throws Exception {
        return ok(
                browser,
                HttpRequest.newBuilder(uri)
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.ISO_8859_1)));
    }

    private static HttpResponse<String> ok(HttpClient browser, HttpRequest.Builder request) throws Exception {
        HttpResponse<String> answer = browser.send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body() + daemon.log()).isEqualTo(200);
        return answer;
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
