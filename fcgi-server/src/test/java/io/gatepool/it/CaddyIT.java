package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Real Caddy with its sample configuration, in front of the samples and the suite's applications. */
class CaddyIT extends FastCgiSuite {

    CaddyIT() {
        super(FrontServer.CADDY);
    }

    private Caddy withSnippet(String name, String socket) throws Exception {
        String snippet = snippet("caddy/snippets/" + name + ".caddy", socket);
        return Caddy.start(house().examples(), name, """
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
