package io.gatepool.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A daemon that speaks HTTP for testapp.py: "work" has two workers, "small" (at /small) a max_body of 1000 bytes. */
final class HttpHouse implements AutoCloseable {

    private final Daemon daemon;
    private final Path directory;
    private final AtomicInteger holds = new AtomicInteger();

    /** @param http lines for the section [http] */
    HttpHouse(Path directory, String http) throws Exception {
        this.directory = directory;
        String app = """

                [app.%1$s]
                kind = "fastcgi"
                command = ["%2$s/testapp.py"]
                listen = "http:127.0.0.1:0"
                mount = "%3$s"
                """;
        this.daemon = Daemon.serve(
                directory,
                "[server]\nruntime_dir = \"run\"\nlog_level = \"debug\"\n[http]\n" + http
                        + app.formatted("work", Daemon.TEST_APPS, "/") + "workers.max = 2\n"
                        + app.formatted("small", Daemon.TEST_APPS, "/small")
                        + "workers.max = 1\nmax_body = \"1000B\"\n");
    }

    Daemon daemon() {
        return daemon;
    }

    RawHttp connect() throws Exception {
        return connect("work");
    }

    RawHttp connect(String app) throws Exception {
        return RawHttp.connect(daemon.port(app, "http"));
    }

    RawHttp connectWithSmallBuffer() throws Exception {
        return RawHttp.connectWithSmallBuffer(daemon.port("work", "http"));
    }

    /** For "/hold?f=": the name of a file. */
    String newHold() {
        return directory.resolve("held" + holds.incrementAndGet()).toString();
    }

    static void awaitHeld(String hold) {
        Poll.until("a worker holds " + hold, () -> Files.exists(Path.of(hold)));
    }

    static void release(String hold) throws Exception {
        Files.delete(Path.of(hold));
    }

    @Override
    public void close() throws Exception {
        daemon.close();
    }
}
