package io.gatepool.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;

/**
 * A daemon whose "work" (testapp.py, two workers, max_body 100000 bytes) listens in SCGI and in uwsgi, each on a Unix
 * socket and on TCP, and raw clients for it.
 */
final class SoloHouse implements AutoCloseable {

    /** The four doors. */
    enum Door {
        SCGI_UNIX,
        SCGI_TCP,
        UWSGI_UNIX,
        UWSGI_TCP;

        boolean isScgi() {
            return this == SCGI_UNIX || this == SCGI_TCP;
        }

        boolean isUnix() {
            return this == SCGI_UNIX || this == UWSGI_UNIX;
        }

        String protocol() {
            return isScgi() ? "scgi" : "uwsgi";
        }

        /** How the head of a response with this status begins. */
        String begins(int status) {
            return isScgi() ? "Status: " + status + " " : "HTTP/1.1 " + status + " ";
        }
    }

    private final Daemon daemon;
    private final Path directory;

    SoloHouse(Path directory, String more) throws Exception {
        this.directory = directory;
        this.daemon = Daemon.serve(directory, """
            [server]
            runtime_dir = "run"
            log_level = "debug"
            admin = "127.0.0.1:0"

            [app.work]
            kind = "fastcgi"
            command = ["%s"]
            listen = ["scgi:unix:%2$s/scgi.sock", "scgi:127.0.0.1:0", "uwsgi:unix:%2$s/uwsgi.sock", "uwsgi:127.0.0.1:0"]
            workers.max = 2
            workers.mode = "static"
            max_body = "100000B"
            %3$s
            """.formatted(Daemon.TEST_APPS.resolve("testapp.py"), directory, more));
    }

    Daemon daemon() {
        return daemon;
    }

    RawSocket connect(Door door) throws Exception {
        return door.isUnix()
                ? RawSocket.unix(directory.resolve(door.protocol() + ".sock"))
                : RawSocket.tcp(daemon.port("work", door.protocol()));
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    static byte[] get(Door door, String path, String query) {
        return request(door, "GET", path, query, 0, "");
    }

    static byte[] post(Door door, String path, int announced, String body) {
        return request(door, "POST", path, "", announced, body);
    }

    static byte[] request(Door door, String method, String path, String query, int announced, String body) {
        String[] pairs = {
            "CONTENT_LENGTH",
            Integer.toString(announced),
            "SCGI",
            "1",
            "REQUEST_METHOD",
            method,
            "SCRIPT_NAME",
            path,
            "QUERY_STRING",
            query,
            "REQUEST_URI",
            path + "?" + query,
            "SERVER_PROTOCOL",
            "HTTP/1.1"
        };
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (door.isScgi()) {
            String content = String.join("\0", pairs) + "\0";
            out.writeBytes((content.length() + ":" + content + ",").getBytes(ISO_8859_1));
        } else {
            ByteArrayOutputStream variables = new ByteArrayOutputStream();
            for (String string : pairs) {
                variables.write(string.length());
                variables.write(string.length() >> 8);
                variables.writeBytes(string.getBytes(ISO_8859_1));
            }
            out.writeBytes(new byte[] {0, (byte) variables.size(), (byte) (variables.size() >> 8), 0});
            out.writeBytes(variables.toByteArray());
        }
        out.writeBytes(body.getBytes(ISO_8859_1));
        return out.toByteArray();
    }

    /** All that comes until the end of the connection. */
    static String answer(RawSocket socket) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int next = socket.read(); next >= 0; next = socket.read()) {
            all.write(next);
        }
        return all.toString(ISO_8859_1);
    }

    @Override
    public void close() throws Exception {
        daemon.close();
    }
}
