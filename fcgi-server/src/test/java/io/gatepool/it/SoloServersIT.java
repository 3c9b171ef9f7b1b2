package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real web servers that speak SCGI and uwsgi, before a CGI script, a FastCGI and a WSGI application each: nginx with
 * the snippets of the samples, lighttpd, Apache.
 */
class SoloServersIT {

    /** Web server, protocol, transport. */
    enum Way {
        NGINX_SCGI_UNIX,
        NGINX_SCGI_TCP,
        NGINX_UWSGI_UNIX,
        NGINX_UWSGI_TCP,
        LIGHTTPD_SCGI,
        LIGHTTPD_UWSGI,
        APACHE_SCGI,
        APACHE_UWSGI;

        boolean isScgi() {
            return name().contains("_SCGI");
        }

        boolean isNginx() {
            return name().startsWith("NGINX");
        }

        /** Whether the client's leaving is told at once; Apache and lighttpd see it when they next write. */
        boolean tellsOfAbort() {
            return isNginx();
        }
    }

    /** Echo and environment of each kind. */
    enum Kind {
        CGI("/cgi/echo.py", "/cgi/env.py"),
        FASTCGI("/work/echo", "/work/env"),
        WSGI("/probe/echo", "/probe/env");

        final String echo;
        final String environ;

        Kind(String echo, String environ) {
            this.echo = echo;
            this.environ = environ;
        }
    }

    private static final List<AutoCloseable> STARTED = new ArrayList<>();
    private static final Map<Way, Integer> PORTS = new EnumMap<>(Way.class);
    private static Path directory;
    private static Daemon daemon;

    @BeforeAll
    static void start(@TempDir Path temporary) throws Exception {
        directory = temporary;
        Needs.program("nginx", "nginx-light");
        Needs.program("lighttpd", "lighttpd");
        Needs.program("apache2", "apache2");
        Examples examples = Examples.copyTo(directory);
        int scgi = Ports.free();
        int uwsgi = Ports.free();
        // What an administrator does who runs gatepool as root: nginx's group may connect.
        String group = System.getProperty("user.name").equals("root") ? "listen_group = \"nogroup\"\n" : "";
        String common =
                "listen = [\"scgi:127.0.0.1:%d\", \"scgi:unix:%s\", \"uwsgi:127.0.0.1:%d\", \"uwsgi:unix:%s\"]\n"
                                .formatted(scgi, directory.resolve("scgi.sock"), uwsgi, directory.resolve("uwsgi.sock"))
                        + group;
        daemon = Daemon.serve(directory, """
            [server]
            runtime_dir = "run"
            log_level = "debug"

            [defaults]
            workers.mode = "static"

            [app.cgi]
            kind = "cgi"
            mount = "/cgi"
            root = "examples/apps/cgi"
            %1$s
            [app.work]
            kind = "fastcgi"
            command = ["%2$s/testapp.py"]
            mount = "/work"
            workers.max = 2
            %1$s
            [app.probe]
            kind = "wsgi"
            module = "probe:app"
            chdir = "%2$s"
            mount = "/probe"
            workers.max = 2
            %1$s\
            """.formatted(common, Daemon.TEST_APPS));
        STARTED.add(daemon);
        nginx(examples, Way.NGINX_SCGI_TCP, "127.0.0.1:" + scgi);
        nginx(examples, Way.NGINX_SCGI_UNIX, "unix:" + directory.resolve("scgi.sock"));
        nginx(examples, Way.NGINX_UWSGI_TCP, "127.0.0.1:" + uwsgi);
        nginx(examples, Way.NGINX_UWSGI_UNIX, "unix:" + directory.resolve("uwsgi.sock"));
        lighttpd(Way.LIGHTTPD_SCGI, scgi);
        lighttpd(Way.LIGHTTPD_UWSGI, uwsgi);
        apache(scgi, uwsgi);
    }

    private static void nginx(Examples examples, Way way, String pass) throws Exception {
        String snippet = way.isScgi() ? "gatepool-scgi.conf" : "gatepool-uwsgi.conf";
        Nginx nginx = Nginx.startWith(examples, snippet, way.name().toLowerCase(Locale.ROOT), pass);
        STARTED.add(nginx);
        PORTS.put(way, nginx.port());
    }

