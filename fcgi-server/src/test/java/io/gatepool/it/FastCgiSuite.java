package io.gatepool.it;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The request suite through one web server with its sample configuration, over both kinds of FastCGI socket. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FastCgiSuite {

    private final FrontServer server;
    private SuiteHouse house;
    private WebServer tcp;
    private WebServer unix;

    FastCgiSuite(FrontServer server) {
        this.server = server;
    }

    @BeforeAll
    final void start(@TempDir Path directory) throws Exception {
        house = new SuiteHouse(directory, "");
        tcp = server.start(house.examples(), house.upstream(Way.FASTCGI_TCP));
        unix = server.start(house.examples(), house.upstream(Way.FASTCGI_UNIX));
    }

    @AfterAll
    final void stop() throws Exception {
        unix.close();
        tcp.close();
        house.close();
    }

    @TestFactory
    final Stream<DynamicTest> overTcp() {
        return new RequestSuite(tcp, house).tests(SuiteKind.values());
    }

    @TestFactory
    final Stream<DynamicTest> overAUnixSocket() {
        return new RequestSuite(unix, house).tests(SuiteKind.FASTCGI);
    }

    final SuiteHouse house() {
        return house;
    }

    /** The web server whose requests come to gatepool over TCP. */
    final WebServer overTcpServer() {
        return tcp;
    }

    /** A snippet of the examples, with the suite's socket in the place of {@code socket}. */
    final String snippet(String file, String socket) throws Exception {
        return Examples.replace(
                house.examples().text(file),
                socket,
                house.upstream(Way.FASTCGI_UNIX).socket().toString());
    }
}
