package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Real Apache with mod_proxy_fcgi, in front of a gatepool with the sample gatepool.toml: over TCP, as the sample
 * proxy-fcgi.conf has it, over a Unix socket, and with PHP files in Apache's own document root.
 */
class ApacheProxyIT {

    private static final String SAMPLE = "ProxyPass \"/\" \"fcgi://127.0.0.1:9000/\" enablereuse=on flushpackets=on";

    private static final ArrayDeque<AutoCloseable> STARTED = new ArrayDeque<>();
    private static Path directory;
    private static int fastcgiPort;
    private static int guardPort;
    private static int filesPort;
    private static Apache tcp;
    private static Apache unix;
    private static Apache files;

    @BeforeAll
    static void start(@TempDir Path temporary) throws Exception {
        directory = temporary.toRealPath();
        Apache.needed();
        Examples examples = Examples.copyTo(directory);
        Files.writeString(
                directory.resolve("examples/apps/php/who.php"),
                "<?php header('Content-Type: text/plain'); foreach (['SCRIPT_FILENAME', 'SCRIPT_NAME', 'PATH_INFO',"
                        + " 'HTTP_AUTHORIZATION', 'USER'] as $n) echo $n, '=', $_SERVER[$n] ?? '', \"\\n\";");
        Files.copy(directory.resolve("examples/apps/php/who.php"), directory.resolve("examples/apps/php/café 50%.php"));
        fastcgiPort = Ports.free();
        guardPort = Ports.free();
        filesPort = Ports.free();
        String listen = "fastcgi:127.0.0.1:" + fastcgiPort;
        STARTED.push(examples.serve(Ports.free(), List.of(listen, "fastcgi:unix:" + socket()), """

                [app.trusted]
                kind = "cgi"
                listen = ["%1$s", "fastcgi:unix:%2$s"]
                mount = "/trusted"
                root = "apps/cgi"
                pass_authorization = true

                [app.files]
                kind = "fastcgi"
                command = ["php-cgi"]
                listen = ["fastcgi:127.0.0.1:%6$d", "fastcgi:unix:%7$s"]
                root = "apps/php"
                extensions = [".php"]

                [app.guard]
                kind = "fastcgi"
                command = ["%3$s/roles.py"]
                listen = "fastcgi:127.0.0.1:%4$d"

                [defaults]
                %5$s
                """.formatted(
                        listen, socket(), Daemon.TEST_APPS, guardPort, Apache.group(), filesPort, filesSocket())));
        String conf = examples.text("apache/proxy-fcgi.conf");
        String overTcp =
                Examples.replace(conf, "127.0.0.1:9000/\" enablereuse", "127.0.0.1:" + fastcgiPort + "/\" enablereuse");
        tcp = Apache.start(examples, "tcp", overTcp + guard(), 8086);
        STARTED.push(tcp);
        String overUnix = Examples.replace(conf, "fcgi://127.0.0.1:9000/", "unix:" + socket() + "|fcgi://gatepool/");
        unix = Apache.start(examples, "unix", overUnix, 8086);
        STARTED.push(unix);
        String snippet = Examples.replace(
                examples.text("apache/snippets/gatepool-php.conf"),
                "/run/gatepool/php.sock",
                filesSocket().toString());
        files = Apache.start(examples, "files", Examples.replace(conf, SAMPLE, snippet + ways()), 8086);
        STARTED.push(files);
    }

    /** mod_authnz_fcgi, which asks with role 2 before the request goes anywhere. */
    private static String guard() {
        return """
                LoadModule authn_core_module ${modules}/mod_authn_core.so
                LoadModule auth_basic_module ${modules}/mod_auth_basic.so
                LoadModule authz_user_module ${modules}/mod_authz_user.so
                LoadModule authnz_fcgi_module ${modules}/mod_authnz_fcgi.so
                AuthnzFcgiDefineProvider authn guard fcgi://127.0.0.1:%d/
                <Location "/php/who.php">
                    AuthType Basic
                    AuthName "guard"
                    AuthBasicProvider guard
                    Require valid-user
                </Location>
                """.formatted(guardPort);
    }

