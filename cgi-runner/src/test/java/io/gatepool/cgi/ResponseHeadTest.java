package io.gatepool.cgi;

import static io.gatepool.cgi.Heads.controls;
import static io.gatepool.cgi.Heads.fault;
import static io.gatepool.cgi.Heads.parse;
import static io.gatepool.cgi.Heads.written;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a whole head means. In tables '|' divides columns and '~' lines, and control characters have their names. */
class ResponseHeadTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "Status: 404 Not Found|404|Not Found",
                "status: 404 Not here|404|Not here",
                "STATUS: 404|404|Not Found",
                "Status:404|404|Not Found",
                "Status: \t 404 \t|404|Not Found",
                "Status: 404\tGone fishing|404|Gone fishing",
                "Status: 200|200|OK",
                "Status: 999 Own|999|Own",
                "Status: 299|299|''",
                "Content-Type: text/html|200|OK",
                "X-Only: this|200|OK",
                "Location: http://example.org/|302|Found",
                "location: mailto:x|302|Found",
                "Location: /local|302|Found",
                "Location:|200|OK",
            })
    void theStatusIsTheScriptsOrTheDefault(String line, int status, String reason) throws MalformedHead {
        ResponseHead head = parse(line + "\n\n");

        assertThat(head.status()).isEqualTo(status);
        assertThat(head.reason()).isEqualTo(reason);
    }

    @Test
    void theStatusOfARedirectWithADocumentIsTheScripts() throws MalformedHead {
        ResponseHead head = parse("Status: 301 Moved\nLocation: http://example.org/\nContent-Type: text/html\n\n");

        assertThat(head.status()).isEqualTo(301);
        assertThat(head.location()).hasValue("http://example.org/");
        assertThat(head.contentType()).hasValue("text/html");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Status:",
                "Status: ",
                "Status: OK",
                "Status: 20",
                "Status: 2000",
                "Status: 200OK",
                "Status: 200.1 OK",
                "Status: 099",
                "Status: -20",
                "Status: 20\u00b2",
                "Status: HTTP/1.1 200 OK"
            })
    void aStatusThatIsNoCodeIsMalformed(String line) {
        assertThat(fault("Content-Type: text/html\n" + line + "\n\n"))
                .returns("the status is not a code of three digits", MalformedHead::reason)
                .satisfies(e -> assertThat(e.firstBadLine().orElseThrow()).startsWith("Status:"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Status: 100 Continue", "Status: 199", "HTTP/1.1 101 Switching Protocols"})
    void anInterimStatusIsMalformed(String line) {
        assertThat(fault(line + "\n\n"))
                .returns("the status is below 200, which is no response yet", MalformedHead::reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<html>|line 1 has no colon; is the blank line between header and body missing?",
                "A: b~Hello world|line 2 has no colon; is the blank line between header and body missing?",
                "A: b~c: d~<p lang=x:y>|line 3 does not begin with a header name",
                "Content-Type : text/html|line 1 has a blank between name and colon",
                "Content-Type\t : text/html|line 1 has a blank between name and colon",
                ": value|line 1 has no name before the colon",
                "b\u00e4d: value|line 1 does not begin with a header name",
                "a(b): value|line 1 does not begin with a header name",
                "a@b: value|line 1 does not begin with a header name",
                "a[b]: value|line 1 does not begin with a header name",
                "X{NUL}Y: value|line 1 does not begin with a header name",
                "A: b{NUL}c|line 1 has a NUL byte",
                "A: b~C: {NUL}|line 2 has a NUL byte",
                "A: b{CR}c|line 1 has a carriage return that does not end it",
                "A: b{CR}{CR}|line 1 has a carriage return that does not end it",
                "{CR}A: b|line 1 does not begin with a header name",
                "A: {ESC}[31m|line 1 has a control character",
                "A: {DEL}|line 1 has a control character",
                "A: b~ folded{SOH}|line 2 has a control character",
                "HTTP/1.1 200 O{SOH}K|line 1 has a control character",
                "HTTP/1.1 200 OK~ folded: no|line 2 begins with a blank, but there is no header that it could continue",
                "HTTP/1.1|the status line is not of the form 'HTTP/1.1 200 OK'",
                "HTTP/ 200 OK|the status line is not of the form 'HTTP/1.1 200 OK'",
                "HTTP/x 200 OK|the status line is not of the form 'HTTP/1.1 200 OK'",
                "HTTP/1.1 OK|the status is not a code of three digits",
                "Content-Length: x|Content-Length is not a number of bytes",
                "Content-Length:|Content-Length is not a number of bytes",
                "Content-Length: -1|Content-Length is not a number of bytes",
                "Content-Length: +1|Content-Length is not a number of bytes",
                "Content-Length: 1 2|Content-Length is not a number of bytes",
                "Content-Length: 5, 5|Content-Length is not a number of bytes",
                "Content-Length: 0x10|Content-Length is not a number of bytes",
                "Content-Length: 9999999999999999999|Content-Length is not a number of bytes",
                "Content-Length: 1~content-length: 2|there are two values of Content-Length, and they differ",
                "Status: 200~Status: 404|there are two statuses, and they differ",
                "HTTP/1.1 200 OK~Status: 404|there are two statuses, and they differ",
            })
    void aMalformedHeadSaysWhy(String lines, String reason) {
        String output = controls(lines) + "~~";

        assertThat(fault(output.replace("~", "\n"))).returns(reason, MalformedHead::reason);
        assertThat(fault(output.replace("~", "\r\n"))).returns(reason, MalformedHead::reason);
    }

    @Test
    void aFirstLineThatBeginsWithABlankIsMalformed() {
        assertThat(fault(" A: b\n\n"))
                .hasMessage("line 1 begins with a blank, but there is no header that it could continue: ' A: b'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n", "\nContent-Type: text/html\n\n"})
    void aHeadWithoutAnyHeaderIsMalformed(String output) {
        assertThat(fault(output))
                .returns("there is no header before the blank line", MalformedHead::reason)
                .satisfies(e -> assertThat(e.firstBadLine()).isEmpty());
    }

    @Test
    void theFirstBadLineIsPrintableAndWithoutItsLineEnd() {
        assertThat(fault("A: b\r\n\t\u00e9\\\u0001\r\nC: d\r\n\r\n").firstBadLine())
                .hasValue("\\t\\xe9\\\\\\x01");
    }

    @ParameterizedTest
    @CsvSource({"120,120", "121,120", "1000,120"})
    void theFirstBadLineIsCut(int length, int shown) {
        String line = fault("x".repeat(length) + "\n\n").firstBadLine().orElseThrow();

        assertThat(line).hasSize(shown);
        assertThat(line.endsWith("...")).isEqualTo(length > shown);
    }

    @Test
    void anEscapeIsNotCutInTwo() {
        assertThat(fault("\u00e9".repeat(200) + "\n\n").firstBadLine().orElseThrow())
                .isEqualTo("\\xe9".repeat(29) + "...");
    }

    @Test
    void aMalformedHeadHasNoStackTrace() {
        assertThat(fault("<html>\n\n").getStackTrace()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "A: b|-1",
                "Content-Length: 0|0",
                "content-length:\t12 |12",
                "Content-Length: 007|7",
                "Content-Length: 999999999999999999|999999999999999999",
                "Content-Length: 3~Content-Length: 03|3",
            })
    void theContentLengthIsANumberOrAbsent(String lines, long length) throws MalformedHead {
        assertThat(parse(lines.replace("~", "\n") + "\n\n").contentLength()).isEqualTo(length);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Location: /other?a=b|true",
                "Location: /|true",
                "Content-Type: text/html~Location: /other|true",
                "Connection: close~Location: /other|true",
                "Location:~ /folded|true",
                "Location: //example.org/|false",
                "Location: http://example.org/|false",
                "Location: other|false",
                "Location:|false",
                "Status: 302~Location: /other|false",
                "HTTP/1.1 302 Found~Location: /other|false",
                "Location: /other~Set-Cookie: a=b|false",
                "Location: /other~Content-Length: 0|false",
                "Content-Type: text/html|false",
            })
    void aPathAloneIsALocalRedirect(String lines, boolean local) throws MalformedHead {
        assertThat(parse(lines.replace("~", "\n") + "\n\n").isLocalRedirect()).isEqualTo(local);
    }

    @Test
    void headersComeInOrderAsWrittenAndWithoutTheStatus() throws MalformedHead {
        assertThat(parse("X-b: 1\nStatus: 200\nSet-Cookie: a=1; x \t\nSET-cookie:b\nEmpty:\n\n")
                        .headers())
                .containsExactly(
                        new Header("X-b", "1"),
                        new Header("Set-Cookie", "a=1; x"),
                        new Header("SET-cookie", "b"),
                        new Header("Empty", ""));
    }

    @Test
    void bytesBeyondAsciiAreKept() throws MalformedHead {
        ResponseHead head = parse("X: \u0080\u00a0\u00e9\u00ff\n\n");

        assertThat(head.headers()).containsExactly(new Header("X", "\u0080\u00a0\u00e9\u00ff"));
        assertThat(written(head)).isEqualTo("X: \u0080\u00a0\u00e9\u00ff\n\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: close",
                "keep-alive: timeout=5",
                "Proxy-Authenticate: Basic",
                "Proxy-Connection: close",
                "TE: trailers",
                "Trailer: X",
                "TRANSFER-ENCODING: chunked",
                "Upgrade: h2c"
            })
    void hopByHopHeadersAreDropped(String line) throws MalformedHead {
        ResponseHead head = parse("Content-Type: text/html\n" + line + "\nX: y\r\n\n");

        assertThat(head.headers()).containsExactly(new Header("Content-Type", "text/html"), new Header("X", "y"));
        assertThat(written(head)).isEqualTo("Content-Type: text/html\r\nX: y\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connect: x", "Tea: x", "Te1: x", "Upgraded: x", "Keep-Alive2: x", "X-Connection: x"})
    void headersWithSimilarNamesAreNotDropped(String line) throws MalformedHead {
        assertThat(parse(line + "\n\n").headers()).hasSize(1);
    }

    @Test
    void aHeadOfHopByHopHeadersAloneStillIsAHead() throws MalformedHead {
        ResponseHead head = parse("Connection: close\n\n");

        assertThat(head.status()).isEqualTo(200);
        assertThat(written(head)).isEqualTo("Status: 200 OK\r\n\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "X: a~ b|a b",
                "X: a \t~\t  b\t ~ c|a b c",
                "X:~ a|a",
                "X: a~  ~ b|a b",
                "X: a~ |a",
            })
    void continuationLinesAreJoinedWithOneSpace(String lines, String value) throws MalformedHead {
        for (String lineEnd : new String[] {"\n", "\r\n"}) {
            ResponseHead head = parse(lines.replace("~", lineEnd) + lineEnd + "Y: z" + lineEnd + lineEnd);

            assertThat(head.headers()).containsExactly(new Header("X", value), new Header("Y", "z"));
            assertThat(written(head)).isEqualTo("X: " + value + "\r\nY: z\r\n\r\n");
        }
    }

    @Test
    void aFoldedFieldMeansWhatItMeansInOneLine() throws MalformedHead {
        ResponseHead head = parse("Status:\n 404\n Gone fishing\nContent-Length:\r\n\t12\n\n");

        assertThat(head.status()).isEqualTo(404);
        assertThat(head.reason()).isEqualTo("Gone fishing");
        assertThat(head.contentLength()).isEqualTo(12);
        assertThat(fault("Content-Length: 1\n 2\n\n"))
                .returns("Content-Length is not a number of bytes", MalformedHead::reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 404 Not here|404|Not here|Status: 404 Not here",
                "HTTP/1.0 200|200|OK|Status: 200",
                "HTTP/1.1 200 |200|OK|Status: 200",
                "HTTP/2 204 No Content|204|No Content|Status: 204 No Content",
            })
    void theStatusLineOfAnNphScriptBecomesTheStatus(String line, int status, String reason, String written)
            throws MalformedHead {
        ResponseHead head = parse(line + "\r\nServer: x\r\nConnection: close\r\n\r\n");

        assertThat(head.isNph()).isTrue();
        assertThat(head.status()).isEqualTo(status);
        assertThat(head.reason()).isEqualTo(reason);
        assertThat(head.headers()).containsExactly(new Header("Server", "x"));
        assertThat(written(head)).isEqualTo(written + "\r\nServer: x\r\n\r\n");
    }

    @Test
    void aStatusLineAloneIsAHead() throws MalformedHead {
        assertThat(written(parse("HTTP/1.0 204 No Content\n\n"))).isEqualTo("Status: 204 No Content\r\n\r\n");
    }

    @Test
    void anOrdinaryHeadIsNotNph() throws MalformedHead {
        assertThat(parse("HTTP: /1.1 200 OK\n\n").isNph()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: text/html\n\n",
                "Content-Type: text/html\r\n\r\n",
                "Content-Type: text/html\r\n\n",
                "a:b\nSTATUS:   404   Not  Found  \r\nX:  y\n\r\n",
                "Content-Length: 05\nLocation: /x\n\n",
            })
    void aHeadThatCanGoOnAsItIsKeepsTheScriptsBytes(String bytes) throws MalformedHead {
        ResponseHead head = parse(bytes + "body");

        assertThat(written(head)).isEqualTo(bytes);
        assertThat(head.size()).isEqualTo(bytes.length());
    }

    @Test
    void repeatedStatusesAndLengthsThatAgreeAreWrittenOnce() throws MalformedHead {
        ResponseHead head = parse("Content-Length: 3\nStatus: 404 A\nContent-Length: 03\nStatus: 404 B\nX: y\n\n");

        assertThat(written(head)).isEqualTo("Status: 404 A\r\nContent-Length: 3\r\nX: y\r\n\r\n");
        assertThat(head.size()).isEqualTo(written(head).length());
    }
}
