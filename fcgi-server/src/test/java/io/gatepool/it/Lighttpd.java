package io.gatepool.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A real lighttpd with examples/lighttpd/lighttpd.conf, started as that file's comment says. */
final class Lighttpd implements WebServer {

    private final Running running;
    private final int port;

    private Lighttpd(Running running, int port) {
        this.running = running;
        this.port = port;
    }

    static Lighttpd start(Examples examples, Upstream upstream) throws Exception {
        String conf = Examples.replace(
                examples.text("lighttpd/lighttpd.conf"),
                "\"host\" => \"127.0.0.1\", \"port\" => 9000,",
                upstream.either("\"host\" => \"127.0.0.1\", \"port\" => PORT,", "\"socket\" => \"SOCKET\","));
        return start(examples, upstream.way().toString(), spoken(upstream.way().protocol(), conf));
    }

    /** mod_scgi, which speaks uwsgi too, has the options of mod_fastcgi. */
    private static String spoken(String protocol, String conf) {
        return protocol.equals("fastcgi")
                ? conf
                : Examples.replace(conf, "mod_fastcgi", "mod_scgi")
                        .replace("fastcgi.server = ", "scgi.protocol = \"" + protocol + "\"\nscgi.server = ");
    }

    /** With another text for its configuration, which listens where the sample does. */
    static Lighttpd start(Examples examples, String name, String conf) throws Exception {
        Needs.program("lighttpd", "lighttpd");
        int port = Ports.free();
        String own = Examples.replace(conf, "server.port = 8089", "server.port = " + port);
        own = Examples.replace(own, "/target/lighttpd-", "/target/lighttpd-" + name + "-");
        String file = "examples/lighttpd/" + name + ".conf";
        Files.writeString(examples.directory().resolve(file), own);
        Running running = Running.start(examples.directory(), Map.of(), program(), "-D", "-f", file);
        running.await("server started");
        return new Lighttpd(running, port);
    }

    private static String program() {
        return Files.isExecutable(Path.of("/usr/sbin/lighttpd")) ? "/usr/sbin/lighttpd" : "lighttpd";
    }

    @Override
    public String name() {
        return "lighttpd";
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String log() {
        return running.output();
    }

    @Override
    public String limitation(RequestCheck check) {
        return switch (check) {
            case BYTES_IN_PATH -> "lighttpd answers 400 to a path that is no UTF-8";
            case SILENT_ABORT -> "lighttpd notices that a client has left when it next writes to it";
            default -> "";
        };
    }

    @Override
    public void close() throws Exception {
        running.close();
    }
}
