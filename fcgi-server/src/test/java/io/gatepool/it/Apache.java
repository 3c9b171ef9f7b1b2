package io.gatepool.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A real Apache with one of the configurations of examples/apache, started as that file's comment says. */
final class Apache implements AutoCloseable {

    private static final Path PROGRAM = Path.of("/usr/sbin/apache2");

    private final Running running;
    private final int port;

    private Apache(Running running, int port) {
        this.running = running;
        this.port = port;
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
            // Apache refuses to serve as root.
            text += "\nUser www-data\nGroup www-data\n";
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
        return new Apache(running, port);
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    /** A line for [defaults]: what an administrator writes who runs gatepool as root, so that Apache may connect. */
    static String group() {
        return isRoot() ? "listen_group = \"www-data\"\n" : "";
    }

    /** The address of its server, without a slash at the end. */
    String address() {
        return "http://127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    /** Its error log. */
    String log() {
        return running.output();
    }

    Running running() {
        return running;
    }

    @Override
    public void close() throws Exception {
        running.close();
    }
}
