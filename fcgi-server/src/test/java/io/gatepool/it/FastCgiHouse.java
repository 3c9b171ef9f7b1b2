package io.gatepool.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A daemon with test applications, each behind a Unix socket and behind TCP: "work" has two workers, "one" has one,
 * "small" a max_body of 1000 bytes, "mortal" is there to be killed (all of them testapp.py), "roles" is roles.py, and
 * "cgi" runs the sample scripts.
 */
final class FastCgiHouse implements AutoCloseable {

    enum Transport {
        UNIX,
        TCP
    }

    private final Daemon daemon;
    private final Path directory;
    private final AtomicInteger holds = new AtomicInteger();

    FastCgiHouse(Path directory) throws Exception {
        this.directory = directory;
        this.daemon = Daemon.serve(
                directory,
                "[server]\nruntime_dir = \"run\"\nlog_level = \"debug\"\n"
                        + pool("work", "testapp.py", "workers.max = 2")
                        + pool("one", "testapp.py", "workers.max = 1")
                        + pool("small", "testapp.py", "workers.max = 1\nmax_body = \"1000B\"")
                        + pool("mortal", "testapp.py", "workers.max = 1")
                        + pool("roles", "roles.py", "workers.max = 1")
                        + app("cgi", "cgi", "root = \"" + Daemon.REPOSITORY.resolve("examples/apps/cgi") + "\""));
    }

    private String pool(String name, String program, String more) {
        return app(name, "fastcgi", "command = [\"" + Daemon.TEST_APPS.resolve(program) + "\"]\n" + more);
    }

    private String app(String name, String kind, String more) {
        return "\n[app." + name + "]\nkind = \"" + kind + "\"\nlisten = [\"unix:" + socket(name)
                + "\", \"127.0.0.1:0\"]\n" + more + "\n";
    }

    Path socket(String app) {
        return directory.resolve(app + ".sock");
    }

    Daemon daemon() {
        return daemon;
    }

    RawFastCgi connect(Transport transport, String app) throws Exception {
        return transport == Transport.UNIX ? RawFastCgi.unix(socket(app)) : RawFastCgi.tcp(daemon.port(app, "fastcgi"));
    }

    /** A request that testapp.py holds until {@link #release}: the name of its file, for "/hold". */
    String newHold() {
        return directory.resolve("held" + holds.incrementAndGet()).toString();
    }

    /** Waits until a worker holds the request. */
    static void awaitHeld(String hold) {
        Poll.until("a worker holds " + hold, () -> Files.exists(Path.of(hold)));
    }

    static void release(String hold) throws IOException {
        Files.delete(Path.of(hold));
    }

    @Override
    public void close() throws Exception {
        daemon.close();
    }
}
