package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gatepool cgi-run} and {@code gatepool env}, as an administrator sees them. */
class CgiToolsIT {

    private static final int USAGE = 2;

    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @BeforeAll
    static void scripts(@TempDir Path temporary) throws Exception {
        directory = temporary.toRealPath();
        Path root = Files.createDirectory(directory.resolve("cgi"));
        script(root, "broken.sh", "echo 'what a page' >&2", "echo '<html>'", "echo '<body>hello</body></html>'");
        script(root, "echo.sh", "echo Content-Type: text/plain", "echo", "echo \"$QUERY_STRING $PATH_INFO\"", "cat");
        script(root, "forgot.sh", "echo Content-Type: text/plain", "echo X-More: yes", "echo the body");
        script(root, "silent.sh", "exit 7");
        script(root, "redirect.sh", "printf 'Location: /cgi-bin/echo.sh?from=here\\n\\n'");
        script(root, "short.sh", "printf 'Content-Type: text/plain\\nContent-Length: 9\\n\\nhello'", "exit 3");
        script(root, "untyped.sh", "printf 'X-A: b\\n\\nhello'");
        script(root, "failing.sh", "printf 'Status: 500 Oh dear\\nContent-Type: text/plain\\n\\nhello'");
        script(root, "noshebang.sh");
        Files.writeString(root.resolve("noshebang.sh"), "echo hello\n");
        Files.writeString(directory.resolve("gatepool.toml"), """
                [app.cgi]
                kind = "cgi"
                root = "cgi"
                mount = "/cgi-bin"
                listen = "http:127.0.0.1:0"
                env = { DB_PASSWORD = "hidden", SITE = "/srv/${HTTP_HOST}" }

                [app.one]
                kind = "cgi"
                script = "cgi/echo.sh"
                mount = "/one"
                listen = "http:127.0.0.1:0"
                hooks = { before_start = ["touch", "hooked"], ready = ["touch", "hooked"] }

                [app.php]
                kind = "fastcgi"
                command = ["php-cgi"]
                root = "cgi"
                extensions = [".sh"]
                listen = "http:127.0.0.1:0"
                env = { LEVEL = "5" }
                """);
    }

    private static void script(Path root, String name, String... lines) throws Exception {
        Path file = Files.writeString(root.resolve(name), "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** What a command printed, and its exit code. */
    private record Printed(int exit, String text) {}

    private static Printed run(String... words) throws Exception {
        try (Running command = Daemon.start(directory, words)) {
            return new Printed(command.awaitExit(), command.output());
        }
    }

    private static Printed cgiRun(String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("cgi-run", "-c", "gatepool.toml", "--app", "cgi"));
        all.addAll(List.of(words));
        return run(all.toArray(String[]::new));
    }

    @Test
    void aBrokenScriptIsShownFromCommandToVerdict() throws Exception {
        Printed printed = cgiRun("broken.sh");
        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.text().replaceAll("[0-9.]+ ms", "N ms").replaceAll("  +", "  "))
                .containsPattern("command  " + directory + "/cgi/broken.sh\n")
                .containsPattern("as  \\w+ \\([0-9]+:[0-9]+\\), umask 022, in " + directory + "/cgi\n")
                .contains("environ  DB_PASSWORD  ********  env\n")
                .contains("  GATEWAY_INTERFACE  CGI/1.1  always\n")
                .contains("  PATH  /usr/local/bin:/usr/bin:/bin  default\n")
                .contains("  REQUEST_METHOD  GET  --method\n")
                .contains("  SCRIPT_FILENAME  " + directory + "/cgi/broken.sh  root + path\n")
                .contains("  SCRIPT_NAME  /cgi-bin/broken.sh  mount + path\n")
                .contains("  SITE  /srv/localhost  env\n")
                .containsPattern("  and [0-9]+ more; --verbose shows all\n")
                .contains("head  1 | <html>\nstderr  what a page\ntiming  spawn N ms, first byte N ms, end N ms\n")
                .contains("exit  0, 33 bytes\nresponse  502 Bad Gateway (head-malformed)\n")
                .contains("No blank line after the headers: the first body line was taken for a header:\n'<html>'. ")
                .endsWith("Print \"Content-Type: text/html\" and an empty line before it.\n");
    }

    @Test
    void aForgottenBlankLineIsFoundBehindHeadersToo() throws Exception {
        assertThat(cgiRun("forgot.sh").text())
                .contains("3 | the body")
                .endsWith("'the body'. Print an empty line before it.\n");
    }

