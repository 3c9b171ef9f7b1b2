package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Real lighttpd with its sample configuration, in front of the samples and the suite's applications. */
class LighttpdIT extends FastCgiSuite {

    LighttpdIT() {
        super(FrontServer.LIGHTTPD);
    }

    /** The part of a configuration that is there before a snippet is included. */
    private static final String BEFORE = """
            server.modules = ( "mod_accesslog" )
            server.bind = "127.0.0.1"
            server.port = 8089
            server.document-root = var.CWD + "/examples/apps"
            accesslog.filename = var.CWD + "/target/lighttpd-access.log"
            """;

    private Lighttpd withSnippet(String name, String socket) throws Exception {
        String snippet = snippet("lighttpd/snippets/" + name + ".conf", socket);
        return Lighttpd.start(house().examples(), name, BEFORE + snippet.replace("\"/shop\" =>", "\"/suite-wsgi\" =>"));
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
