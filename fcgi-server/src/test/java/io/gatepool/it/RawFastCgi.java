package io.gatepool.it;

import io.gatepool.fastcgi.NameValues;
import io.gatepool.fastcgi.RecordType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A web server as it could behave at worst: sends FastCGI records made by hand, and reads back every record as it came.
 * Nothing leaves before {@link #send()}, or a read.
 */
final class RawFastCgi implements AutoCloseable {

    static final int RESPONDER = 1;
    static final int AUTHORIZER = 2;
    static final int FILTER = 3;

    static final byte[] NOTHING = {};

    /** A record as it came; its content has one char for each byte. */
    record Received(RecordType type, int id, String content) {}

    /**
     * All that came for one request.
     *
     * @param text STDOUT, put together; one char for each byte
     * @param records every record of it in order, such as "STDOUT 12"
     * @param protocolStatus of END_REQUEST
     */
    record Answer(String text, List<String> records, int protocolStatus) {
        String body() {
            return text.substring(text.indexOf("\r\n\r\n") + 4);
        }

        /** The variables that testapp.py's "env" has printed. */
        Map<String, String> environ() {
            Map<String, String> environ = new LinkedHashMap<>();
            body().lines()
                    .forEach(line ->
                            environ.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
            return environ;
        }
    }

    private final RawSocket socket;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Deque<Received> unclaimed = new ArrayDeque<>();
    private long lastAppStatus;

    RawFastCgi(RawSocket socket) {
        this.socket = socket;
    }

    static RawFastCgi unix(Path path) {
        return new RawFastCgi(RawSocket.unix(path));
    }

    static RawFastCgi tcp(int port) {
        return new RawFastCgi(RawSocket.tcp(port));
    }

    RawSocket socket() {
        return socket;
    }

    // ---- out ----

    RawFastCgi begin(int id, int role, boolean keep) {
        return record(
                RecordType.BEGIN_REQUEST.code(), id, new byte[] {0, (byte) role, (byte) (keep ? 1 : 0), 0, 0, 0, 0, 0});
    }

    /** A responder on a connection that is kept. */
    RawFastCgi begin(int id) {
        return begin(id, RESPONDER, true);
    }

    RawFastCgi params(int id, byte[] content) {
        return record(RecordType.PARAMS.code(), id, content);
    }

    /** A whole PARAMS stream in records of at most 65535 bytes. */
    RawFastCgi params(int id, Map<String, String> variables) {
        stream(RecordType.PARAMS, id, encoded(variables), 65535);
        return params(id, NOTHING);
    }

    RawFastCgi stdin(int id, byte[] content) {
        return stream(RecordType.STDIN, id, content, 65535);
    }

    RawFastCgi stdin(int id, String content) {
        return stdin(id, content.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawFastCgi endStdin(int id) {
        return record(RecordType.STDIN.code(), id, NOTHING);
    }

    RawFastCgi abort(int id) {
        return record(RecordType.ABORT_REQUEST.code(), id, NOTHING);
    }

    /** The content in records of {@code size} bytes; without the empty one that ends the stream. */
    RawFastCgi stream(RecordType type, int id, byte[] content, int size) {
        for (int at = 0; at < content.length; at += size) {
            record(type.code(), id, java.util.Arrays.copyOfRange(content, at, Math.min(content.length, at + size)));
        }
        return this;
    }

    RawFastCgi record(int type, int id, byte[] content) {
        return record(1, type, id, content, 0, 0);
    }

    /** A record with all its fields. */
    RawFastCgi record(int version, int type, int id, byte[] content, int padding, int reserved) {
        out.write(version);
        out.write(type);
        out.write(id >> 8);
        out.write(id);
        out.write(content.length >> 8);
        out.write(content.length);
        out.write(padding);
        out.write(reserved);
        out.writeBytes(content);
        out.writeBytes(new byte[padding]);
        return this;
    }

    /** Lets all of it go. */
    RawFastCgi send() {
        socket.send(taken());
        return this;
    }

    /** What would have been sent. */
    byte[] taken() {
        byte[] bytes = out.toByteArray();
        out.reset();
        return bytes;
    }

    /** GET of {@code path} with the variables of every request. */
    static Map<String, String> get(String path, String query) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("REQUEST_METHOD", "GET");
        variables.put("SCRIPT_NAME", path);
        variables.put("QUERY_STRING", query);
        variables.put("REQUEST_URI", path + (query.isEmpty() ? "" : "?" + query));
        variables.put("SERVER_PROTOCOL", "HTTP/1.1");
        return variables;
    }

    /** POST of {@code length} bytes to {@code path}. */
    static Map<String, String> post(String path, String length) {
        Map<String, String> variables = get(path, "");
        variables.put("REQUEST_METHOD", "POST");
        variables.put("CONTENT_LENGTH", length);
        return variables;
    }

    /** A whole GET in one write, and its answer. */
    Answer request(int id, boolean keep, String path, String query) {
        begin(id, RESPONDER, keep).params(id, get(path, query)).endStdin(id).send();
        return answer(id);
    }

    static byte[] encoded(Map<String, String> variables) {
        ByteBuf encoded = Unpooled.buffer();
        NameValues.write(encoded, variables);
        byte[] bytes = new byte[encoded.readableBytes()];
        encoded.readBytes(bytes);
        return bytes;
    }

    /** A pair whose lengths both take four bytes. */
    static byte[] longPair(String name, String value) {
        return ByteBuffer.allocate(8 + name.length() + value.length())
                .putInt(name.length() | 0x80000000)
                .putInt(value.length() | 0x80000000)
                .put(name.getBytes(StandardCharsets.ISO_8859_1))
                .put(value.getBytes(StandardCharsets.ISO_8859_1))
                .array();
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    // ---- in ----

    /** The next record, or null when the connection has ended between two records. */
    @Nullable
    Received read() {
        Received earlier = unclaimed.poll();
        return earlier != null ? earlier : receive();
    }

    private @Nullable Received receive() {
        if (out.size() > 0) {
            send();
        }
        if (!socket.fill()) {
            return null;
        }
        ByteBuffer header = ByteBuffer.wrap(socket.read(8));
        if (header.get() != 1) {
            throw new AssertionError("a record of another version");
        }
        RecordType type = RecordType.of(header.get());
        if (type == null) {
            throw new AssertionError("a record of no known type");
        }
        int id = header.getShort() & 0xffff;
        String content = latin1(socket.read(header.getShort() & 0xffff));
        socket.read(header.get() & 0xff);
        return new Received(type, id, content);
    }

    /** Everything up to the END_REQUEST of this request; what comes for others is kept for them. */
    Answer answer(int id) {
        Answer answer = answerOrEnd(id);
        if (answer.protocolStatus() < 0) {
            throw new AssertionError("the connection ended before request " + id + ": " + answer.records());
        }
        return answer;
    }

    /** The application's status in the last END_REQUEST that was read. */
    long lastAppStatus() {
        return lastAppStatus;
    }

    /** The same, but the connection may end before END_REQUEST: the protocol status is -1 then. */
    Answer answerOrEnd(int id) {
        StringBuilder output = new StringBuilder();
        List<String> records = new ArrayList<>();
        Deque<Received> others = new ArrayDeque<>();
        int status = -1;
        while (status < 0) {
            Received record = read();
            if (record == null) {
                break;
            }
            if (record.id() != id) {
                others.add(record);
                continue;
            }
            records.add(record.type() + " " + record.content().length());
            if (record.type() == RecordType.STDOUT) {
                output.append(record.content());
            } else if (record.type() == RecordType.END_REQUEST) {
                status = record.content().charAt(4);
                lastAppStatus = 0;
                for (char digit : record.content().substring(0, 4).toCharArray()) {
                    lastAppStatus = lastAppStatus << 8 | digit;
                }
            }
        }
        // What was not looked at yet has come later.
        others.descendingIterator().forEachRemaining(unclaimed::addFirst);
        return new Answer(output.toString(), records, status);
    }

    /** Waits until the output that comes ends with {@code text}; it stays to be read. */
    void awaitOutput(String text) {
        StringBuilder output = new StringBuilder();
        while (!output.toString().endsWith(text)) {
            Received record = receive();
            if (record == null) {
                throw new AssertionError("the connection ended before '" + text + "': " + output);
            }
            unclaimed.add(record);
            output.append(record.content());
        }
    }

    /** Whether the peer closes without another byte. */
    boolean ends() {
        if (out.size() > 0) {
            socket.trySend(taken());
        }
        return unclaimed.isEmpty() && !socket.fill();
    }

    @Override
    public void close() {
        socket.close();
    }
}
