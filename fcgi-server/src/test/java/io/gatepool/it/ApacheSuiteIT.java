package io.gatepool.it;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real Apache with its sample configurations, mod_proxy_fcgi and mod_fcgid, in front of the samples and the suite's
 * applications.
 */
class ApacheSuiteIT {

    private static SuiteHouse house;
    private static WebServer tcp;
    private static WebServer unix;
    private static WebServer fcgid;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        house = new SuiteHouse(directory, "");
        tcp = FrontServer.APACHE_PROXY.start(house.examples(), house.upstream(Way.FASTCGI_TCP));
        unix = FrontServer.APACHE_PROXY.start(house.examples(), house.upstream(Way.FASTCGI_UNIX));
        fcgid = FrontServer.APACHE_FCGID.start(house.examples(), house.upstream(Way.ATTACH));
    }

    @AfterAll
    static void stop() throws Exception {
        fcgid.close();
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

    @TestFactory
    Stream<DynamicTest> overSocketsHandedOver() {
        return new RequestSuite(fcgid, house).tests(SuiteKind.values());
    }
}
