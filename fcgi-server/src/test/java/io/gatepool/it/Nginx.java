package io.gatepool.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** A real nginx with examples/nginx/nginx.conf, started as that file's comment says. */
final class Nginx implements WebServer {

    private final Running running;
    private final int port;

    private Nginx(Running running, int port) {
        this.running = running;
        this.port = port;
    }

    /**
     * Starts it from {@code examples.directory()}.
     *
     * @param name for its files, which lie side by side with those of others
     * @param upstream in place of 127.0.0.1:9000
     * @param buffered whether it gathers request bodies, which the sample leaves to gatepool
     */
    static Nginx start(Examples examples, String name, String upstream, boolean buffered) throws Exception {
        Needs.program("nginx", "nginx-light");
        int port = Ports.free();
        String conf = examples.text("nginx/nginx.conf");
        conf = Examples.replace(conf, "server 127.0.0.1:9000;", "server " + upstream + ";");
        conf = Examples.replace(conf, "listen 127.0.0.1:8088;", "listen 127.0.0.1:" + port + ";");
        conf = Examples.replace(conf, "target/nginx-", "target/" + name + "-");
        if (buffered) {
            conf = Examples.replace(conf, "fastcgi_request_buffering off;", "fastcgi_request_buffering on;");
        }
        return run(examples.directory(), name, conf, port);
    }

    /** The same for what a suite of requests needs. */
    static Nginx start(Examples examples, Upstream upstream) throws Exception {
        String protocol = upstream.way().protocol();
        String name = "nginx-" + upstream.way();
        String address = upstream.either("127.0.0.1:PORT", "unix:SOCKET");
        return protocol.equals("fastcgi")
                ? start(examples, name, address, false)
                : startWith(examples, "gatepool-" + protocol + ".conf", name, address);
    }

    /** The same with Debian's own fastcgi_params in place of the sample's. */
    static Nginx startWithStockParams(Examples examples, String name, String upstream) throws Exception {
        Needs.file("/etc/nginx/fastcgi_params", "nginx-common");
        Files.copy(
                Path.of("/etc/nginx/fastcgi_params"),
                examples.directory().resolve("examples/nginx/fastcgi_params"),
                StandardCopyOption.REPLACE_EXISTING);
        return start(examples, name, upstream, false);
    }

    /**
     * The same with one of the snippets in place of the sample's location.
     *
     * @param snippet such as "gatepool-scgi.conf"
     * @param pass in place of its unix:/run/gatepool/app.sock
     */
    static Nginx startWith(Examples examples, String snippet, String name, String pass) throws Exception {
        Needs.program("nginx", "nginx-light");
        int port = Ports.free();
        String location = Examples.replace(
                examples.text("nginx/snippets/" + snippet), "unix:/run/gatepool/app.sock;", pass + ";");
        Path top = examples.directory();
        Files.writeString(top.resolve("examples/nginx/" + name + "-location.conf"), location);
        String conf = examples.text("nginx/nginx.conf");
        conf = conf.substring(0, conf.indexOf("        location / {")) + "include " + name + "-location.conf;\n}\n}\n";
        conf = Examples.replace(conf, "listen 127.0.0.1:8088;", "listen 127.0.0.1:" + port + ";");
        conf = Examples.replace(conf, "target/nginx-", "target/" + name + "-");
        return run(top, name, conf, port);
    }

    private static Nginx run(Path top, String name, String conf, int port) throws Exception {
        String file = "examples/nginx/" + name + ".conf";
        Files.writeString(top.resolve(file), conf);
        Running running = Running.start(top, Map.of(), program(), "-p", top.toString(), "-c", file);
        running.await("start worker process \\d+");
        return new Nginx(running, port);
    }

    private static String program() throws IOException {
        return Files.isExecutable(Path.of("/usr/sbin/nginx")) ? "/usr/sbin/nginx" : "nginx";
    }

    @Override
    public String name() {
        return "nginx";
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
    public void close() throws Exception {
        running.close();
    }
}
