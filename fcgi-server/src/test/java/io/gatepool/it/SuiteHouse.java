package io.gatepool.it;

import io.gatepool.it.FastCgiHouse.Transport;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A gatepool with the sample gatepool.toml and, beside its apps, those of the {@link RequestSuite}, over FastCGI on a TCP
 * port and on a Unix socket. It has to be there before a web server that stands in front of it.
 */
final class SuiteHouse implements AutoCloseable {

    private final Path directory;
    private final Examples examples;
    private final Upstream tcp;
    private final Upstream unix;
    private final Daemon daemon;
    private final AtomicInteger files = new AtomicInteger();

    /** @param more further sections of gatepool.toml; LISTEN in them is both addresses */
    SuiteHouse(Path directory, String more) throws Exception {
        this.directory = directory;
        this.examples = Examples.copyTo(directory);
        this.tcp = new Upstream(Transport.TCP, Ports.free(), Path.of("/"));
        this.unix = new Upstream(Transport.UNIX, 0, directory.resolve("g.sock"));
        // What an administrator does who runs gatepool as root: the web server's group may connect.
        String group = System.getProperty("user.name").equals("root") ? "listen_group = \"nogroup\"\n" : "";
        this.daemon = examples.serve(
                Ports.free(),
                List.of(tcp.listen(), unix.listen()),
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
                        .replace("LISTEN", "[\"" + tcp.listen() + "\", \"" + unix.listen() + "\"]")
                        .replace("APPS", Daemon.TEST_APPS.toString()));
    }

    Examples examples() {
        return examples;
    }

    Daemon daemon() {
        return daemon;
    }

    Upstream upstream(Transport transport) {
        return transport == Transport.TCP ? tcp : unix;
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
