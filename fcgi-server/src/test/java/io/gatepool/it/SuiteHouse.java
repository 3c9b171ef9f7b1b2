package io.gatepool.it;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * A gatepool with the sample gatepool.toml and, beside its apps, those of the {@link RequestSuite}, to be reached in
 * every {@link Way}. It has to be there before a web server that stands in front of it.
 */
final class SuiteHouse implements AutoCloseable {

    private final Path directory;
    private final Examples examples;
    private final Map<Way, Upstream> upstreams = new EnumMap<>(Way.class);
    private final Daemon daemon;
    private final AtomicInteger files = new AtomicInteger();

    /** @param more further sections of gatepool.toml; LISTEN in them is all addresses */
    SuiteHouse(Path directory, String more) throws Exception {
        this.directory = directory;
        this.examples = Examples.copyTo(directory);
        for (Way way : Way.values()) {
            upstreams.put(way, new Upstream(way, Ports.free(), directory.resolve(way + ".sock")));
        }
        // What an administrator does who runs gatepool as root: the web server's group may connect.
        String group = System.getProperty("user.name").equals("root") ? "listen_group = \"nogroup\"\n" : "";
        this.daemon = examples.serve(
                upstream(Way.HTTP).port(),
                upstreams.values().stream()
                        .filter(upstream -> upstream.way() != Way.HTTP)
                        .map(Upstream::listen)
                        .toList(),
                ("""

                [app.suite]
                kind = "cgi"
                mount = "/suite"
                root = "APPS/suite/cgi"
                listen = LISTEN
                max_running = 16

                [app.suite-fastcgi]
                kind = "fastcgi"
                mount = "/suite-fastcgi"
                command = ["APPS/suite/suite_fastcgi.py"]
                listen = LISTEN
                workers.max = 2

                [app.suite-wsgi]
                kind = "wsgi"
                mount = "/suite-wsgi"
                module = "suite_wsgi:app"
                chdir = "APPS/suite"
                listen = LISTEN
                workers.max = 2

                [app.failing]
                kind = "fastcgi"
                mount = "/failing"
                command = ["/nonexistent/program"]
                listen = LISTEN

                [app.late]
                kind = "fastcgi"
                mount = "/late"
                command = ["APPS/testapp.py"]
                listen = LISTEN
                output_timeout = "200ms"
                workers.max = 1
                """ + more + "\n[defaults]\n" + group)
                        .replace("LISTEN", listen())
                        .replace("APPS", Daemon.TEST_APPS.toString()));
    }

    Examples examples() {
        return examples;
    }

    Daemon daemon() {
        return daemon;
    }

    private String listen() {
        return upstreams.values().stream()
                .map(upstream -> '"' + upstream.listen() + '"')
                .collect(Collectors.joining(", ", "[", "]"));
    }

    Upstream upstream(Way way) {
        return Objects.requireNonNull(upstreams.get(way));
    }

    /** A file that is not there yet. */
    Path newFile() {
        return directory.resolve("file" + files.incrementAndGet());
    }

    @Override
    public void close() throws Exception {
        daemon.close();
    }
}
