package io.gatepool.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a script finds in its environment and on its standard input (RFC 3875, 4.1 and 4.2). */
class CgiEnvironmentIT {

    /** What every script gets, whatever is asked. */
    private static final List<String> ALWAYS = List.of(
            "GATEPOOL_CHILD",
            "GATEWAY_INTERFACE",
            "PATH",
            "QUERY_STRING",
            "REMOTE_ADDR",
            "REQUEST_ID",
            "REQUEST_METHOD",
            "SCRIPT_FILENAME",
            "SCRIPT_NAME",
            "SERVER_NAME",
            "SERVER_PORT",
            "SERVER_PROTOCOL",
            "SERVER_SOFTWARE",
            "SITE");

    private static final List<String> OF_AN_HTTP_REQUEST = List.of(
            "DOCUMENT_ROOT",
            "DOCUMENT_URI",
            "HTTP_CONNECTION",
            "HTTP_HOST",
            "REDIRECT_STATUS",
            "REMOTE_PORT",
            "REQUEST_SCHEME",
            "REQUEST_URI",
            "SERVER_ADDR");

    @SuppressWarnings("NullAway.Init")
    private static ScriptHouse house;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        house = new ScriptHouse(directory, "", Map.of("cgi", "env = { SITE = \"blue\", PATH = \"/bin:/usr/bin\" }"));
        // The environment as the kernel got it, before the shell has put anything into it.
        house.script("env.sh", "printf 'Content-Type: text/plain\\n\\n'", "tr '\\0' '\\n' < /proc/$$/environ");
        house.script("input.sh", "printf 'Content-Type: text/plain\\n\\n'", "readlink /proc/self/fd/0", "wc -c");
    }

    @AfterAll
    static void stop() throws Exception {
        house.close();
    }

    private static Map<String, String> parsed(String body) {
        Map<String, String> environ = new TreeMap<>();
        body.lines().forEach(line -> {
            int equals = line.indexOf('=');
            assertThat(environ.put(line.substring(0, equals), line.substring(equals + 1)))
                    .as("twice: " + line)
                    .isNull();
        });
        return environ;
    }

    private static Map<String, String> http(String path, String... headers) throws Exception {
        try (Call call = Call.send(house.http("cgi"), "GET", path, "", headers)) {
            return parsed(call.answer().body());
        }
    }

    private static Map<String, String> fastcgi(Map<String, String> params) throws Exception {
        try (RawFastCgi peer = RawFastCgi.tcp(house.fastcgi("cgi"))) {
            peer.begin(1).params(1, params).endStdin(1).send();
            String text = peer.answer(1).text();
            return parsed(text.substring(text.indexOf("\n\n") + 2));
        }
    }

    @Test
    void overHttpItIsMadeFromTheRequest() throws Exception {
        Map<String, String> environ = http("/env.sh/more/p%C3%A4th?a=1&b=%20", "X-Colour: green", "Cookie: a=b");
        assertThat(environ)
                .containsKeys(ALWAYS.toArray(String[]::new))
                .containsEntry("REQUEST_METHOD", "GET")
                .containsEntry("SCRIPT_NAME", "/env.sh")
                .containsEntry("PATH_INFO", "/more/p\u00c3\u00a4th")
                .containsEntry("QUERY_STRING", "a=1&b=%20")
                .containsEntry("SERVER_NAME", "test")
                .containsEntry("SERVER_PROTOCOL", "HTTP/1.1")
                .containsEntry("GATEWAY_INTERFACE", "CGI/1.1")
                .containsEntry("REMOTE_ADDR", "127.0.0.1")
                .containsEntry("HTTP_X_COLOUR", "green")
                .containsEntry("HTTP_COOKIE", "a=b");
        assertThat(environ.get("PATH_TRANSLATED")).endsWith("/cgi/more/p\u00c3\u00a4th");
        assertThat(environ.get("SERVER_PORT")).isEqualTo(Integer.toString(house.http("cgi")));
    }

    @Test
    void withoutARestOfThePathThereIsNoPathInfo() throws Exception {
        assertThat(http("/env.sh"))
                .containsEntry("QUERY_STRING", "")
                .doesNotContainKeys("PATH_INFO", "PATH_TRANSLATED", "CONTENT_LENGTH", "CONTENT_TYPE");
    }

    @Test
    void nothingOfTheDaemonsOwnIsInIt() throws Exception {
        // The tests start gatepool with GATEPOOL_JAVA_OPTS set.
        assertThat(http("/env.sh").keySet())
                .containsAll(ALWAYS)
                .isSubsetOf(Stream.concat(ALWAYS.stream(), OF_AN_HTTP_REQUEST.stream())
                        .toList());
    }

    @Test
    void whatTheClientMustNotSetIsNotThere() throws Exception {
        assertThat(http("/env.sh", "Proxy: http://evil", "Authorization: Basic c2VjcmV0"))
                .doesNotContainKeys("HTTP_PROXY", "HTTP_AUTHORIZATION");
        Map<String, String> params = RawFastCgi.get("/env.sh", "");
        params.put("HTTP_PROXY", "http://evil");
        params.put("HTTP_AUTHORIZATION", "Basic c2VjcmV0");
        params.put("LD_PRELOAD", "/tmp/evil.so");
        params.put("PERL5OPT", "-Mevil");
        params.put("BASH_ENV", "/tmp/evil");
        assertThat(fastcgi(params))
                .doesNotContainKeys("HTTP_PROXY", "HTTP_AUTHORIZATION", "LD_PRELOAD", "PERL5OPT", "BASH_ENV");
    }

    @Test
    void theAppsOwnWinsOverEverything() throws Exception {
        Map<String, String> params = RawFastCgi.get("/env.sh", "");
        params.put("SITE", "red");
        params.put("PATH", "/tmp");
        assertThat(fastcgi(params)).containsEntry("SITE", "blue").containsEntry("PATH", "/bin:/usr/bin");
    }

    @Test
    void bytesArriveUnchanged() throws Exception {
        StringBuilder odd = new StringBuilder();
        for (char at = 1; at < 256; at++) {
            if (at != '\n' && at != '\r') {
                odd.append(at);
            }
        }
        Map<String, String> params = RawFastCgi.get("/env.sh", "");
        params.put("HTTP_X_ODD", odd.toString());
        assertThat(fastcgiBytes(params)).containsSequence(("HTTP_X_ODD=" + odd + "\n").getBytes(ISO_8859_1));
    }

    /** {@link RawFastCgi#encoded} writes one byte for each char. */
    private static byte[] fastcgiBytes(Map<String, String> params) throws Exception {
        try (RawFastCgi peer = RawFastCgi.tcp(house.fastcgi("cgi"))) {
            peer.begin(1).params(1, params).endStdin(1).send();
            return peer.answer(1).text().getBytes(ISO_8859_1);
        }
    }

    @Test
    void aNameWithAnEqualsSignOrANulAnywhereNeverReachesTheScript() throws Exception {
        ByteArrayOutputStream params = new ByteArrayOutputStream();
        params.writeBytes(RawFastCgi.encoded(RawFastCgi.get("/env.sh", "")));
        params.writeBytes(RawFastCgi.longPair("HTTP_A=B", "equals"));
        params.writeBytes(RawFastCgi.longPair("HTTP_N\0UL", "in the name"));
        params.writeBytes(RawFastCgi.longPair("HTTP_VALUE", "in the\0value"));
        params.writeBytes(RawFastCgi.longPair("HTTP_GOOD", "stays"));
        try (RawFastCgi peer = RawFastCgi.tcp(house.fastcgi("cgi"))) {
            peer.begin(1).params(1, params.toByteArray()).params(1, RawFastCgi.NOTHING);
            peer.endStdin(1).send();
            assertThat(peer.answer(1).text())
                    .contains("HTTP_GOOD=stays")
                    .doesNotContain("equals", "in the name", "in the");
        }
    }

    @Test
    void anIpv6HostKeepsItsBrackets() throws Exception {
        String request = "GET /env.sh HTTP/1.1\r\nHost: [::1]:8080\r\nConnection: close\r\n\r\n";
        try (Call call = Call.raw(house.http("cgi"), request)) {
            assertThat(parsed(call.answer().body())).containsEntry("SERVER_NAME", "[::1]");
        }
    }

    @Test
    void nginxsEmptyLengthAndTypeAreNone() throws Exception {
        Map<String, String> params = RawFastCgi.get("/env.sh", "");
        params.put("CONTENT_LENGTH", "");
        params.put("CONTENT_TYPE", "");
        assertThat(fastcgi(params)).doesNotContainKey("CONTENT_LENGTH");
    }

    @Test
    void withoutABodyTheInputIsDevNull() throws Exception {
        assertThat(Call.get(house.http("cgi"), "/input.sh").body()).isEqualTo("/dev/null\n0\n");
    }

    @Test
    void withABodyItIsAPipeThatEndsBehindIt() throws Exception {
        assertThat(Call.post(house.http("cgi"), "/input.sh", "twelve bytes").body())
                .matches("pipe:\\[\\d+]\n12\n");
    }

    @Test
    void anAppMaySayMoreOfIt(@TempDir Path directory) throws Exception {
        Map<String, String> apps = Map.of("cgi", """
                pass_authorization = true
                pass_env = ["GATEPOOL_IT_PASSED", "NOT_SET"]
                env = { DATA = "/srv/${HTTP_X_SITE}/data", MORE = "${DATA}/${NOBODY}more", PLAIN = "$HOME $${X}" }
                """);
        try (ScriptHouse house = new ScriptHouse(directory, "", apps)) {
            house.script("env.sh", "printf 'Content-Type: text/plain\\n\\n'", "tr '\\0' '\\n' < /proc/$$/environ");
            try (Call call = Call.send(
                    house.http("cgi"), "GET", "/env.sh", "", "X-Site: a.example", "Authorization: Basic YTpi")) {
                assertThat(parsed(call.answer().body()))
                        .containsEntry("HTTP_AUTHORIZATION", "Basic YTpi")
                        .containsEntry("DATA", "/srv/a.example/data")
                        .containsEntry("MORE", "/srv/a.example/data/more")
                        .containsEntry("PLAIN", "$HOME ${X}")
                        .containsEntry("GATEPOOL_IT_PASSED", "from outside")
                        .doesNotContainKey("NOT_SET");
            }
        }
    }

    @Test
    void aQueryWithoutEqualsSignsIsArgumentsOnlyWhenWanted(@TempDir Path directory) throws Exception {
        Map<String, String> apps = Map.of("off", "", "on", "indexed_query = true");
        try (ScriptHouse house = new ScriptHouse(directory, "", apps)) {
            house.script("args.sh", "printf 'Content-Type: text/plain\\n\\n'", "printf '<%s>' \"$@\"");
            assertThat(Call.get(house.http("off"), "/args.sh?one+t%20wo").body())
                    .isEqualTo("<>");
            assertThat(Call.get(house.http("on"), "/args.sh?one+t%20wo").body()).isEqualTo("<one><t wo>");
            assertThat(Call.get(house.http("on"), "/args.sh?one=two").body()).isEqualTo("<>");
        }
    }

    @Test
    void phpRunsUnderCgiToo(@TempDir Path directory) throws Exception {
        Needs.program("php-cgi", "php-cgi");
        Map<String, String> apps =
                Map.of("cgi", "interpreters = { \".php\" = [\"php-cgi\"] }\nindex = [\"index.php\"]");
        try (ScriptHouse house = new ScriptHouse(directory, "", apps)) {
            house.program(
                    "index.php",
                    "<?php echo php_sapi_name(), ' ', basename(__FILE__), ' ', $_SERVER['PATH_INFO'] ?? '-', ' ',"
                            + " $_POST['a'] ?? $_GET['a'] ?? '-';");
            assertThat(Call.get(house.http("cgi"), "/?a=b").body()).isEqualTo("cgi-fcgi index.php - b");
            assertThat(Call.get(house.http("cgi"), "/index.php/x?a=b").body()).isEqualTo("cgi-fcgi index.php /x b");
            try (Call call = Call.send(
                    house.http("cgi"),
                    "POST",
                    "/index.php",
                    "a=c",
                    "Content-Type: application/x-www-form-urlencoded")) {
                assertThat(call.answer().body()).isEqualTo("cgi-fcgi index.php - c");
            }
            assertThat(Call.get(house.http("cgi"), "/index.php?-s").body()).isEqualTo("cgi-fcgi index.php - -");
        }
    }
}
