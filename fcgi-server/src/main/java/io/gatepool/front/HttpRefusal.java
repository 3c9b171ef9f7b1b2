package io.gatepool.front;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gatepool.cgi.Printable;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a request is answered by the HTTP front itself and the connection closed: it is not well-formed, or larger than
 * allowed.
 *
 * @param detail what is wrong, with the limit and the setting where there is one
 */
record HttpRefusal(HttpResponseStatus status, String detail) {

    static final HttpRefusal BAD = new HttpRefusal(HttpResponseStatus.BAD_REQUEST, "the request is not HTTP/1.1");

    /** The whole response, for people to read; the connection closes behind it. */
    byte[] response() {
        String text = status + ": " + detail + "\n";
        String head = "HTTP/1.1 " + status
                + "\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: "
                + text.getBytes(UTF_8).length
                + "\r\nconnection: close\r\n\r\n";
        return (head + text).getBytes(UTF_8);
    }

    /** What the decoder could not read. */
    static HttpRefusal ofDecoder(@Nullable Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return new HttpRefusal(
                    HttpResponseStatus.REQUEST_URI_TOO_LONG, "the request line is too long (http.request_line)");
        }
        if (cause instanceof TooLongHttpHeaderException) {
            return new HttpRefusal(
                    HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                    Optional.ofNullable(cause.getMessage()).orElse("the header fields are too large"));
        }
        if (cause instanceof HttpHead.Overloaded) {
            return new HttpRefusal(HttpResponseStatus.SERVICE_UNAVAILABLE, String.valueOf(cause.getMessage()));
        }
        String message = Optional.ofNullable(cause).map(Throwable::getMessage).orElse("");
        return message.isEmpty() ? BAD : new HttpRefusal(HttpResponseStatus.BAD_REQUEST, Printable.of(message, 200));
    }

    /** What is readable but not acceptable; null when the request may go on. */
    static @Nullable HttpRefusal of(HttpRequest request) {
        if (request.protocolVersion().majorVersion() != 1) {
            return new HttpRefusal(HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED, "HTTP/1.0 and 1.1 are spoken here");
        }
        if (request.method().equals(HttpMethod.CONNECT)) {
            return new HttpRefusal(HttpResponseStatus.METHOD_NOT_ALLOWED, "this is not a proxy");
        }
        return ofFraming(request);
    }

    private static @Nullable HttpRefusal ofFraming(HttpRequest request) {
        boolean http11 = request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0;
        int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || http11 && hosts == 0) {
            return new HttpRefusal(HttpResponseStatus.BAD_REQUEST, "exactly one Host field is needed (RFC 9112, 3.2)");
        }
        if (!isHost(request.headers().get(HttpHeaderNames.HOST, ""))) {
            return new HttpRefusal(HttpResponseStatus.BAD_REQUEST, "the Host field is not HOST or HOST:PORT");
        }
        List<String> codings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!codings.isEmpty()
                && (!http11 || codings.size() > 1 || !codings.get(0).trim().equalsIgnoreCase("chunked"))) {
            return new HttpRefusal(
                    HttpResponseStatus.NOT_IMPLEMENTED, "the only transfer coding known here is chunked");
        }
        String expectation = request.headers().get(HttpHeaderNames.EXPECT);
        if (expectation != null && !expectation.equalsIgnoreCase("100-continue")) {
            return new HttpRefusal(HttpResponseStatus.EXPECTATION_FAILED, "the only expectation known is 100-continue");
        }
        return null;
    }

    /** The characters that a host, an address or a port can have (RFC 3986, 3.2.2); it may be empty. */
    static boolean isHost(String host) {
        for (int at = 0; at < host.length(); at++) {
            char c = host.charAt(at);
            boolean alphanumeric = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!alphanumeric && "-._~%!$&'()*+,;=:[]".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }
}
