package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Real lighttpd with its sample configuration, in front of the samples and the suite's applications. */
class LighttpdIT {

    private static SuiteHouse house;
    private static WebServer tcp;
    private static WebServer unix;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        house = new SuiteHouse(directory, "");
        tcp = FrontServer.LIGHTTPD.start(house.examples(), house.upstream(Way.FASTCGI_TCP));
        unix = FrontServer.LIGHTTPD.start(house.examples(), house.upstream(Way.FASTCGI_UNIX));
    }

    @AfterAll
    static void stop() throws Exception {
        unix.close();
        tcp.close();
        house.close();
    }

    @TestFactory
    Stream<DynamicTest> overTcp() {
        return new RequestSuite(tcp, house).tests(SuiteKind.values());
    }

    @TestFactory
    Stream<DynamicTest> overAUnixSocket() {
        return new RequestSuite(unix, house).tests(SuiteKind.FASTCGI);
    }

    /** The part of a configuration that is there before a snippet is included. */
    private static final String BEFORE = """
            server.modules = ( "mod_accesslog" )
            server.bind = "127.0.0.1"
            server.port = 8089
            server.document-root = var.CWD + "/examples/apps"
            accesslog.filename = var.CWD + "/target/lighttpd-access.log"
            """;

    private static Lighttpd withSnippet(String name, String socket) throws Exception {
        String snippet = house.examples().text("lighttpd/snippets/" + name + ".conf");
        snippet = Examples.replace(
                snippet, socket, house.upstream(Way.FASTCGI_UNIX).socket().toString());
        return Lighttpd.start(house.examples(), name, BEFORE + snippet.replace("\"/shop\" =>", "\"/suite-wsgi\" =>"));
    }

    @Test
    void theSnippetForAnAppServesWhatIsBelowItsMount() throws Exception {
        try (WebServer server = withSnippet("gatepool-app", "/run/gatepool/shop.sock")) {
            assertThat(Web.get(server.address() + "/suite-wsgi/env/some/path").text())
                    .contains("SCRIPT_NAME=/suite-wsgi\n", "PATH_INFO=/env/some/path\n");
            assertThat(Web.get(server.address() + "/suite-wsgix").status()).isEqualTo(404);
        }
    }

    @Test
    void theSnippetForPhpServesPhp() throws Exception {
        Needs.program("php-cgi", "php-cgi");
        try (WebServer server = withSnippet("gatepool-php", "/run/gatepool/blog.sock")) {
            assertThat(Web.get(server.address() + "/php/index.php/what/ever?a=b")
                            .text())
                    .contains("Script<td>/php/index.php", "PATH_INFO<td>/what/ever", "Query<td>a=b");
            assertThat(Web.get(server.address() + "/php/nothing.php").status()).isEqualTo(404);
        }
    }
}
