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

/** What scripts write to their stderr: in the log, in the web server's log, and beside a failure. */
class ScriptErrorsIT {

    private static ScriptHouse house;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        house = new ScriptHouse(
                directory,
                "",
                Map.of(
                        "log", "",
                        "flood", "",
                        "talk", "",
                        "gush", "stderr = \"both\"",
                        "late", "output_timeout = \"300ms\"",
                        "fastcgi", "stderr = \"fastcgi\"",
                        "both", "stderr = \"both\""));
    }

    @AfterAll
    static void stop() throws Exception {
        house.close();
    }

    private static String answer() {
        return "printf 'Content-Type: text/plain\\n\\nanswered'";
    }

    @Test
    void eachLineIsLoggedWithScriptPidAndRequest() throws Exception {
        house.script("two-lines", answer(), "echo one >&2", "printf two >&2", "echo $$ > $D/two-lines.pid");
        Call.get(house.http("log"), "/two-lines");
        int pid = house.pid("two-lines.pid");
        house.daemon().running().await("WARN +log: two-lines \\(" + pid + "\\) r\\w+ stderr: one\\n");
        house.daemon().running().await("WARN +log: two-lines \\(" + pid + "\\) r\\w+ stderr: two\\n");
    }

    @Test
    void aLineMayBeWrittenInPieces() throws Exception {
        house.script("in-pieces", answer(), "printf 'some' >&2", "printf 'thing\\n' >&2");
        Call.get(house.http("log"), "/in-pieces");
        house.daemon().running().await("in-pieces \\(\\d+\\) r\\w+ stderr: something\\n");
    }

    @Test
    void aVeryLongLineIsCut() throws Exception {
        house.script("long-line", answer(), "head -c 1000000 /dev/zero | tr '\\0' x >&2", "echo >&2", "echo next >&2");
        Call.get(house.http("log"), "/long-line");
        house.daemon().running().await("long-line \\(\\d+\\) r\\w+ stderr: x{2000} \\(cut\\)\\n");
        house.daemon().running().await("long-line \\(\\d+\\) r\\w+ stderr: next\\n");
    }

    @Test
    void aFloodIsLimitedAndWhatWasLeftOutIsCounted() throws Exception {
        house.script("flood", answer(), "seq 1 100000 | sed 's/^/flooding /' >&2");
        int from = house.daemon().log().length();
        assertThat(Call.get(house.http("flood"), "/flood").body()).isEqualTo("answered");
        house.daemon().await("flood: \\d+ lines of stderr left out, the log takes 100 a second", from);
        Poll.until("every line was told or counted", () -> told(from) + leftOut(from) == 100_000);
        // Three seconds begin at the most while it writes.
        assertThat(told(from)).isBetween(100L, 1000L);
    }

    private static long told(int from) {
        return house.daemon()
                .log()
                .substring(from)
                .lines()
                .filter(line -> line.contains("stderr: flooding "))
                .count();
    }

    private static long leftOut(int from) {
        return house.daemon()
                .log()
                .substring(from)
                .lines()
                .filter(line -> line.contains("flood: ") && line.contains(" lines of stderr left out"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*flood: (\\d+) lines.*", "$1")))
                .sum();
    }

    @Test
    void theEndOfItIsToldWithAFailure() throws Exception {
        house.script("broken", "echo 'no such table: users' >&2", "echo 'giving up' >&2", "exit 3");
        int from = house.daemon().log().length();
        assertThat(Call.get(house.http("log"), "/broken").status()).isEqualTo(502);
        house.daemon()
                .await(
                        "ERROR +log: r\\w+ GET /broken failed: .*; its stderr: no such table: users \\| giving up \\(",
                        from);
    }

    @Test
    void ofMuchOnlyTheLastFourKibibytesAreToldWithAFailure() throws Exception {
        house.script("talkative", "seq 1 5000 >&2", "exit 3");
        int from = house.daemon().log().length();
        Call.get(house.http("talk"), "/talkative");
        String line = house.daemon()
                .await("GET /talkative failed: .*; its stderr: (.*) \\(head-malformed\\)", from)
                .group(1);
        assertThat(line).startsWith("...").endsWith(" | 4999 | 5000").hasSizeBetween(4096, 8192);
    }

    @Test
    void itIsToldWithATimeoutToo() throws Exception {
        house.script("hanging", "echo 'waiting for the lock' >&2", "sleep 600");
        int from = house.daemon().log().length();
        assertThat(Call.get(house.http("late"), "/hanging").status()).isEqualTo(504);
        house.daemon().await("GET /hanging failed: .*; its stderr: waiting for the lock \\(output-", from);
    }

    @ParameterizedTest
    @CsvSource({"log, false, true", "fastcgi, true, false", "both, true, true"})
    void itGoesWhereItIsWanted(String app, boolean toWebServer, boolean toLog) throws Exception {
        String script = "to-" + app;
        house.script(script, "echo 'a complaint' >&2", answer(), "echo another >&2");
        int from = house.daemon().log().length();
        try (RawFastCgi client = house.unix(app)) {
            client.begin(1)
                    .params(1, RawFastCgi.get("/" + script, ""))
                    .endStdin(1)
                    .send();
            RawFastCgi.Answer answer = client.answer(1);
            assertThat(answer.text()).endsWith("answered");
            long bytes = answer.records().stream()
                    .filter(record -> record.startsWith("STDERR "))
                    .mapToLong(record -> Long.parseLong(record.substring(7)))
                    .sum();
            assertThat(bytes).isEqualTo(toWebServer ? "a complaint\nanother\n".length() : 0);
        }
        // The log is written by one thread, in order: what the next script says comes after it.
        house.script("after-" + app, answer(), "echo after-" + app + " >&2");
        Call.get(house.http("log"), "/after-" + app);
        house.daemon().await("stderr: after-" + app, from);
        assertThat(house.daemon().log().substring(from).contains("stderr: a complaint"))
                .isEqualTo(toLog);
    }

    @Test
    void overHttpItGoesToTheLogInAnyCase() throws Exception {
        house.script("over-http", answer(), "echo 'over http' >&2");
        Call.get(house.http("fastcgi"), "/over-http");
        house.daemon().running().await("fastcgi: over-http \\(\\d+\\) r\\w+ stderr: over http");
    }

    @Test
    void nginxLogsWhatItIsSent(@TempDir Path directory) throws Exception {
        house.script("via-nginx", answer(), "echo 'seen by nginx' >&2");
        Examples examples = Examples.copyTo(directory);
        try (Nginx nginx = Nginx.start(examples, "errors", "127.0.0.1:" + house.fastcgi("fastcgi"), false)) {
            assertThat(Web.get(nginx.address() + "/via-nginx").text()).isEqualTo("answered");
            Poll.until("nginx has logged it", () -> nginx.log().contains("FastCGI sent in stderr: \"seen by nginx"));
        }
    }

    @Test
    void muchOfItDoesNotHoldTheScript() throws Exception {
        house.script("gush", "head -c 20M /dev/zero | tr '\\0' '\\n' >&2", "echo > $D/gushed", answer());
        assertThat(Call.get(house.http("gush"), "/gush").body()).isEqualTo("answered");
        assertThat(Files.exists(house.file("gushed"))).isTrue();
    }
}
