package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Real HAProxy with its sample configuration, in front of the samples and the suite's applications. */
class HaproxyIT extends FastCgiSuite {

    HaproxyIT() {
        super(FrontServer.HAPROXY);
    }

    @Test
    void theSnippetForAnAppServesIt() throws Exception {
        String snippet = snippet("haproxy/snippets/gatepool-app.cfg", "/shop.sock");
        String conf = house().examples().text("haproxy/haproxy.cfg");
        String before = Examples.replace(
                conf.substring(0, conf.indexOf("\nbackend gatepool\n") + 1),
                "default_backend gatepool",
                "default_backend gatepool-shop");
        try (WebServer server = Haproxy.start(house().examples(), "snippet", before + snippet)) {
            assertThat(Web.get(server.address() + "/suite-wsgi/env/some/path").text())
                    .contains("SCRIPT_NAME=/suite-wsgi\n", "PATH_INFO=/env/some/path\n", "SERVER_NAME=127.0.0.1\n");
        }
    }

    @Test
    void theApplicationGetsCredentialsToCheckByItself() throws Exception {
        assertThat(Web.send(Web.request(overTcpServer().address() + "/suite-wsgi/env")
                                .header("Authorization", "Basic eDp5"))
                        .text())
                .contains("HTTP_AUTHORIZATION=Basic eDp5\n");
        assertThat(Web.get(overTcpServer().address() + "/suite-wsgi/env").text())
                .doesNotContain("HTTP_AUTHORIZATION");
    }
}