    @Test
    void silenceIsTold() throws Exception {
        Printed printed = cgiRun("silent.sh");
        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.text())
                .contains("exit      7, 0 bytes")
                .contains("The script printed nothing at all. The script exited with status 7.");
    }

    @Test
    void aGoodScriptIsShownWithItsResponseAndNoVerdict() throws Exception {
        Printed printed = cgiRun("--data", "a=b", "--query", "x=y", "--path-info", "/more", "-o", "body", "echo.sh");
        assertThat(printed.exit()).isZero();
        assertThat(printed.text())
                .contains("CONTENT_LENGTH", "--data", "PATH_INFO", "/more", "--query")
                .endsWith("response  200 OK\n          Content-Type: text/plain\n");
        assertThat(Files.readString(directory.resolve("body"))).isEqualTo("x=y /more\na=b");
    }

    @Test
    void aBodyMayComeFromAFile() throws Exception {
        byte[] large = new byte[300_000];
        Files.write(directory.resolve("large"), large);
        assertThat(cgiRun("-d", "@large", "-o", "echoed", "echo.sh").exit()).isZero();
        assertThat(Files.size(directory.resolve("echoed"))).isEqualTo(large.length + 2);
    }

    @Test
    void whatIsLawfulButDoubtfulIsToldAndNoError() throws Exception {
        Printed untyped = cgiRun("untyped.sh");
        assertThat(untyped.exit()).isZero();
        assertThat(untyped.text()).contains("There is no Content-Type");
        Printed cut = cgiRun("short.sh");
        assertThat(cut.text())
                .contains("Content-Length promises 9 bytes, the body has 5: clients see that something is missing.")
                .contains("The answer was complete, but the script exited with status 3.");
    }

    @Test
    void anErrorOfTheScriptsOwnIsAnError() throws Exception {
        Printed printed = cgiRun("failing.sh");
        assertThat(printed.exit()).isEqualTo(1);
        assertThat(printed.text()).contains("response  500 Oh dear");
    }

    @Test
    void aLocalRedirectIsFollowed() throws Exception {
        Printed printed = cgiRun("-o", "redirected", "redirect.sh");
        assertThat(printed.exit()).isZero();
        assertThat(printed.text()).contains("200 OK (after 1 local redirect)", "/cgi/echo.sh");
        assertThat(Files.readString(directory.resolve("redirected"))).isEqualTo("from=here \n");
    }

    @Test
    void aRefusalIsExplained() throws Exception {
        Printed none = cgiRun("none.sh");
        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.text()).contains("404 Not Found (not-found)", directory + "/cgi/none.sh does not exist.");
        assertThat(cgiRun("noshebang.sh").text())
                .contains("500 Internal Server Error (exec-format)", "neither a program nor begins with a line");
    }

    @Test
    void aScriptNeedsNoConfiguration() throws Exception {
        Printed printed = run("cgi-run", "--query", "q", "cgi/echo.sh");
        assertThat(printed.exit()).isZero();
        assertThat(printed.text()).contains("SCRIPT_NAME", "/echo.sh", "200 OK");
    }

    @Test
    void anAppWithOneScriptNeedsNoName() throws Exception {
        Printed printed = run("cgi-run", "-c", "gatepool.toml", "--app", "one", "--path-info", "/a b", "-o", "one");
        assertThat(printed.exit()).as(printed.text()).isZero();
        assertThat(Files.readString(directory.resolve("one"))).isEqualTo(" /a b\n");
        assertThat(directory.resolve("hooked")).as("a trial is no start").doesNotExist();
    }

    @Test
    void mistakesOfTheCommandLineAreTold() throws Exception {
        assertThat(run("cgi-run"))
                .satisfies(printed -> assertThat(printed.exit()).isEqualTo(USAGE))
                .satisfies(printed -> assertThat(printed.text()).contains("which SCRIPT?"));
        assertThat(run("cgi-run", "nowhere.sh").text()).contains("nowhere.sh: there is no such file");
        assertThat(run("cgi-run", "-c", "gatepool.toml", "--app", "nobody", "x").text())
                .contains("--app nobody: there is no such app", "it has cgi, one, php");
        assertThat(cgiRun("--data", "@nofile", "echo.sh").text()).contains("--data @nofile: there is no such file");
        assertThat(cgiRun("-H", "nocolon", "echo.sh").text()).contains("'nocolon' is no header; write 'Name: value'");
        assertThat(cgiRun("/etc/passwd").text()).contains("/etc/passwd does not lie under the root");
        assertThat(run("cgi-run", "-c", "gatepool.toml", "--app", "php", "x").text())
                .contains("[app.php] is no kind = \"cgi\"");
    }

    @Test
    void theEnvironmentOfARequestIsShownWithItsOrigins() throws Exception {
        Printed printed = run(
                "env",
                "-c",
                "gatepool.toml",
                "--app",
                "cgi",
                "-H",
                "Authorization: Basic YTpi",
                "-H",
                "X-Colour: blue",
                "http://a.example:8080/cgi-bin/echo.sh/more%20so?name=you");
        assertThat(printed.exit()).isZero();
        assertThat(printed.text().replaceAll("  +", "  "))
                .contains("DB_PASSWORD  ********  env\n")
                .contains("HTTP_HOST  a.example:8080  URL\n")
                .contains("HTTP_X_COLOUR  blue  --header\n")
                .contains("PATH_INFO  /more so  rest of path\n")
                .contains("PATH_TRANSLATED  " + directory + "/cgi/more so  root + rest of path\n")
                .contains("QUERY_STRING  name=you  URL\n")
                .contains("SCRIPT_FILENAME  " + directory + "/cgi/echo.sh  root + path\n")
                .contains("SERVER_NAME  a.example  URL\n")
                .contains("SITE  /srv/a.example:8080  env\n")
                .doesNotContain("HTTP_AUTHORIZATION", "hidden");
    }

    @Test
    void thatOfAWorkersRequestToo() throws Exception {
        Printed printed = run("env", "-c", "gatepool.toml", "--app", "php", "/echo.sh/x");
        assertThat(printed.exit()).isZero();
        assertThat(printed.text().replaceAll("  +", "  "))
                .contains("LEVEL  5  env\n")
                .contains("PATH_INFO  /x  rest of path\n")
                .contains("SCRIPT_FILENAME  " + directory + "/cgi/echo.sh  root + path\n");
        Printed refused = run("env", "-c", "gatepool.toml", "--app", "php", "/none.sh");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.text()).startsWith("404 not-found: ");
    }
}
