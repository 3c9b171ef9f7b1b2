package io.gatepool.it;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A real HAProxy with examples/haproxy/haproxy.cfg, started as that file's comment says. */
final class Haproxy implements WebServer {

    private final Running running;
    private final int port;
    private final Path socket;

    private Haproxy(Running running, int port, Path socket) {
        this.running = running;
        this.port = port;
        this.socket = socket;
    }

    static Haproxy start(Examples examples, Upstream upstream) throws Exception {
        return start(examples, upstream.way().toString(), conf(examples, upstream));
    }

    /** The sample with another address of gatepool. */
    static String conf(Examples examples, Upstream upstream) throws Exception {
        return Examples.replace(
                examples.text("haproxy/haproxy.cfg"),
                "server gatepool 127.0.0.1:9000 ",
                "server gatepool " + upstream.either("127.0.0.1:PORT ", "unix@SOCKET "));
    }

    /** With another text for its configuration, which listens where the sample does. */
    static Haproxy start(Examples examples, String name, String conf) throws Exception {
        Needs.program("haproxy", "haproxy");
        int port = Ports.free();
        String own = Examples.replace(conf, "bind 127.0.0.1:8090", "bind 127.0.0.1:" + port);
        own = Examples.replace(own, "target/haproxy-", "target/haproxy-" + name + "-");
        String file = "examples/haproxy/" + name + ".cfg";
        Files.writeString(examples.directory().resolve(file), own);
        Running running = Running.start(examples.directory(), Map.of(), program(), "-db", "-f", file);
        Path socket = examples.directory().resolve("target/haproxy-" + name + "-admin.sock");
        Poll.until("HAProxy is there: " + running.output(), () -> Files.exists(socket) || running.hasEnded());
        if (running.hasEnded()) {
            throw new AssertionError(running.output());
        }
        return new Haproxy(running, port, socket);
    }

    private static String program() {
        return Files.isExecutable(Path.of("/usr/sbin/haproxy")) ? "/usr/sbin/haproxy" : "haproxy";
    }

    /** What it answers to a command of its runtime API, such as "show stat". */
    String ask(String command) throws Exception {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.US_ASCII)));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    /** A column of "show stat" for the server gatepool, such as "wretr". */
    long counter(String column) throws Exception {
        String[] lines = ask("show stat").split("\n", -1);
        String[] names = lines[0].substring(2).split(",", -1);
        for (String line : lines) {
            String[] values = line.split(",", -1);
            for (int at = 0; line.startsWith("gatepool,gatepool,") && at < names.length; at++) {
                if (names[at].equals(column)) {
                    return Long.parseLong(values[at]);
                }
            }
        }
        throw new AssertionError("no " + column + " in " + String.join("\n", lines));
    }

    @Override
    public String name() {
        return "HAProxy";
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
                "HAProxy has to know a body's length before it speaks FastCGI: 400 to a longer chunked one";
            case SILENT_ABORT -> "HAProxy sends no ABORT_REQUEST for a request that it has sent to its end";
            default -> "";
        };
    }

    @Override
    public void close() throws Exception {
        running.close();
    }
}
