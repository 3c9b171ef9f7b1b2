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

/** Real HAProxy with its sample configuration, in front of the samples and the suite's applications. */
class HaproxyIT {

    private static SuiteHouse house;
    private static WebServer tcp;
    private static WebServer unix;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        house = new SuiteHouse(directory, "");
        tcp = FrontServer.HAPROXY.start(house.examples(), house.upstream(Way.FASTCGI_TCP));
        unix = FrontServer.HAPROXY.start(house.examples(), house.upstream(Way.FASTCGI_UNIX));
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

    @Test
    void theSnippetForAnAppServesIt() throws Exception {
        String snippet = Examples.replace(
                house.examples().text("haproxy/snippets/gatepool-app.cfg"),
                "unix@/shop.sock",
                "unix@" + house.upstream(Way.FASTCGI_UNIX).socket());
        String conf = house.examples().text("haproxy/haproxy.cfg");
        String before = Examples.replace(
                conf.substring(0, conf.indexOf("\nbackend gatepool\n") + 1),
                "default_backend gatepool",
                "default_backend gatepool-shop");
        try (WebServer server = Haproxy.start(house.examples(), "snippet", before + snippet)) {
            assertThat(Web.get(server.address() + "/suite-wsgi/env/some/path").text())
                    .contains("SCRIPT_NAME=/suite-wsgi\n", "PATH_INFO=/env/some/path\n", "SERVER_NAME=127.0.0.1\n");
        }
    }

    @Test
    void theApplicationGetsCredentialsToCheckByItself() throws Exception {
        assertThat(Web.send(Web.request(tcp.address() + "/suite-wsgi/env").header("Authorization", "Basic eDp5"))
                        .text())
                .contains("HTTP_AUTHORIZATION=Basic eDp5\n");
        assertThat(Web.get(tcp.address() + "/suite-wsgi/env").text()).doesNotContain("HTTP_AUTHORIZATION");
    }
}
