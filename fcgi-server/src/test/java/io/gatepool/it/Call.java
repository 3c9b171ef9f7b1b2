package io.gatepool.it;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * One HTTP request on a connection of its own, down to the bytes: it can be left open beside others, left in the
 * middle, and its answer tells whether it was complete, which an HTTP client would not.
 */
final class Call implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;

    private Call(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /**
     * What came back; the body as bytes, one character each.
     *
     * @param status 0 when the connection was closed without an answer
     * @param complete false when the answer was visibly cut
     */
    record Answer(int status, Map<String, String> headers, String body, boolean complete) {

        /** The header; empty without one. */
        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }

        /** The name of the failure on an error page. */
        String cause() {
            return header("X-Gatepool-Cause");
        }

        /** The rest of the body's line that begins with {@code name} and a space. */
        String line(String name) {
            return body.lines()
                    .filter(line -> line.startsWith(name + " "))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no line '" + name + " …' in: " + status + "\n" + body))
                    .substring(name.length() + 1);
        }

        int number(String name) {
            return Integer.parseInt(line(name));
        }
    }

    static Answer get(int port, String path) throws IOException {
        try (Call call = send(port, "GET", path, "")) {
            return call.answer();
        }
    }

    static Answer post(int port, String path, String body) throws IOException {
        try (Call call = send(port, "POST", path, body)) {
            return call.answer();
        }
    }

    /** Sends a request and does not wait. A body, one byte per character, is announced with its length; "" is none. */
    static Call send(int port, String method, String path, String body, String... headers) throws IOException {
        StringBuilder head =
                new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        if (!body.isEmpty()) {
            head.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        return raw(port, head + "\r\n" + body);
    }

    /** Sends any bytes. */
    static Call raw(int port, String bytes) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) Poll.PATIENCE.toMillis());
        OutputStream out = socket.getOutputStream();
        out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        return new Call(socket);
    }

    /** Sends some more of the request. */
    void more(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Waits for the next byte of the answer, and leaves it there. */
    void awaitFirstByte() throws IOException {
        in.mark(1);
        if (in.read() < 0) {
            throw new EOFException("closed without an answer");
        }
        in.reset();
    }

    /** Reads the whole answer. */
    Answer answer() throws IOException {
        String first = line();
        if (first.isEmpty()) {
            return new Answer(0, Map.of(), "", false);
        }
        Map<String, String> headers = new TreeMap<>();
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).trim());
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        boolean complete = headers.containsKey("content-length")
                ? copy(body, Integer.parseInt(headers.get("content-length")))
                : !headers.containsKey("transfer-encoding") || chunks(body);
        return new Answer(
                Integer.parseInt(first.split(" ", -1)[1]),
                headers,
                body.toString(StandardCharsets.ISO_8859_1),
                complete);
    }

    private boolean chunks(ByteArrayOutputStream body) throws IOException {
        while (true) {
            String size = line();
            if (size.isEmpty()) {
                return false;
            }
            int length = Integer.parseInt(size, 16);
            if (!copy(body, length)) {
                return false;
            }
            line();
            if (length == 0) {
                return true;
            }
        }
    }

    private boolean copy(ByteArrayOutputStream to, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        to.writeBytes(bytes);
        return bytes.length == length;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    /** Leaves, whether the answer is there or not. */
    @Override
    public void close() throws IOException {
        socket.close();
    }
}
