package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is made of the heads that scripts write (RFC 3875, 6), over HTTP and over FastCGI. */
class CgiHeadIT {

    @SuppressWarnings("NullAway.Init")
    private static ScriptHouse house;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        house = new ScriptHouse(directory, "", Map.of("cgi", "response_head = \"4KiB\""));
        // Prints what the query says, percent-decoded.
        house.program("print.py", """
                #!/usr/bin/python3
                import os, sys
                from urllib.parse import unquote_to_bytes
                sys.stdout.buffer.write(unquote_to_bytes(os.environ["QUERY_STRING"]))
                """);
        house.program("nph-print.py", """
                #!/usr/bin/python3
                import os, sys
                from urllib.parse import unquote_to_bytes
                sys.stdout.buffer.write(unquote_to_bytes(os.environ["QUERY_STRING"]))
                """);
        house.script(
                "twice.sh",
                "printf 'Content-Ty'",
                "while [ ! -e $D/go ]; do sleep 0.01; done",
                "printf 'pe: text/x\\r\\n\\r\\nbody'");
        house.script("large.sh", "printf 'X-Large: %05000d\\n\\nbody' 1");
        house.script("nothing.sh", ":");
        house.script("dies.sh", "printf 'Content-Type: text/plain\\n\\nhalf'", "kill -9 $$");
    }

    @AfterAll
    static void stop() throws Exception {
        house.close();
    }

    private static final String OK = "Content-Type:%20text/plain";

    @ParameterizedTest
    @CsvSource({
        "Status:%20404%20Not%20Found%0A" + OK + "%0A%0Abody, 404",
        "status:404%0A" + OK + "%0A%0Abody, 404",
        "STATUS:%20%20503%20%0A" + OK + "%0A%0Abody, 503",
        OK + "%0A%0Abody, 200",
        OK + "%0D%0A%0D%0Abody, 200",
        OK + "%0D%0AX-A:%20b%0A%0D%0Abody, 200",
        OK + "%0AX-A:%20b%0D%0A%0Abody, 200",
        "Location:%20http://example.org/%0A" + OK + "%0A%0Abody, 302",
        "Location:%20http://example.org/%0AStatus:%20301%0A" + OK + "%0A%0Abody, 301",
        "HTTP/1.1%20418%20Teapot%0A" + OK + "%0A%0Abody, 418"
    })
    void theStatusIsWhatTheHeadSays(String output, int status) throws Exception {
        Call.Answer answer = Call.get(house.http("cgi"), "/print.py?" + output);
        assertThat(answer.status()).as(house.daemon().log()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo("body");
        String text = fastcgi("/print.py", output);
        if (status != 200) {
            // A redirect without a Status too: Caddy takes it for 200.
            assertThat(text).containsPattern("(?i)Status: *" + status);
        }
        assertThat(text).endsWith("body").doesNotContain("HTTP/1.1");
    }

    @Test
    void aScriptThatIsNamedNphWritesAStatusLine() throws Exception {
        String output = "HTTP/1.0%20404%20Gone%20fishing%0D%0A" + OK + "%0D%0A%0D%0Abody";
        assertThat(Call.get(house.http("cgi"), "/nph-print.py?" + output).status())
                .isEqualTo(404);
        assertThat(fastcgi("/nph-print.py", output)).contains("Status: 404").doesNotContain("HTTP/1.0");
    }

    private static String fastcgi(String path, String query) throws Exception {
        try (RawFastCgi peer = RawFastCgi.tcp(house.fastcgi("cgi"))) {
            return peer.request(1, false, path, query).text();
        }
    }

    @Test
    void fieldsOfAConnectionAreDroppedAndOthersPass() throws Exception {
        String output =
                OK + "%0AConnection:%20upgrade%0ATransfer-Encoding:%20chunked%0AKeep-Alive:%201%0AX-A:%20b%0A%0Abody";
        Call.Answer answer = Call.get(house.http("cgi"), "/print.py?" + output);
        assertThat(answer.header("X-A")).isEqualTo("b");
        assertThat(answer.header("Connection")).isNotEqualTo("upgrade");
        assertThat(answer.header("Keep-Alive")).isEmpty();
        assertThat(answer.body()).isEqualTo("body");
        assertThat(fastcgi("/print.py", output)).contains("X-A: b").doesNotContain("upgrade", "chunked", "Keep-Alive");
    }

    @ParameterizedTest
    @CsvSource({
        "no%20colon%0A%0Abody, no colon",
        OK + "%0A<html>%0A%0Abody, <html>",
        OK + "%0AX:%20a%00b%0A%0Abody, X",
        OK + "%0A, blank line",
        "body%20only, body only",
        "Status:%20banana%0A%0Abody, banana",
        "Status:%2099%0A%0Abody, 99"
    })
    void abrokenHeadIs502AndTheLogHasTheLine(String output, String line) throws Exception {
        int from = house.daemon().log().length();
        Call.Answer answer = Call.get(house.http("cgi"), "/print.py?" + output);
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.cause()).isEqualTo("head-malformed");
        house.daemon().await("failed: print.py .*" + line + ".*\\(head-malformed\\)", from);
        assertThat(fastcgi("/print.py", output)).contains("Status: 502");
    }

    @Test
    void noOutputIs502() throws Exception {
        int from = house.daemon().log().length();
        assertThat(Call.get(house.http("cgi"), "/nothing.sh").status()).isEqualTo(502);
        house.daemon().await("failed: nothing.sh .*exited with status 0.*\\(head-malformed\\)", from);
    }

    @Test
    void aHeadOverTheLimitIs502AndTheLimitIsNamed() throws Exception {
        int from = house.daemon().log().length();
        assertThat(Call.get(house.http("cgi"), "/large.sh").status()).isEqualTo(502);
        house.daemon().await("failed: large.sh .*4096.*\\(head-malformed\\)", from);
    }

    @Test
    void aHeadMayComeInTwoWrites() throws Exception {
        try (Call call = Call.send(house.http("cgi"), "GET", "/twice.sh", "")) {
            Files.createFile(house.file("go"));
            Call.Answer answer = call.answer();
            assertThat(answer.header("Content-Type")).isEqualTo("text/x");
            assertThat(answer.body()).isEqualTo("body");
        }
    }

    @Test
    void aScriptThatDiesBehindItsHeadIsVisiblyCut() throws Exception {
        int from = house.daemon().log().length();
        Call.Answer answer = Call.get(house.http("cgi"), "/dies.sh");
        assertThat(answer.complete()).isFalse();
        house.daemon().await("failed: dies.sh .*SIGKILL.*\\(truncated\\)", from);
        try (RawFastCgi peer = RawFastCgi.tcp(house.fastcgi("cgi"))) {
            peer.begin(1).params(1, RawFastCgi.get("/dies.sh", "")).endStdin(1).send();
            assertThat(peer.answerOrEnd(1).records()).noneMatch(record -> record.startsWith("END_REQUEST"));
        }
    }

    @Test
    void whatIsLawfulButWillHurtElsewhereIsToldOnce(@TempDir Path directory) throws Exception {
        try (ScriptHouse house = new ScriptHouse(directory, "", Map.of("cgi", ""))) {
            house.script("large.sh", "printf 'Content-Type: text/plain\\nX-Large: %05000d\\n\\nbody' 1");
            house.script("untyped.sh", "printf 'X-A: b\\n\\nbody'");
            house.script("empty.sh", "printf 'Status: 204\\n\\n'");
            for (String script : new String[] {"/empty.sh", "/large.sh", "/untyped.sh", "/large.sh", "/untyped.sh"}) {
                assertThat(Call.get(house.http("cgi"), script).status()).isIn(200, 204);
            }
            // The log is written in order, but a little later.
            Call.get(house.http("cgi"), "/none.sh");
            house.daemon().running().await("GET /none.sh failed");
            String log = house.daemon().log();
            assertThat(log)
                    .containsOnlyOnce("GET /large.sh: the head of its response has 50")
                    .containsOnlyOnce("fastcgi_buffer_size")
                    .containsOnlyOnce("GET /untyped.sh: its response has no Content-Type")
                    .containsOnlyOnce("no Content-Type");
        }
    }
}
