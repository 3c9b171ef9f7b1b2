package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTPS: handshakes, the end of connections, who is turned away, and how a certificate is replaced. */
class TlsIT {

    private static Path directory;
    private static Pem pem;
    private static Pem second;
    private static SSLContext client;
    private static Daemon daemon;

    @BeforeAll
    static void start(@TempDir Path temporary) throws Exception {
        directory = temporary;
        pem = Pem.make(directory, "first", 30);
        second = Pem.make(directory, "second", 30);
        client = Pem.trusting(pem, second);
        daemon = Daemon.serve(directory, """
                [server]
                runtime_dir = "run"
                log_level = "debug"
                trusted_proxies = ["unix"]
                [http]
                header_timeout = "2s"
                %s
                [app.work]
                kind = "fastcgi"
                command = ["%s/testapp.py"]
                listen = "https:127.0.0.1:0"
                workers.max = 2
                max_body = "100KiB"
                """.formatted(pem.toml(), Daemon.TEST_APPS));
    }

    @AfterAll
    static void stop() throws Exception {
        daemon.close();
    }

    private static int port() throws Exception {
        return daemon.port("work", "https");
    }

    private static SSLSocket connect() throws Exception {
        SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1", port());
        socket.setSoTimeout((int) Poll.PATIENCE.toMillis());
        return socket;
    }

