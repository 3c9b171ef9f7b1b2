package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which script a request runs, and what is said when it runs none. */
class CgiLookupIT {

    @SuppressWarnings("NullAway.Init")
    private static ScriptHouse house;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        house = new ScriptHouse(
                directory,
                "",
                Map.of("cgi", "interpreters = { \".txt\" = [\"/bin/sh\"], \".rb\" = [\"/no/such/ruby\"] }"));
        String[] hello = {"printf 'Content-Type: text/plain\\n\\n%s|%s' \"${0##*/}\" \"$PATH_INFO\""};
        Path cgi = directory.resolve("cgi");
        Files.createDirectory(cgi.resolve("sub"));
        house.script("deep.sh", hello);
        Files.move(cgi.resolve("deep.sh"), cgi.resolve("sub/deep.sh"));
        house.script("hello.sh", hello);
        house.script("with space.sh", hello);
        house.script("käse.sh", hello);
        house.script("plain.txt", hello);
        Files.setPosixFilePermissions(cgi.resolve("plain.txt"), PosixFilePermissions.fromString("rw-r--r--"));
        house.script("unexecutable.sh", hello);
        Files.setPosixFilePermissions(cgi.resolve("unexecutable.sh"), PosixFilePermissions.fromString("rw-r--r--"));
        house.program("nointerpreter.pl", "#!/no/such/perl\nprint 1;\n");
        house.program("noshebang", "echo 'Content-Type: text/plain'; echo\n");
        house.program("windows.sh", "#!/bin/sh\r\necho\r\n");
        house.program("page.rb", "puts 1\n");
        Files.createSymbolicLink(cgi.resolve("brokenlink.sh"), cgi.resolve("nowhere"));
        Programs.run(cgi, "/usr/bin/mkfifo", "fifo");
        house.program("outside.sh", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\noutside'\n");
        Files.move(cgi.resolve("outside.sh"), directory.resolve("outside.sh"));
        Files.createSymbolicLink(cgi.resolve("link.sh"), directory.resolve("outside.sh"));
        Files.createSymbolicLink(cgi.resolve("inner.sh"), cgi.resolve("hello.sh"));
    }

    @AfterAll
    static void stop() throws Exception {
        house.close();
    }

    @ParameterizedTest
    @CsvSource({
        "/hello.sh, hello.sh|",
        "/hello.sh/a/b, hello.sh|/a/b",
        "/hello.sh/, hello.sh|/",
        "/sub/deep.sh/x, deep.sh|/x",
        "/with%20space.sh, with space.sh|",
        "/k%C3%A4se.sh, k\u00c3\u00a4se.sh|",
        "/plain.txt/rest, plain.txt|/rest",
        "/inner.sh, inner.sh|",
        "//hello.sh, hello.sh|"
    })
    void aScriptIsFoundAndTheRestIsPathInfo(String path, String printed) throws Exception {
        Call.Answer answer = Call.get(house.http("cgi"), path);
        assertThat(answer.status()).as(house.daemon().log()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(printed);
    }

    @ParameterizedTest
    @CsvSource({
        "/nothing.sh, 404, not-found, does not exist",
        "/, 403, directory, is a directory",
        "/sub, 403, directory, is a directory",
        "/link.sh, 403, outside-root, outside.sh",
        "/../outside.sh, 40., '', ''",
        "/%2e%2e/outside.sh, 40., '', ''",
        "/hello%00.sh, 400, '', ''",
        "/unexecutable.sh, 403, not-executable, unexecutable.sh has mode rw-r--r--",
        "/nointerpreter.pl, 500, interpreter-missing, its #! line names /no/such/perl",
        "/windows.sh, 500, interpreter-missing, carriage return",
        "/page.rb, 500, interpreter-missing, /no/such/ruby .interpreters. is not there",
        "/noshebang, 500, exec-format, neither a program nor begins with a line such as #!/bin/sh",
        "/brokenlink.sh, 404, not-found, does not exist",
        "/fifo, 404, not-found, is no regular file"
    })
    void aRefusalHasItsStatusItsCauseAndAReasonInTheLog(String path, String status, String cause, String reason)
            throws Exception {
        int from = house.daemon().log().length();
        Call.Answer answer = Call.get(house.http("cgi"), path);
        assertThat(Integer.toString(answer.status())).matches(status);
        assertThat(answer.body()).doesNotContain("outside.sh", house.directory().toString());
        if (!cause.isEmpty()) {
            assertThat(answer.cause()).isEqualTo(cause);
            String id = answer.header("X-Gatepool-Request");
            house.daemon().await("cgi: " + (id.isEmpty() ? "r\\w+" : id) + " .*" + reason, from);
        }
    }

    @Test
    void theScriptFilenameOfAWebServerIsBelievedOnlyUnderTheRoot() throws Exception {
        Map<String, String> inside = RawFastCgi.get("/any/name", "");
        inside.put("SCRIPT_FILENAME", house.directory() + "/cgi/sub/deep.sh");
        Map<String, String> outside = RawFastCgi.get("/any/name", "");
        outside.put("SCRIPT_FILENAME", house.directory() + "/outside.sh");
        Map<String, String> around = RawFastCgi.get("/any/name", "");
        around.put("SCRIPT_FILENAME", house.directory() + "/cgi/../outside.sh");
        assertThat(fastcgi(inside)).contains("deep.sh|");
        assertThat(fastcgi(outside)).containsPattern("Status: 40[34]").doesNotContain("outside");
        assertThat(fastcgi(around)).containsPattern("Status: 40[034]").doesNotContain("outside");
    }

    private static String fastcgi(Map<String, String> params) throws Exception {
        try (RawFastCgi peer = RawFastCgi.tcp(house.fastcgi("cgi"))) {
            peer.begin(1).params(1, params).endStdin(1).send();
            return peer.answer(1).text();
        }
    }
}
