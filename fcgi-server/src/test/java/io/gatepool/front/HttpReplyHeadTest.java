package io.gatepool.front;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.MalformedHead;
import io.gatepool.cgi.ResponseHead;
import io.gatepool.cgi.ResponseHeadParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpReplyHeadTest {

    private final ByteBuf out = Unpooled.buffer();
    private final HttpReplyHead head = new HttpReplyHead(out);

    /** Lines are separated by "|" here and there. */
    private String of(String lines) throws MalformedHead {
        ByteBuf in = Unpooled.copiedBuffer(lines.replace("|", "\n") + "\n\n", ISO_8859_1);
        ResponseHead parsed = Objects.requireNonNull(new ResponseHeadParser(8192).feed(in));
        head.begin(parsed, "NOW".getBytes(US_ASCII));
        return out.toString(ISO_8859_1).replace("\r\n", "|");
    }

    @ParameterizedTest
    @CsvSource({
        "X: y, HTTP/1.1 200 OK|X: y|date: NOW|server: gatepool|",
        "Status: 404|X: y, HTTP/1.1 404 Not Found|X: y|date: NOW|server: gatepool|",
        "X: y|Status: 299 As it likes, HTTP/1.1 299 As it likes|X: y|date: NOW|server: gatepool|",
        "X: y|Status: 799, HTTP/1.1 799 |X: y|date: NOW|server: gatepool|",
        "Location: http://a/, HTTP/1.1 302 Found|Location: http://a/|date: NOW|server: gatepool|",
        "HTTP/1.0 201 Made|X: y, HTTP/1.1 201 Made|X: y|date: NOW|server: gatepool|",
    })
    void theStatusIsTheApplications(String lines, String expected) throws MalformedHead {
        assertThat(of(lines)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "a:b|C:  d  |E:, HTTP/1.1 200 OK|a: b|C: d|E: |date: NOW|server: gatepool|",
        "A: 1|B: 2|A: 3, HTTP/1.1 200 OK|A: 1|B: 2|A: 3|date: NOW|server: gatepool|",
        "A: \u00fc, HTTP/1.1 200 OK|A: \u00fc|date: NOW|server: gatepool|",
        "A: 1|Connection: close|Transfer-Encoding: x, HTTP/1.1 200 OK|A: 1|date: NOW|server: gatepool|",
    })
    void fieldsKeepTheirOrderAndBytes(String lines, String expected) throws MalformedHead {
        assertThat(of(lines)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "Date: then, HTTP/1.1 200 OK|Date: then|server: gatepool|",
        "DATE: then|SERVER: me, HTTP/1.1 200 OK|DATE: then|SERVER: me|",
        "server: me, HTTP/1.1 200 OK|server: me|date: NOW|",
        "Data: x|Sorver: y, HTTP/1.1 200 OK|Data: x|Sorver: y|date: NOW|server: gatepool|",
    })
    void dateAndServerOfTheApplicationCount(String lines, String expected) throws MalformedHead {
        assertThat(of(lines)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "Status: 200|Content-Length: 0, HTTP/1.1 200 OK|Content-Length: 0|date: NOW|server: gatepool|",
        "Status: 304|Content-Length: 9, HTTP/1.1 304 Not Modified|Content-Length: 9|date: NOW|server: gatepool|",
        "Status: 204|content-length: 0, HTTP/1.1 204 No Content|date: NOW|server: gatepool|",
        "Status: 204|Content-Lengthy: 0, HTTP/1.1 204 No Content|Content-Lengthy: 0|date: NOW|server: gatepool|",
    })
    void thereIsNoLengthWithNoContent(String lines, String expected) throws MalformedHead {
        assertThat(of(lines)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0", "7", "10", "909", "9223372036854775807"})
    void aLengthIsWrittenInDigits(long length) {
        head.contentLength(length);
        assertThat(out.toString(US_ASCII)).isEqualTo("content-length: " + length + "\r\n");
    }

    @Test
    void itEndsWithABlankLine() {
        head.chunked();
        head.end("connection: close\r\n".getBytes(US_ASCII));
        assertThat(out.toString(US_ASCII)).isEqualTo("transfer-encoding: chunked\r\nconnection: close\r\n\r\n");
    }
}
