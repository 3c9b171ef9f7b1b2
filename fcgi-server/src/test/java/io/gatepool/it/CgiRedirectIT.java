package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Local redirects (RFC 3875, 6.2.2), and answers that are not as long as they say. */
class CgiRedirectIT {

    @SuppressWarnings("NullAway.Init")
    private static ScriptHouse house;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        house = new ScriptHouse(
                directory,
                "",
                Map.of(
                        "cgi", "",
                        "one", "max_running = 1",
                        "passed", "request_buffering = \"off\"",
                        "below", "mount = \"/below\""));
        house.script("to.sh", "printf 'Location: %s\\n\\nignored' \"$QUERY_STRING\"");
        house.script("status.sh", "printf 'Status: 301\\nLocation: /end.sh\\n\\nbody'");
        house.script(
                "end.sh",
                "printf 'Content-Type: text/plain\\n\\n'",
                "echo \"$REQUEST_METHOD $SCRIPT_NAME|$PATH_INFO|$QUERY_STRING|$CONTENT_LENGTH|$REDIRECT_URL|$(cat | wc -c)\"");
        house.script("longer.sh", "printf 'Content-Length: 4\\nContent-Type: text/plain\\n\\nfour and more'");
        house.script("shorter.sh", "printf 'Content-Length: 100\\nContent-Type: text/plain\\n\\nshort'");
    }

    @AfterAll
    static void stop() throws Exception {
        house.close();
    }

    private static RawFastCgi.Answer fastcgi(String path, String query) throws Exception {
        try (RawFastCgi peer = RawFastCgi.tcp(house.fastcgi("cgi"))) {
            peer.begin(1).params(1, RawFastCgi.get(path, query)).endStdin(1).send();
            return peer.answerOrEnd(1);
        }
    }

    @Test
    void aPathIsAnsweredWithWhatIsThere() throws Exception {
        Call.Answer answer = Call.get(house.http("cgi"), "/to.sh?/end.sh/more%20path?a=b");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Location")).isEmpty();
        assertThat(answer.body()).isEqualTo("GET /end.sh|/more path|a=b||/to.sh|0\n");
        assertThat(fastcgi("/to.sh", "/end.sh?c").text())
                .endsWith("GET /end.sh||c||/to.sh|0\n")
                .doesNotContain("Location");
    }

    @Test
    void theBodyOfTheRequestDoesNotGoAlong() throws Exception {
        for (String app : new String[] {"cgi", "one", "passed"}) {
            Call.Answer answer = Call.post(house.http(app), "/to.sh?/end.sh", "x".repeat(300_000));
            assertThat(answer.body()).as(app).isEqualTo("GET /end.sh||||/to.sh|0\n");
        }
    }

    @Test
    void oneRequestIsOneLineInTheAccessLog() throws Exception {
        Call.get(house.http("one"), "/to.sh?/end.sh?once");
        Poll.until("it is logged", () -> house.accessLog().contains("/to.sh?/end.sh?once "));
        assertThat(house.accessLog().split("/end.sh\\?once ", -1)).hasSize(2);
    }

    @Test
    void aLoopEnds() throws Exception {
        String step = "/to.sh?";
        assertThat(Call.get(house.http("cgi"), step.repeat(10) + "/end.sh").status())
                .isEqualTo(200);
        int from = house.daemon().log().length();
        Call.Answer answer = Call.get(house.http("cgi"), step.repeat(11) + "/end.sh");
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.cause()).isEqualTo("redirect-loop");
        house.daemon().await("to.sh \\(\\d+\\) leads to /end.sh, after 10 redirects before", from);
    }

    @Test
    void whatIsNotThereIs404() throws Exception {
        assertThat(Call.get(house.http("cgi"), "/to.sh?/nothing.sh").status()).isEqualTo(404);
        assertThat(Call.get(house.http("cgi"), "/to.sh?/../outside.sh").status())
                .as("climbing is nothing that gatepool follows")
                .isEqualTo(302);
    }

    @Test
    void aPathOutsideTheMountGoesToTheClient() throws Exception {
        Call.Answer answer = Call.get(house.http("below"), "/below/to.sh?/end.sh");
        assertThat(answer.status()).isEqualTo(302);
        assertThat(answer.header("Location")).isEqualTo("/end.sh");
        assertThat(Call.get(house.http("below"), "/below/to.sh?/below/end.sh").status())
                .isEqualTo(200);
    }

    @Test
    void withAStatusItIsARedirectOfTheClients() throws Exception {
        Call.Answer answer = Call.get(house.http("cgi"), "/status.sh");
        assertThat(answer.status()).isEqualTo(301);
        assertThat(answer.header("Location")).isEqualTo("/end.sh");
        assertThat(answer.body()).isEqualTo("body");
    }

    @Test
    void anotherServersAddressIsRedirectedTo() throws Exception {
        Call.Answer answer = Call.get(house.http("cgi"), "/to.sh?//example.org/");
        assertThat(answer.status()).isEqualTo(302);
        assertThat(answer.header("Location")).isEqualTo("//example.org/");
    }

    @Test
    void moreThanItsContentLengthIsCutOff() throws Exception {
        Call.Answer answer = Call.get(house.http("cgi"), "/longer.sh");
        assertThat(answer.complete()).isTrue();
        assertThat(answer.body()).isEqualTo("four");
        assertThat(fastcgi("/longer.sh", "").text()).endsWith("\n\nfour");
        house.daemon().running().await("9 bytes longer than its Content-Length");
    }

    @Test
    void lessThanItsContentLengthIsVisiblyIncomplete() throws Exception {
        assertThat(Call.get(house.http("cgi"), "/shorter.sh").complete()).isFalse();
        assertThat(fastcgi("/shorter.sh", "").records()).noneMatch(record -> record.startsWith("END_REQUEST"));
        try (Call head = Call.send(house.http("cgi"), "HEAD", "/shorter.sh", "")) {
            assertThat(head.answer().header("Content-Length")).isEqualTo("100");
        }
    }
}