    private static int port(Way way) {
        return Objects.requireNonNull(PORTS.get(way));
    }

    private static void lighttpd(Way way, int port) throws Exception {
        PORTS.put(way, Ports.free());
        Path conf = Files.writeString(directory.resolve(way + ".conf"), """
            server.modules = ( "mod_scgi" )
            server.document-root = "%1$s"
            server.bind = "127.0.0.1"
            server.port = %2$d
            server.stream-response-body = 1
            scgi.protocol = "%3$s"
            scgi.server = ( "/" => (( "host" => "127.0.0.1", "port" => %4$d,
                                      "check-local" => "disable", "fix-root-scriptname" => "enable" )) )
            """.formatted(
                        directory, PORTS.get(way), way.isScgi() ? "scgi" : "uwsgi", port));
        Running running = Running.start(directory, Map.of(), "/usr/sbin/lighttpd", "-D", "-f", conf.toString());
        STARTED.add(running);
        running.await("server started");
    }

    private static void apache(int scgi, int uwsgi) throws Exception {
        PORTS.put(Way.APACHE_SCGI, Ports.free());
        PORTS.put(Way.APACHE_UWSGI, Ports.free());
        String modules = "/usr/lib/apache2/modules/mod_";
        Path conf = Files.writeString(directory.resolve("apache.conf"), """
            ServerRoot %1$s
            PidFile apache.pid
            ServerName localhost
            User nobody
            Group nogroup
            LoadModule mpm_event_module %2$smpm_event.so
            LoadModule authz_core_module %2$sauthz_core.so
            LoadModule proxy_module %2$sproxy.so
            LoadModule proxy_scgi_module %2$sproxy_scgi.so
            LoadModule proxy_uwsgi_module %2$sproxy_uwsgi.so
            ErrorLog apache.log
            Listen 127.0.0.1:%3$d
            Listen 127.0.0.1:%4$d
            AllowEncodedSlashes On
            <VirtualHost 127.0.0.1:%3$d>
            AllowEncodedSlashes On
            ProxyPass / scgi://127.0.0.1:%5$d/ flushpackets=on
            </VirtualHost>
            <VirtualHost 127.0.0.1:%4$d>
            AllowEncodedSlashes On
            ProxyPass / uwsgi://127.0.0.1:%6$d/ flushpackets=on
            </VirtualHost>
            """.formatted(
                        directory, modules, PORTS.get(Way.APACHE_SCGI), PORTS.get(Way.APACHE_UWSGI), scgi, uwsgi));
        Running running = Running.start(directory, Map.of(), "/usr/sbin/apache2", "-X", "-f", conf.toString());
        STARTED.add(running);
        Poll.until("Apache listens", () -> accepts(port(Way.APACHE_UWSGI)));
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @AfterAll
    static void stop() throws Exception {
        for (int last = STARTED.size() - 1; last >= 0; last--) {
            STARTED.get(last).close();
        }
        STARTED.clear();
    }

    static List<Arguments> all() {
        List<Arguments> all = new ArrayList<>();
        for (Way way : Way.values()) {
            for (Kind kind : Kind.values()) {
                all.add(Arguments.of(way, kind));
            }
        }
        return all;
    }

    private static String address(Way way) {
        return "http://127.0.0.1:" + port(way);
    }

    private static List<String> environ(String uri) throws Exception {
        Web.Answer answer = Web.get(uri);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return List.of(answer.text().split("\n", -1));
    }

    @ParameterizedTest
    @MethodSource("all")
    void theRequestIsWhatTheClientSent(Way way, Kind kind) throws Exception {
        assertThat(environ(address(way) + kind.environ + "?a=b&c=%2F+d"))
                .contains("REQUEST_METHOD=GET", "QUERY_STRING=a=b&c=%2F+d", "GATEWAY_INTERFACE=CGI/1.1")
                .contains("REQUEST_URI=" + kind.environ + "?a=b&c=%2F+d")
                .noneMatch(line -> line.startsWith("SCGI="));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aPathIsSplitAtTheScriptOrTheMount(Way way) throws Exception {
        assertThat(environ(address(way) + "/cgi/env.py/some/path"))
                .contains("SCRIPT_NAME=/cgi/env.py", "PATH_INFO=/some/path");
        assertThat(environ(address(way) + "/probe/some/path")).contains("SCRIPT_NAME=/probe", "PATH_INFO=/some/path");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void bytesOfAPathArriveDecoded(Way way) throws Exception {
        String bytes = new String("/café/日本".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        for (String script : List.of("/cgi/env.py", "/probe")) {
            assertThat(environ(address(way) + script + "/caf%C3%A9/%E6%97%A5%E6%9C%AC"))
                    .contains("PATH_INFO=" + bytes);
            assertThat(environ(address(way) + script + "/a%2Fb%20c"))
                    .contains("PATH_INFO=/a/b c", "REQUEST_URI=" + script + "/a%2Fb%20c");
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void aBodyComesBackAsItWas(Way way, Kind kind) throws Exception {
        assertThat(Web.post(address(way) + kind.echo, "some body").text()).isEqualTo("some body");
        assertThat(Web.post(address(way) + kind.echo, "").text()).isEmpty();
        String large = "0123456789abcdef".repeat(1 << 16);
        assertThat(Web.post(address(way) + kind.echo, large).text().equals(large))
                .as("1 MiB")
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("all")
    void headHasTheHeadersAndNoBody(Way way, Kind kind) throws Exception {
        Web.Answer answer = Web.head(address(way) + kind.environ);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).startsWith("text/plain");
        assertThat(answer.text()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void statusesPassThrough(Way way) throws Exception {
        assertThat(Web.get(address(way) + "/cgi/status.sh?code=404").status()).isEqualTo(404);
        assertThat(Web.get(address(way) + "/cgi/status.sh?code=418").status()).isEqualTo(418);
        assertThat(Web.get(address(way) + "/probe/nothing").status()).isEqualTo(404);
        assertThat(Web.get(address(way) + "/cgi/status.sh?code=503").status()).isEqualTo(503);
        Web.Answer redirect = Web.get(address(way) + "/cgi/redirect.sh");
        assertThat(redirect.status()).isEqualTo(302);
        assertThat(redirect.header("Location")).endsWith("/cgi/hello.sh?name=redirected");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void gatepoolsOwnErrorPagesPassThrough(Way way) throws Exception {
        Web.Answer nothing = Web.get(address(way) + "/cgi/nothing.sh");
        assertThat(nothing.status()).isEqualTo(404);
        assertThat(nothing.text()).contains("not-found");
        Web.Answer broken = Web.get(address(way) + "/cgi/broken.sh");
        assertThat(broken.status()).isEqualTo(502);
        assertThat(broken.text()).contains("head-malformed");
    }

    @ParameterizedTest
    @MethodSource("all")
    void aClientThatLeavesEndsItsRequest(Way way, Kind kind) throws Exception {
        Path held = directory.resolve("held-" + way + kind);
        String path = kind == Kind.CGI
                ? "/cgi/slow.sh"
                : (kind == Kind.FASTCGI ? "/work/hold" : "/probe/hold") + "?f=" + held;
        int before = daemon.log().length();
        if (kind == Kind.FASTCGI) {
            // It writes no line before, which nginx would keep.
            try (Call call = Call.send(port(way), "GET", path, "")) {
                Poll.until("it is held", () -> Files.exists(held));
            }
        } else {
            assertThat(firstLine(way, path)).isIn("line 1 of 5", "begun");
        }
        if (way.tellsOfAbort()) {
            daemon.await("GET \\S+ failed: the client closed the connection.*client-gone", before);
        }
        Files.deleteIfExists(held);
    }

    /** The first line of a response, which arrives while the others are not there; then the client leaves. */
    private static String firstLine(Way way, String path) throws Exception {
        HttpResponse<InputStream> response =
                Web.exchange(Web.request(address(way) + path), HttpResponse.BodyHandlers.ofInputStream());
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.US_ASCII))) {
            return lines.readLine();
        }
    }

    @Test
    void nothingWasTooStrictForAWebServer() {
        assertThat(daemon.log()).doesNotContain(" closed: SCGI", " closed: uwsgi");
    }
}
