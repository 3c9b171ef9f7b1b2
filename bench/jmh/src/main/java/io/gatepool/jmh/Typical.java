package io.gatepool.jmh;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepool.fastcgi.NameValues;
import io.gatepool.fastcgi.ProtocolStatus;
import io.gatepool.fastcgi.RecordEncoder;
import io.gatepool.fastcgi.RecordHeader;
import io.gatepool.fastcgi.RecordType;
import io.gatepool.fastcgi.Role;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What goes over the wire on a usual day: a browser behind nginx with its fastcgi_params, an application in C or PHP.
 */
public final class Typical {

    /** nginx's records of a body. */
    private static final int NGINX_STDIN = 32 * 1024;

    /** How much a record of a body in an answer holds; libfcgi's buffer is smaller, PHP's as large. */
    private static final int STDOUT = 32 * 1024;

    public static final int LARGE = 64 * 1024;

    public static final String SMALL_HEAD = "Content-Type: text/plain\r\nContent-Length: 12\r\n\r\n";

    public static final String PHP_HEAD = """
            Status: 200 OK\r
            X-Powered-By: PHP/8.2.28\r
            Set-Cookie: PHPSESSID=3lp8ks2v0qkqe2v9f0n6p4t9rd; path=/; secure; HttpOnly; SameSite=Lax\r
            Expires: Thu, 19 Nov 1981 08:52:00 GMT\r
            Cache-Control: no-store, no-cache, must-revalidate\r
            Pragma: no-cache\r
            Vary: Accept-Encoding\r
            Content-type: text/html; charset=UTF-8\r
            \r
            """;

    private Typical() {}

    /** 31 variables: 21 of nginx, 10 fields of a browser. */
    public static Map<String, String> variables(String method, int bodyLength) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("GATEWAY_INTERFACE", "CGI/1.1");
        variables.put("SERVER_SOFTWARE", "nginx/1.22.1");
        variables.put("SERVER_PROTOCOL", "HTTP/1.1");
        variables.put("SERVER_NAME", "shop.example.org");
        variables.put("SERVER_ADDR", "192.0.2.80");
        variables.put("SERVER_PORT", "443");
        variables.put("REQUEST_SCHEME", "https");
        variables.put("HTTPS", "on");
        variables.put("REMOTE_ADDR", "198.51.100.23");
        variables.put("REMOTE_PORT", "50123");
        variables.put("REMOTE_USER", "");
        variables.put("REQUEST_METHOD", method);
        variables.put("REQUEST_URI", "/articles/2026/a-gate-and-a-pool?page=2&sort=date");
        variables.put("QUERY_STRING", "page=2&sort=date");
        variables.put("CONTENT_TYPE", bodyLength == 0 ? "" : "application/octet-stream");
        variables.put("CONTENT_LENGTH", bodyLength == 0 ? "" : Integer.toString(bodyLength));
        variables.put("SCRIPT_NAME", "/articles/2026/a-gate-and-a-pool");
        variables.put("DOCUMENT_URI", "/articles/2026/a-gate-and-a-pool");
        variables.put("DOCUMENT_ROOT", "/var/www/html");
        variables.put("SCRIPT_FILENAME", "/var/www/html/articles/2026/a-gate-and-a-pool");
        variables.put("REDIRECT_STATUS", "200");
        variables.putAll(fields());
        return variables;
    }

    private static Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("HTTP_HOST", "shop.example.org");
        fields.put("HTTP_USER_AGENT", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
        fields.put("HTTP_ACCEPT", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        fields.put("HTTP_ACCEPT_LANGUAGE", "de,en-US;q=0.7,en;q=0.3");
        fields.put("HTTP_ACCEPT_ENCODING", "gzip, deflate, br, zstd");
        fields.put("HTTP_REFERER", "https://shop.example.org/articles/2026/");
        fields.put("HTTP_COOKIE", "PHPSESSID=3lp8ks2v0qkqe2v9f0n6p4t9rd; theme=dark; consent=1");
        fields.put("HTTP_UPGRADE_INSECURE_REQUESTS", "1");
        fields.put("HTTP_SEC_FETCH_MODE", "navigate");
        fields.put("HTTP_PRIORITY", "u=0, i");
        return fields;
    }

    /** The content of PARAMS. */
    public static byte[] params(String method, int bodyLength) {
        ByteBuf out = Unpooled.buffer();
        NameValues.write(out, variables(method, bodyLength));
        return ByteBufUtil.getBytes(out);
    }

    /** A whole request as nginx sends it: its records are padded to multiples of 8. */
    public static ByteBuf request(String method, int bodyLength) {
        ByteBuf out = Unpooled.buffer();
        RecordEncoder.beginRequest(out, 1, Role.RESPONDER, true);
        record(out, RecordType.PARAMS, params(method, bodyLength));
        record(out, RecordType.PARAMS, new byte[0]);
        for (int left = bodyLength; left > 0; left -= NGINX_STDIN) {
            record(out, RecordType.STDIN, new byte[Math.min(left, NGINX_STDIN)]);
        }
        record(out, RecordType.STDIN, new byte[0]);
        return direct(out);
    }

    private static void record(ByteBuf out, RecordType type, byte[] content) {
        int padding = -content.length & 7;
        RecordHeader.write(out, type, 1, content.length, padding);
        out.writeBytes(content).writeZero(padding);
    }

    /** A whole answer of a worker. */
    public static ByteBuf answer(String head, int bodyLength) {
        ByteBuf out = Unpooled.buffer();
        ByteBuf content = Unpooled.copiedBuffer(head, ISO_8859_1).writeZero(bodyLength);
        while (content.isReadable()) {
            RecordEncoder.stream(
                    out, RecordType.STDOUT, 1, content.readSlice(Math.min(content.readableBytes(), STDOUT)));
        }
        RecordEncoder.streamEnd(out, RecordType.STDOUT, 1);
        RecordEncoder.endRequest(out, 1, 0, ProtocolStatus.REQUEST_COMPLETE);
        return direct(out);
    }

    /** A request as a browser sends it. */
    public static ByteBuf httpRequest() {
        StringBuilder text = new StringBuilder("GET /articles/2026/a-gate-and-a-pool?page=2&sort=date HTTP/1.1\r\n");
        fields().forEach((name, value) -> text.append(
                        name.substring("HTTP_".length()).replace('_', '-'))
                .append(": ")
                .append(value)
                .append("\r\n"));
        return direct(Unpooled.copiedBuffer(text.append("\r\n"), ISO_8859_1));
    }

    /** Where bytes from a socket lie: in a pooled buffer outside the Java heap. */
    public static ByteBuf direct(ByteBuf bytes) {
        return PooledByteBufAllocator.DEFAULT
                .directBuffer(bytes.readableBytes())
                .writeBytes(bytes);
    }
}