    private static void send(SSLSocket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** All up to the end, which must have been announced: Java throws where it was not. */
    private static String rest(SSLSocket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static String get(String target, String more) {
        return "GET " + target + " HTTP/1.1\r\nHost: test\r\n" + more + "\r\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void theApplicationIsToldOfHttps(String version) throws Exception {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(new String[] {version});
        HttpClient browser = HttpClient.newBuilder()
                .sslContext(client)
                .sslParameters(parameters)
                .build();
        URI uri = URI.create("https://127.0.0.1:" + port() + "/env");
        for (int number = 0; number < 3; number++) {
            HttpResponse<String> response = browser.send(
                    HttpRequest.newBuilder(uri)
                            .header("X-Forwarded-For", "192.0.2.9")
                            .header("X-Forwarded-Proto", "http")
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
            assertThat(response.body())
                    .contains("\nHTTPS=on\n", "\nREQUEST_SCHEME=https\n", "\nSERVER_PORT=" + port() + "\n")
                    // Only Unix sockets are trusted here.
                    .contains("\nREMOTE_ADDR=127.0.0.1\n")
                    .doesNotContain("FORWARDED");
        }
    }

    @Test
    void http11IsChosenWhereItIsOffered() throws Exception {
        try (SSLSocket socket = connect()) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
        }
    }

    @Test
    void theEndOfAnAnswerIsAnnouncedAndNothingIsCut() throws Exception {
        try (SSLSocket socket = connect()) {
            send(socket, get("/size?n=3000000", "Connection: close\r\n"));
            assertThat(rest(socket)).endsWith("0\r\n\r\n").hasSizeGreaterThan(3_000_000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void anAnswerBeforeTheEndOfTheBodyCanBeRead(String version) throws Exception {
        try (SSLSocket socket = connect()) {
            socket.setEnabledProtocols(new String[] {version});
            send(socket, "POST /sha HTTP/1.1\r\nHost: test\r\nContent-Length: 5000000\r\n\r\n");
            Thread sender = new Thread(() -> {
                try {
                    send(socket, "x".repeat(1_000_000));
                } catch (IOException closed) {
                    // Nobody has to take it.
                }
            });
            sender.start();
            assertThat(rest(socket)).startsWith("HTTP/1.1 413 ");
            sender.join();
        }
    }

    @Test
    void whoSpeaksPlainHttpIsToldSo() throws Exception {
        int from = daemon.log().length();
        try (RawHttp http = RawHttp.connect(port())) {
            RawHttp.Response response = http.get("/pid").response();
            assertThat(response.status()).isEqualTo(400);
            assertThat(response.body()).contains("HTTPS");
            assertThat(http.ends()).isTrue();
        }
        daemon.await("does not begin with TLS, but seems to be plain HTTP", from);
    }

    @Test
    void whoSpeaksNeitherIsClosed() throws Exception {
        try (RawHttp http = RawHttp.connect(port())) {
            assertThat(http.send("\u0000\u0001\u0002").ends()).isTrue();
        }
        try (RawHttp http = RawHttp.connect(port())) {
            http.send("\u0016\u0003\u0001\u0000\u0005hello");
            while (http.socket().fill()) {
                http.socket().skip();
            }
        }
    }

    @Test
    void aHandshakeThatDoesNotEndIsClosed() throws Exception {
        try (RawHttp http = RawHttp.connect(port())) {
            assertThat(http.send("\u0016\u0003\u0001\u0002\u0000\u0001").ends()).isTrue();
        }
    }

    @Test
    void oldVersionsAreRefused() throws Exception {
        Pem.openssl("version");
        try (Running tool = Running.start(
                Path.of("/"),
                Map.of(),
                "/usr/bin/openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + port(),
                "-tls1_1",
                "-cipher",
                "ALL:@SECLEVEL=0")) {
            assertThat(tool.awaitExit()).isNotZero();
            assertThat(tool.output()).contains("alert protocol version");
        }
    }

    private static String subject(SSLSocket socket) throws Exception {
        return socket.getSession().getPeerPrincipal().getName();
    }

    @Test
    void aReloadReplacesTheCertificateAndABrokenOneChangesNothing() throws Exception {
        Pem kept = new Pem(directory.resolve("kept.crt"), directory.resolve("kept.key"));
        pem.replace(kept);
        try (SSLSocket before = connect()) {
            assertThat(subject(before)).isEqualTo("CN=first");

            Files.copy(second.certificate(), pem.certificate(), StandardCopyOption.REPLACE_EXISTING);
            Gatepool broken = Gatepool.ask(directory, "reload");
            assertThat(broken.exit()).isNotZero();
            assertThat(broken.output())
                    .containsPattern(
                            "gatepool.toml:\\d+:19: certificate_key: .*first.key is not the key of .*CN=second");
            try (SSLSocket unchanged = connect()) {
                assertThat(subject(unchanged)).isEqualTo("CN=first");
            }

            second.replace(pem);
            int from = daemon.log().length();
            daemon.signal("HUP");
            daemon.await("https: certificate \\S+ of CN=second, valid until", from);
            daemon.await("reloaded in", from);
            try (SSLSocket after = connect()) {
                assertThat(subject(after)).isEqualTo("CN=second");
            }
            send(before, get("/pid", "Connection: close\r\n"));
            assertThat(rest(before)).startsWith("HTTP/1.1 200 ");
        } finally {
            kept.replace(pem);
            assertThat(Gatepool.ask(directory, "reload").exit()).isZero();
        }
    }

    // ---- what check says ----

    private static String check(Path in, String http) throws Exception {
        Files.writeString(in.resolve("check.toml"), "[http]\n" + http + """

                [app.work]
                kind = "fastcgi"
                command = ["x"]
                listen = "https:127.0.0.1:0"
                """);
        return Gatepool.run(in, "check", "-c", "check.toml").output();
    }

    @Test
    void whatIsWrongWithACertificateIsFoundByCheck(@TempDir Path in) throws Exception {
        assertThat(check(in, "")).contains("check.toml:6:10: listen: https: needs a certificate");
        assertThat(check(in, "certificate_key = \"a\"\n"))
                .contains("check.toml:2:1: [http] has 'certificate_key' without 'certificate'");
        assertThat(check(in, "certificate = \"absent.pem\"\n"))
                .containsPattern("check.toml:2:15: certificate: .*absent.pem does not exist");
        Pem one = Pem.make(in, "one", 30);
        Pem other = Pem.make(in, "other", 30);
        assertThat(check(in, one.toml())).contains("no problems");
        assertThat(check(in, new Pem(one.certificate(), other.key()).toml()))
                .containsPattern(
                        "check.toml:3:19: certificate_key: .*other.key is not the key of .*one.crt \\(CN=one\\)");
        assertThat(check(in, new Pem(one.key(), one.key()).toml()))
                .containsPattern("check.toml:2:15: certificate: .*one.key holds no certificate");
        Path old = in.resolve("old.key");
        Pem.openssl("ec", "-in", one.key().toString(), "-out", old.toString());
        assertThat(check(in, new Pem(one.certificate(), old).toml()))
                .containsPattern("check.toml:3:19: certificate_key: .*old.key holds a key as EC PRIVATE KEY")
                .containsPattern("openssl pkcs8 -topk8 -nocrypt -in\\s+" + old);
        Pem rsa = new Pem(in.resolve("rsa.crt"), in.resolve("rsa.key"));
        Pem.openssl(
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=rsa",
                "-keyout",
                rsa.key().toString(),
                "-out",
                rsa.certificate().toString());
        assertThat(check(in, rsa.toml())).contains("no problems");
        // Key and certificate in one file.
        String expired = Pem.expired(in).toString();
        assertThat(check(in, "certificate = \"" + expired + "\"\n"))
                .containsPattern("check.toml:2:15: certificate: .*expired.pem has expired on 20");
    }

    // ---- the short form ----

    @Test
    void theShortFormTakesGunicornsOptions(@TempDir Path in) throws Exception {
        Pem own = Pem.make(in, "own", 30);
        String app = Daemon.TEST_APPS.resolve("testapp.py").toString();
        try (Daemon served = Daemon.command(
                in,
                "fastcgi",
                "-R",
                "-b",
                "127.0.0.1:0",
                "--certfile",
                own.certificate().toString(),
                "--keyfile",
                own.key().toString(),
                "--",
                app)) {
            int port = Integer.parseInt(
                    served.running().await("https on \\S+:(\\d+)").group(1));
            HttpClient browser =
                    HttpClient.newBuilder().sslContext(Pem.trusting(own)).build();
            assertThat(browser.send(
                                    HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/pid"))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            assertThatThrownBy(() -> HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/pid"))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString()))
                    .isInstanceOf(SSLException.class);
        }
        assertThat(Gatepool.run(in, "fastcgi", "-R", "-b", "https:127.0.0.1:0", "--", app)
                        .output())
                .contains("https: needs a certificate: write --certfile FILE");
    }
}
