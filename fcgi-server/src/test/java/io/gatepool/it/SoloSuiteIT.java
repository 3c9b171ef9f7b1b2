package io.gatepool.it;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The request suite over SCGI and uwsgi, each web server that speaks them with one kind of application in each way. */
class SoloSuiteIT {

    private static final List<WebServer> STARTED = new ArrayList<>();
    private static SuiteHouse house;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        house = new SuiteHouse(directory, "");
    }

    @AfterAll
    static void stop() throws Exception {
        for (WebServer server : STARTED) {
            server.close();
        }
        house.close();
    }

    @TestFactory
    Stream<DynamicContainer> everyWay() throws Exception {
        List<DynamicContainer> all = new ArrayList<>();
        for (FrontServer server : List.of(FrontServer.NGINX, FrontServer.LIGHTTPD, FrontServer.APACHE_SOLO)) {
            all.add(suite(server, Way.SCGI_UNIX, SuiteKind.CGI));
            all.add(suite(server, Way.SCGI_TCP, SuiteKind.FASTCGI));
            all.add(suite(server, Way.UWSGI_UNIX, SuiteKind.WSGI));
            all.add(suite(server, Way.UWSGI_TCP, SuiteKind.FASTCGI));
        }
        return all.stream();
    }

    private static DynamicContainer suite(FrontServer server, Way way, SuiteKind kind) throws Exception {
        WebServer started = server.start(house.examples(), house.upstream(way));
        STARTED.add(started);
        return DynamicContainer.dynamicContainer(
                server.label() + ", " + way.label(), new RequestSuite(started, house).tests(kind));
    }
}
