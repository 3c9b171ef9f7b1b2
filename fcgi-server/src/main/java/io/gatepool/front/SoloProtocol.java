package io.gatepool.front;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatepool.cgi.Header;
import io.gatepool.cgi.ResponseHead;
import io.netty.buffer.ByteBuf;

/** The protocols that have one request for each connection: how they write the head of a request, and of a response. */
public enum SoloProtocol {

    /**
     * The response is that of a CGI script. The status is always there: Apache's mod_proxy_scgi would take a Location
     * without one for 200, where CGI means 302.
     */
    SCGI("scgi", "Status: ") {
        @Override
        RequestHead newHead() {
            return new ScgiHead();
        }
    },

    /**
     * The response is one of HTTP, as uWSGI gives it: nginx and lighttpd would take a CGI response too, but Apache's
     * mod_proxy_uwsgi answers 500 to what does not begin with a status line, and a client that shows the response as it
     * comes (uwsgi_curl) would show no status.
     */
    UWSGI("uwsgi", "HTTP/1.1 ") {
        @Override
        RequestHead newHead() {
            return new UwsgiHead();
        }
    };

    private final String text;
    private final String beforeStatus;

    SoloProtocol(String text, String beforeStatus) {
        this.text = text;
        this.beforeStatus = beforeStatus;
    }

    /** The name as the log has it, such as {@code scgi}. */
    String text() {
        return text;
    }

    /** What reads the head of a request. */
    abstract RequestHead newHead();

    /** Writes the head of a response with its blank line. */
    void write(ResponseHead head, ByteBuf out) {
        line(out, beforeStatus + head.status() + " " + head.reason());
        for (Header header : head.headers()) {
            line(out, header.name() + ": " + header.value());
        }
        line(out, "");
    }

    private static void line(ByteBuf out, String text) {
        out.writeCharSequence(text, ISO_8859_1);
        out.writeShort('\r' << 8 | '\n');
    }
}
