package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

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

    private static WebServer started(FrontServer server, Way way) throws Exception {
        WebServer started = server.start(house.examples(), house.upstream(way));
        STARTED.add(started);
        return started;
    }

    @TestFactory
    Stream<DynamicContainer> everyWay() throws Exception {
        List<DynamicContainer> all = new ArrayList<>();
        for (FrontServer server : List.of(FrontServer.NGINX, FrontServer.LIGHTTPD, FrontServer.APACHE_SOLO)) {
            for (Way way : List.of(Way.SCGI_UNIX, Way.SCGI_TCP, Way.UWSGI_UNIX, Way.UWSGI_TCP)) {
                SuiteKind kind = SuiteKind.values()[all.size() % SuiteKind.values().length];
                all.add(DynamicContainer.dynamicContainer(
                        server.label() + ", " + way.label(),
                        new RequestSuite(started(server, way), house).tests(kind)));
            }
        }
        assertThat(all).hasSize(12);
        return all.stream();
    }
}
