package io.gatepool.it;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** An HTTP client that sends every byte as the test wants it, and takes answers apart without forgiveness. */
final class RawHttp implements AutoCloseable {

    /**
     * A response.
     *
     * @param fields by name in lower case
     * @param body one char for each byte, without the chunks' framing
     * @param complete whether it ended as its head had promised; true for one that ends with the connection
     */
    record Response(int status, Map<String, String> fields, String body, boolean complete) {
        String field(String name) {
            return fields.getOrDefault(name, "");
        }

        boolean closes() {
            return field("connection").equals("close");
        }
    }

    private final RawSocket socket;

    private RawHttp(RawSocket socket) {
        this.socket = socket;
    }

    static RawHttp connect(int port) {
        return new RawHttp(RawSocket.tcp(port));
    }

    /** A client for which the kernel takes little on its own. */
    static RawHttp connectWithSmallBuffer(int port) {
        return new RawHttp(RawSocket.tcpWithSmallBuffer(port));
    }

    RawSocket socket() {
        return socket;
    }

    /** Sends text as it is; a line end must be written as "\r\n". */
    RawHttp send(String text) {
        socket.send(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** The same, to a server that may have closed already. */
    RawHttp trySend(String text) {
        socket.trySend(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** A GET with a Host field, and more lines, each with its end. */
    RawHttp get(String target, String... more) {
        return send("GET " + target + " HTTP/1.1\r\nHost: test\r\n" + String.join("", more) + "\r\n");
    }

    /** The next response to a request other than HEAD. */
    Response response() {
        return response(false);
    }

    Response response(boolean toHead) {
        String line = line();
        if (!line.startsWith("HTTP/1.1 ")) {
            throw new AssertionError("no status line, but: " + line);
        }
        int status = Integer.parseInt(line.substring(9, 12));
        Map<String, String> fields = new TreeMap<>();
        for (String field = line(); !field.isEmpty(); field = line()) {
            int colon = field.indexOf(':');
            fields.merge(
                    field.substring(0, colon).toLowerCase(Locale.ROOT),
                    field.substring(colon + 1).trim(),
                    (one, other) -> one + ", " + other);
        }
        if (toHead || status < 200 || status == 204 || status == 304) {
            return new Response(status, fields, "", true);
        }
        if (fields.getOrDefault("transfer-encoding", "").equals("chunked")) {
            return chunked(status, fields);
        }
        StringBuilder body = new StringBuilder();
        int length = Integer.parseInt(fields.getOrDefault("content-length", "-1"));
        while (body.length() != length) {
            int next = socket.read();
            if (next < 0) {
                break;
            }
            body.append((char) next);
        }
        return new Response(status, fields, body.toString(), length < 0 || body.length() == length);
    }

    private Response chunked(int status, Map<String, String> fields) {
        StringBuilder body = new StringBuilder();
        while (socket.fill()) {
            String size = line();
            if (size.isEmpty()) {
                break;
            }
            int left = Integer.parseInt(size, 16);
            if (left == 0) {
                return new Response(status, fields, body.toString(), line().isEmpty());
            }
            for (; left > 0; left--) {
                body.append((char) socket.read());
            }
            if (!line().isEmpty()) {
                throw new AssertionError("a chunk is longer than its size");
            }
        }
        return new Response(status, fields, body.toString(), false);
    }

    /** Up to CRLF, or to the end. */
    private String line() {
        StringBuilder line = new StringBuilder();
        for (int next = socket.read(); next >= 0 && next != '\n'; next = socket.read()) {
            line.append((char) next);
        }
        int end = line.length() - 1;
        return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
    }

    /** Whether the server closes without another byte. */
    boolean ends() {
        return !socket.fill();
    }

    @Override
    public void close() {
        socket.close();
    }
}
