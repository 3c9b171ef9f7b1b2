package io.gatepool.front;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request, line by line, and what it says of the body's length. The grammar is that of RFC 9112 without
 * its leniencies; bytes above 127 pass in targets and values. Used for one request.
 */
final class HttpHead {

    /** More digits would not fit, and nobody sends that much. */
    private static final int MAX_DIGITS = 18;

    private static final int MAX_HEX_DIGITS = 15;

    private static final boolean[] TOKEN = new boolean[256];

    static {
        for (int c = '!'; c < 127; c++) {
            TOKEN[c] = "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
        }
    }

    /** It is not HTTP; the message says why. */
    static class Bad extends Exception {
        private static final long serialVersionUID = 1L;

        Bad(String message) {
            super(message, null, false, false);
        }
    }

    /** It may be HTTP, but there is no room for it now. */
    static final class Overloaded extends Bad {
        private static final long serialVersionUID = 1L;

        Overloaded() {
            super("too many requests with large heads are being sent at a time");
        }
    }

    /**
     * How long the body is.
     *
     * @param length in bytes; {@link #CHUNKED} or {@link #UNKNOWN}
     */
    record Framing(long length) {
        private static final long CHUNKED = -1;
        private static final long UNKNOWN = -2;

        boolean isChunked() {
            return length == CHUNKED;
        }

        /** It has a coding that is not known here: nobody can say where it ends. */
        boolean isUnknown() {
            return length == UNKNOWN;
        }
    }

    private final HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory()
            .withNameValidation(false)
            .withValueValidation(false)
            .newHeaders();
    private @Nullable HttpRequest request;

    /** {@code method SP request-target SP HTTP-version} (RFC 9112, 3), with exactly these two blanks. */
    void requestLine(byte[] line) throws Bad {
        int method = 0;
        while (method < line.length && TOKEN[line[method] & 0xff]) {
            method++;
        }
        if (method == 0 || method == line.length || line[method] != ' ') {
            throw new Bad("the request line does not begin with a method and a blank");
        }
        int target = method + 1;
        while (target < line.length && isVisible(line[target])) {
            target++;
        }
        if (target == method + 1 || target == line.length || line[target] != ' ') {
            throw new Bad("the request line is not METHOD TARGET HTTP/1.1");
        }
        request = new DefaultHttpRequest(
                version(line, target + 1),
                HttpMethod.valueOf(latin(line, 0, method)),
                latin(line, method + 1, target),
                headers);
    }

    private static HttpVersion version(byte[] line, int from) throws Bad {
        // HTTP-name is case-sensitive (RFC 9112, 2.3).
        boolean sound = line.length == from + 8
                && latin(line, from, from + 5).equals("HTTP/")
                && isDigit(line[from + 5])
                && line[from + 6] == '.'
                && isDigit(line[from + 7]);
        if (!sound) {
            throw new Bad("the request line does not end with HTTP/1.1");
        }
        int major = line[from + 5] - '0';
        int minor = line[from + 7] - '0';
        if (major == 1 && minor <= 1) {
            return minor == 0 ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
        }
        return new HttpVersion("HTTP", major, minor, true);
    }

    /**
     * {@code field-name ":" OWS field-value OWS} (RFC 9112, 5).
     *
     * @return bytes of name and value
     */
    int field(byte[] line) throws Bad {
        if (line[0] == ' ' || line[0] == '\t') {
            throw new Bad("a folded or indented header field (RFC 9112, 5.2)");
        }
        int colon = 0;
        while (colon < line.length && TOKEN[line[colon] & 0xff]) {
            colon++;
        }
        if (colon == line.length || line[colon] != ':') {
            throw new Bad("a header field without NAME: (RFC 9112, 5.1)");
        }
        if (colon == 0) {
            throw new Bad("a header field without a name");
        }
        int from = colon + 1;
        int to = line.length;
        while (from < to && isBlank(line[from])) {
            from++;
        }
        while (to > from && isBlank(line[to - 1])) {
            to--;
        }
        for (int at = from; at < to; at++) {
            if (isControl(line[at])) {
                throw new Bad("a control character in a header field");
            }
        }
        AsciiString name = new AsciiString(line, 0, colon, true);
        if (isFraming(name)) {
            refuseTabs(line);
        }
        headers.add(name, latin(line, from, to));
        return colon + to - from;
    }

    private static boolean isFraming(AsciiString name) {
        return HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)
                || HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name);
    }

    /** A blank to the RFC, a part of the value to some servers: no honest client sends one here. */
    private static void refuseTabs(byte[] line) throws Bad {
        for (byte b : line) {
            if (b == '\t') {
                throw new Bad("a tab in Content-Length or Transfer-Encoding");
            }
        }
    }

    /** The request; to be called after its last line. */
    HttpRequest request() throws Bad {
        if (request == null) {
            throw new Bad("no request line");
        }
        return request;
    }

    /** How long its body is (RFC 9112, 6.3). */
    Framing framing() throws Bad {
        List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (codings.isEmpty()) {
            return lengths.isEmpty() ? new Framing(0) : length(lengths);
        }
        if (!lengths.isEmpty()) {
            throw new Bad("both Content-Length and Transfer-Encoding");
        }
        boolean http10 = request().protocolVersion().equals(HttpVersion.HTTP_1_0);
        boolean chunked = !http10 && codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked");
        return new Framing(chunked ? Framing.CHUNKED : Framing.UNKNOWN);
    }

    private static Framing length(List<String> lengths) throws Bad {
        String digits = lengths.get(0);
        if (lengths.size() > 1) {
            throw new Bad("more than one Content-Length");
        }
        boolean sound = !digits.isEmpty() && digits.length() <= MAX_DIGITS;
        long value = 0;
        for (int at = 0; sound && at < digits.length(); at++) {
            char c = digits.charAt(at);
            sound = c >= '0' && c <= '9';
            value = value * 10 + (c - '0');
        }
        if (!sound) {
            throw new Bad("Content-Length is not a number of bytes");
        }
        return new Framing(value);
    }

    /** The size in the first line of a chunk (RFC 9112, 7.1); an extension begins with ";", at once. */
    static long chunkSize(byte[] line) throws Bad {
        long size = 0;
        int at = 0;
        for (; at < line.length; at++) {
            int digit = Character.digit(line[at], 16);
            if (digit < 0) {
                break;
            }
            size = size << 4 | digit;
            if (at >= MAX_HEX_DIGITS) {
                throw new Bad("a chunk with a size of more than " + MAX_HEX_DIGITS + " digits");
            }
        }
        if (at == 0 || at < line.length && line[at] != ';') {
            throw new Bad("a chunk without a size");
        }
        for (; at < line.length; at++) {
            if (isControl(line[at])) {
                throw new Bad("a control character in a chunk extension");
            }
        }
        return size;
    }

    /** How many bytes behind a chunk's size are an extension. */
    static int extension(byte[] line) {
        int at = 0;
        while (at < line.length && line[at] != ';') {
            at++;
        }
        return line.length - at;
    }

    private static String latin(byte[] line, int from, int to) {
        return new String(line, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static boolean isVisible(byte b) {
        return (b & 0xff) > ' ' && b != 127;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    private static boolean isControl(byte b) {
        return b >= 0 && b < ' ' && b != '\t' || b == 127;
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }
}
