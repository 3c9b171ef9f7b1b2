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

/** Real Caddy with its sample configuration, in front of the samples and the suite's applications. */
class CaddyIT {

    private static SuiteHouse house;
    private static WebServer tcp;
    private static WebServer unix;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        house = new SuiteHouse(directory, "");
        tcp = FrontServer.CADDY.start(house.examples(), house.upstream(Way.FASTCGI_TCP));
        unix = FrontServer.CADDY.start(house.examples(), house.upstream(Way.FASTCGI_UNIX));
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

    private static Caddy withSnippet(String name, String socket) throws Exception {
        String snippet = house.examples().text("caddy/snippets/" + name + ".caddy");
        snippet = Examples.replace(
                snippet, socket, house.upstream(Way.FASTCGI_UNIX).socket().toString());
        return Caddy.start(house.examples(), name, """
                {
                	admin off
                	storage file_system target/caddy
                }
                http://:8091 {
                	bind 127.0.0.1
                	%s
                }
                """.formatted(
                        snippet.replace("/shop*", "/suite-wsgi*").replace("/srv/blog", "examples/apps")));
    }

    @Test
    void theSnippetForAnAppServesWhatIsBelowItsMount() throws Exception {
        try (WebServer server = withSnippet("gatepool-app", "/run/gatepool/shop.sock")) {
            assertThat(Web.get(server.address() + "/suite-wsgi/env/some/path").text())
                    .contains("SCRIPT_NAME=/suite-wsgi\n", "PATH_INFO=/env/some/path\n");
            assertThat(Web.get(server.address() + "/counter").text()).isEmpty();
        }
    }

    @Test
    void theSnippetForPhpServesPhp() throws Exception {
        Needs.program("php-cgi", "php-cgi");
        try (WebServer server = withSnippet("gatepool-php", "/run/gatepool/blog.sock")) {
            assertThat(Web.get(server.address() + "/php/index.php/what/ever?a=b")
                            .text())
                    .contains("Script<td>/php/index.php", "PATH_INFO<td>/what/ever", "Query<td>a=b");
            assertThat(Web.get(server.address() + "/php/").text()).contains("Script<td>/php/index.php");
        }
    }
}
