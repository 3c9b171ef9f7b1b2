package io.gatepool.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/** A real Apache with one of the configurations of examples/apache, started as that file's comment says. */
final class Apache implements WebServer {

    private static final Path PROGRAM = Path.of("/usr/sbin/apache2");

    private final Running running;
    private final int port;
    /** SCGI or uwsgi. */
    private final boolean solo;

    private Apache(Running running, int port, boolean solo) {
        this.running = running;
        this.port = port;
        this.solo = solo;
    }

    /** What every test of this kind needs of the machine. */
    static void needed() {
        Needs.program("apache2", "apache2");
        Needs.program("php-cgi", "php-cgi");
    }

    /**
     * Starts it from {@code examples.directory()}.
     *
     * @param name for its files, which lie side by side with those of others
     * @param conf the configuration, with the sample's port
     * @param samplePort the port that stands there
     */
    static Apache start(Examples examples, String name, String conf, int samplePort) throws Exception {
        int port = Ports.free();
        Path top = examples.directory();
        String text = Examples.replace(conf, "Listen 127.0.0.1:" + samplePort, "Listen 127.0.0.1:" + port);
        text = Examples.replace(text, "target/apache-", "target/" + name + "-");
        if (isRoot()) {
            // Apache refuses to serve as root. The group is that of the other web servers here.
            text += "\nUser nobody\nGroup nogroup\n";
        }
        String file = "examples/apache/run-" + name + ".conf";
        Files.writeString(top.resolve(file), text);
        Running running = Running.start(
                top,
                Map.of("PWD", top.toString()),
                PROGRAM.toString(),
                "-d",
                top.toString(),
                "-f",
                file,
                "-DFOREGROUND");
        running.await("resuming normal operations");
        return new Apache(running, port, conf.contains("proxy_scgi.so") || conf.contains("proxy_uwsgi.so"));
    }

    /** With mod_proxy_fcgi, for what a suite of requests needs. */
    static Apache startProxy(Examples examples, Upstream upstream) throws Exception {
        Needs.program("apache2", "apache2");
        String conf = Examples.replace(
                examples.text("apache/proxy-fcgi.conf"),
                "fcgi://127.0.0.1:9000/",
                upstream.either("fcgi://127.0.0.1:PORT/", "unix:SOCKET|fcgi://gatepool/"));
        return start(examples, "apache-" + upstream.way(), conf, 8086);
    }

    /** The same with mod_proxy_scgi or mod_proxy_uwsgi, in place of mod_proxy_fcgi. */
    static Apache startSolo(Examples examples, Upstream upstream) throws Exception {
        Needs.program("apache2", "apache2");
        String protocol = upstream.way().protocol();
        String conf = Examples.replace(examples.text("apache/proxy-fcgi.conf"), "proxy_fcgi", "proxy_" + protocol);
        conf = Examples.replace(
                conf,
                "fcgi://127.0.0.1:9000/\" enablereuse=on",
                upstream.either(protocol + "://127.0.0.1:PORT/\"", "unix:SOCKET|" + protocol + "://gatepool/\""));
        return start(examples, "apache-" + upstream.way(), conf, 8086);
    }

    /** The same with mod_fcgid, whose sockets gatepool-attach hands over. */
    static Apache startFcgid(Examples examples, Upstream upstream) throws Exception {
        Needs.program("apache2", "apache2");
        Needs.file("/usr/lib/apache2/modules/mod_fcgid.so", "libapache2-mod-fcgid");
        Path programs = Files.createDirectories(examples.directory().resolve("target/gatepool/bin"));
        Files.copy(
                Daemon.REPOSITORY.resolve("target/gatepool/bin/gatepool-attach"),
                programs.resolve("gatepool-attach"),
                StandardCopyOption.COPY_ATTRIBUTES);
        String conf = Examples.replace(
                examples.text("apache/fcgid.conf"),
                "--socket=${PWD}/target/attach.sock",
                "--socket=" + upstream.socket());
        return start(examples, "apache-fcgid", conf, 8087);
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    /** A line for [defaults]: what an administrator writes who runs gatepool as root, so that Apache may connect. */
    static String group() {
        return isRoot() ? "listen_group = \"nogroup\"\n" : "";
    }

    @Override
    public String name() {
        return "Apache";
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
            case CHUNKED_POST ->
                solo ? "mod_proxy_scgi and mod_proxy_uwsgi have to know a body's length: 411 to a chunked one" : "";
            case SILENT_ABORT -> "Apache notices that a client has left when it next writes to it";
            default -> "";
        };
    }

    Running running() {
        return running;
    }

    @Override
    public void close() throws Exception {
        running.close();
    }
}
