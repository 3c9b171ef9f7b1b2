package io.gatepool.it;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Real nginx with its sample configuration, in front of the samples and the suite's applications. */
class NginxSuiteIT {

    private static SuiteHouse house;
    private static WebServer tcp;
    private static WebServer unix;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        house = new SuiteHouse(directory, "");
        tcp = FrontServer.NGINX.start(house.examples(), house.upstream(Way.FASTCGI_TCP));
        unix = FrontServer.NGINX.start(house.examples(), house.upstream(Way.FASTCGI_UNIX));
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
}
