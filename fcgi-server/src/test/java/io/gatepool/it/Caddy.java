package io.gatepool.it;

import java.nio.file.Files;
import java.util.Map;

/** A real Caddy with examples/caddy/Caddyfile, started as that file's comment says. */
final class Caddy implements WebServer {

    private final Running running;
    private final int port;

    private Caddy(Running running, int port) {
        this.running = running;
        this.port = port;
    }

    static Caddy start(Examples examples, Upstream upstream) throws Exception {
        String conf = Examples.replace(
                examples.text("caddy/Caddyfile"),
                "reverse_proxy 127.0.0.1:9000 {",
                "reverse_proxy " + upstream.either("127.0.0.1:PORT {", "unix/SOCKET {"));
        return start(examples, upstream.way().toString(), conf);
    }

    /** With another text for its configuration, which listens where the sample does. */
    static Caddy start(Examples examples, String name, String conf) throws Exception {
        Needs.program("caddy", "caddy");
        int port = Ports.free();
        String own = Examples.replace(conf, ":8091", ":" + port);
        own = Examples.replace(own, "target/caddy", "target/caddy-" + name);
        String file = "examples/caddy/" + name + ".Caddyfile";
        Files.writeString(examples.directory().resolve(file), own);
        // Its other files lie in the home directory unless it is told otherwise.
        String home = examples.directory().resolve("target").toString();
        Running running = Running.start(
                examples.directory(),
                Map.of("XDG_DATA_HOME", home, "XDG_CONFIG_HOME", home),
                "caddy",
                "run",
                "--adapter",
                "caddyfile",
                "--config",
                file);
        running.await("serving initial configuration");
        return new Caddy(running, port);
    }

    @Override
    public String name() {
        return "Caddy";
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
        return check == RequestCheck.SILENT_ABORT
                ? "Caddy notices that a client has left when it next writes to it"
                : "";
    }

    @Override
    public void close() throws Exception {
        running.close();
    }
}
