package io.gatepool.cgi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.CgiEnvironment.Place;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a script sees: RFC 3875, 4.1, and corner-cases.md, section 3. */
class CgiEnvironmentTest {

    private static final Place SCRIPT = new Place("/cgi/hello.sh", "/srv/cgi/hello.sh", "");

    private final Environ request = new Environ();

    private Environ of(Place place, String root, Map<String, String> own) {
        return new CgiEnvironment(root, OwnVariables.of(List.of(), own), false).of(request, place, Origins.UNSEEN);
    }

    private Environ environ() {
        return of(SCRIPT, "/srv", Map.of());
    }

    @Test
    void metaVariablesAndHeaderFieldsPass() {
        List<String> names = List.of(
                "REQUEST_METHOD",
                "CONTENT_TYPE",
                "REMOTE_USER",
                "HTTPS",
                "HTTP_COOKIE",
                "SSL_PROTOCOL",
                "REDIRECT_URL");
        names.forEach(name -> request.set(name, "value of " + name));
        Environ environ = environ();
        assertThat(names).allSatisfy(name -> assertThat(environ.get(name)).isEqualTo("value of " + name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LD_PRELOAD",
                "LD_LIBRARY_PATH",
                "PERL5LIB",
                "PYTHONPATH",
                "BASH_ENV",
                "IFS",
                "HOME",
                "GATEPOOL_CHILD",
                "PHP_VALUE",
                "HTTP",
                "http_accept",
                "XHTTP_ACCEPT",
                "NOTIFY_SOCKET"
            })
    void whatIsNotOnTheListDoesNotPass(String name) {
        request.set(name, "evil");
        assertThat(environ().has(name)).isFalse();
    }

    @Test
    void aRequestCannotChooseTheSearchPath() {
        request.set("PATH", "/tmp/evil");
        assertThat(environ().get("PATH")).isEqualTo("/usr/local/bin:/usr/bin:/bin");
    }

    @Test
    void nothingOfTheDaemonsOwnEnvironmentPasses() {
        assertThat(environ().toMap().keySet())
                .containsExactlyInAnyOrder(
                        "PATH",
                        "GATEWAY_INTERFACE",
                        "SERVER_SOFTWARE",
                        "SERVER_PROTOCOL",
                        "SERVER_NAME",
                        "SERVER_PORT",
                        "REMOTE_ADDR",
                        "QUERY_STRING",
                        "SCRIPT_NAME",
                        "SCRIPT_FILENAME",
                        "REDIRECT_STATUS",
                        "DOCUMENT_ROOT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP_PROXY", "HTTP_AUTHORIZATION", "HTTP_PROXY_AUTHORIZATION"})
    void credentialsAndHttpoxyDoNotPass(String name) {
        request.set(name, "secret");
        assertThat(environ().has(name)).isFalse();
    }

    @Test
    void theQueryIsSetEvenWithoutOne() {
        assertThat(environ().get("QUERY_STRING")).isEmpty();
        request.set("QUERY_STRING", "a=b");
        assertThat(environ().get("QUERY_STRING")).isEqualTo("a=b");
    }

    @Test
    void aMissingLengthIsNotZero() {
        assertThat(environ().has("CONTENT_LENGTH")).isFalse();
        request.set("CONTENT_LENGTH", "0");
        assertThat(environ().get("CONTENT_LENGTH")).isEqualTo("0");
    }

    @Test
    void withARestOfThePathThereIsPathInfoAndItsTranslation() {
        Environ environ = of(new Place("/cgi/hello.sh", "/srv/cgi/hello.sh", "/a b/c"), "/srv", Map.of());
        assertThat(environ.get("PATH_INFO")).isEqualTo("/a b/c");
        assertThat(environ.get("PATH_TRANSLATED")).isEqualTo("/srv/a b/c");
    }

    @Test
    void withoutARestThereIsNeitherWhateverTheRequestSays() {
        request.set("PATH_INFO", "/etc");
        request.set("PATH_TRANSLATED", "/etc");
        Environ environ = environ();
        assertThat(environ.has("PATH_INFO")).isFalse();
        assertThat(environ.has("PATH_TRANSLATED")).isFalse();
    }

    @Test
    void theScriptThatWasFoundCountsAndNotTheOneThatWasAskedFor() {
        request.set("SCRIPT_NAME", "/other");
        request.set("SCRIPT_FILENAME", "/etc/passwd");
        request.set("DOCUMENT_ROOT", "/etc");
        assertThat(environ().toMap())
                .containsEntry("SCRIPT_NAME", "/cgi/hello.sh")
                .containsEntry("SCRIPT_FILENAME", "/srv/cgi/hello.sh")
                .containsEntry("DOCUMENT_ROOT", "/srv");
    }

    @Test
    void withoutARootTheWebServersDocumentRootStays() {
        request.set("DOCUMENT_ROOT", "/var/www");
        assertThat(of(SCRIPT, "", Map.of()).get("DOCUMENT_ROOT")).isEqualTo("/var/www");
    }

    @Test
    void everyByteArrivesUnchanged() {
        StringBuilder bytes = new StringBuilder();
        for (char c = 1; c < 256; c++) {
            bytes.append(c);
        }
        request.set("HTTP_X_BYTES", bytes.toString());
        assertThat(environ().entries())
                .anySatisfy(entry -> assertThat(entry).isEqualTo(("HTTP_X_BYTES=" + bytes).getBytes(ISO_8859_1)));
    }

    @Test
    void theAppsOwnVariablesWinOverEverything() {
        request.set("HTTP_ACCEPT", "text/html");
        Environ environ = of(
                SCRIPT,
                "/srv",
                Map.of("PATH", "/opt/bin", "HTTP_ACCEPT", "mine", "SCRIPT_NAME", "/mine", "HTTP_PROXY", "http://p"));
        assertThat(environ.toMap())
                .containsEntry("PATH", "/opt/bin")
                .containsEntry("HTTP_ACCEPT", "mine")
                .containsEntry("SCRIPT_NAME", "/mine")
                .containsEntry("HTTP_PROXY", "http://p");
    }

    @Test
    void theAppsOwnVariablesAreUtf8() {
        assertThat(of(SCRIPT, "/srv", Map.of("GREETING", "\u00e9\u20ac")).get("GREETING"))
                .isEqualTo("\u00c3\u00a9\u00e2\u0082\u00ac");
    }

    @Test
    void theRequestsEnvironIsLeftAsItWas() {
        request.set("PATH_INFO", "/x");
        environ();
        assertThat(request.toMap()).isEqualTo(Map.of("PATH_INFO", "/x"));
    }

    @Test
    void credentialsPassWhenWanted() {
        request.set("HTTP_AUTHORIZATION", "Basic YTpi");
        request.set("HTTP_PROXY", "http://evil");
        Environ environ =
                new CgiEnvironment("", OwnVariables.of(List.of(), Map.of()), true).of(request, SCRIPT, Origins.UNSEEN);
        assertThat(environ.get("HTTP_AUTHORIZATION")).isEqualTo("Basic YTpi");
        assertThat(environ.has("HTTP_PROXY")).isFalse();
    }

    @Test
    void ownVariablesMayReferToThoseOfTheRequestAndToEachOther() {
        request.set("HTTP_HOST", "a.example");
        request.set("REMOTE_USER", "${PATH}");
        Map<String, String> own = new LinkedHashMap<>();
        own.put("SITE", "/srv/${HTTP_HOST}");
        own.put("DATA", "${SITE}/data/${NOBODY}");
        own.put("WHO", "<${REMOTE_USER}>");
        assertThat(of(SCRIPT, "/srv", own).toMap())
                .containsEntry("SITE", "/srv/a.example")
                .containsEntry("DATA", "/srv/a.example/data/")
                .containsEntry("WHO", "<${PATH}>");
    }

    @Test
    void namedVariablesPassFromGatepoolsOwnEnvironment() {
        Map<String, String> ours = System.getenv();
        String name = ours.containsKey("JAVA_HOME") ? "JAVA_HOME" : "PATH";
        Environ environ = new CgiEnvironment("", OwnVariables.of(List.of(name, "NOT_SET"), Map.of()), false)
                .of(request, SCRIPT, Origins.UNSEEN);
        assertThat(environ.get(name)).isEqualTo(ours.get(name));
        assertThat(environ.has("NOT_SET")).isFalse();
    }

    @Test
    void everyVariableHasAnOrigin() {
        request.set("REQUEST_METHOD", "GET");
        request.set("SERVER_NAME", "a.example");
        Map<String, String> origins = new HashMap<>();
        Environ environ = new CgiEnvironment(
                        "/srv", OwnVariables.of(List.of(), Map.of("MINE", "x", "SERVER_PORT", "81")), false)
                .of(request, new Place("/cgi/hello.sh", "/srv/cgi/hello.sh", "/rest"), origins::put);
        assertThat(origins.keySet()).isEqualTo(environ.toMap().keySet());
        assertThat(origins)
                .containsEntry("REQUEST_METHOD", "request")
                .containsEntry("SERVER_NAME", "request")
                .containsEntry("SERVER_PORT", "env")
                .containsEntry("MINE", "env")
                .containsEntry("PATH", "default")
                .containsEntry("GATEWAY_INTERFACE", "always")
                .containsEntry("SCRIPT_NAME", "mount + path")
                .containsEntry("SCRIPT_FILENAME", "root + path")
                .containsEntry("PATH_INFO", "rest of path");
    }
}