    /** All the ways in which Apache names a file. */
    private static String ways() {
        return """

                LoadModule alias_module ${modules}/mod_alias.so
                LoadModule rewrite_module ${modules}/mod_rewrite.so
                <Directory "%1$s">
                    Require all granted
                </Directory>
                Alias "/alias" "%1$s/examples/apps/php"
                ProxyPassMatch "^/match/(.*[.]php(/.*)?)$" "fcgi://127.0.0.1:%2$d/%1$s/examples/apps/php/$1"
                ProxyPass "/generic/" "fcgi://127.0.0.1:%2$d/%1$s/examples/apps/php/"
                <Location "/generic">
                    ProxyFCGIBackendType GENERIC
                </Location>
                RewriteEngine On
                RewriteRule "^/rewritten/(.*)$" "fcgi://127.0.0.1:%2$d/%1$s/examples/apps/php/$1" [P]
                """.formatted(directory, filesPort);
    }

    @AfterAll
    static void stop() throws Exception {
        while (!STARTED.isEmpty()) {
            STARTED.pop().close();
        }
    }

    private static Path filesSocket() {
        return directory.resolve("files.sock");
    }

    private static Path socket() {
        return directory.resolve("gatepool.sock");
    }

    @Nested
    class OverTcp extends ApacheRequests {
        @Override
        String address() {
            return tcp.address();
        }

        @Override
        Path directory() {
            return directory;
        }
    }

    @Nested
    class OverAUnixSocket extends ApacheRequests {
        @Override
        String address() {
            return unix.address();
        }

        @Override
        Path directory() {
            return directory;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/php/who.php,             who.php,      /php/who.php,             ''",
        "/php/who.php/r%20s,       who.php,      /php/who.php,             /r s",
        "/php/caf%C3%A9%2050%25.php/x, café 50%.php, /php/café 50%.php,    /x",
        "/alias/who.php/rest,      who.php,      /alias/who.php,           /rest",
        "/alias/caf%C3%A9%2050%25.php, café 50%.php, /alias/café 50%.php,  ''",
        "/match/who.php?a=b,       who.php,      /match/who.php,           ''",
        "/match/who.php/r%20s?a=b, who.php,      /match/who.php,           /r s",
        "/match/caf%C3%A9%2050%25.php/r%2Fs%20t, café 50%.php, /match/café 50%.php, /r/s t",
        "/generic/caf%C3%A9%2050%25.php/rest,    café 50%.php, /generic/café 50%.php, /rest",
        "/rewritten/who.php/rest?a=b, who.php,   /rewritten/who.php,       /rest",
    })
    void theFileIsFoundHoweverApacheNamesIt(String uri, String file, String scriptName, String pathInfo)
            throws Exception {
        String script = directory.resolve("examples/apps/php").resolve(file).toString();
        assertThat(ApacheRequests.lines(Web.get(files.address() + uri)))
                .contains(
                        "SCRIPT_FILENAME=" + bytes(script),
                        "SCRIPT_NAME=" + bytes(scriptName),
                        "PATH_INFO=" + pathInfo);
    }

    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aFileThatIsNotUnderTheRootIsNotRunWhateverApacheSays() throws Exception {
        assertThat(Web.get(files.address() + "/match/../../cgi/x.php").status()).isIn(400, 403, 404);
        assertThat(Web.get(files.address() + "/rewritten/%2e%2e/x.php").status())
                .isIn(400, 403, 404);
        assertThat(Web.get(files.address() + "/match/..%2f..%2fcgi/x.php").status())
                .isIn(400, 403, 404);
    }

    @Test
    void connectionsAreKept() throws Exception {
        Set<String> seen = new HashSet<>();
        for (int request = 0; request < 200; request++) {
            assertThat(Web.get(tcp.address() + "/counter?plain").status()).isEqualTo(200);
            seen.addAll(KernelSockets.acceptedOn(fastcgiPort));
        }
        // Each of Apache's processes has its own; there are three or four, and as many pools.
        assertThat(seen.size()).isBetween(1, 20);
    }

    @Test
    void anAuthorizerIsAskedAndItsVariablesComeBack() throws Exception {
        assertThat(asAlice("/php/who.php?key=lost").status()).as(tcp.log()).isEqualTo(401);
        assertThat(ApacheRequests.lines(asAlice("/php/who.php?key=open"))).contains("USER=alice");
    }

    private static Web.Answer asAlice(String uri) throws Exception {
        return Web.send(Web.request(tcp.address() + uri).header("Authorization", "Basic YWxpY2U6c2VjcmV0"));
    }
}
