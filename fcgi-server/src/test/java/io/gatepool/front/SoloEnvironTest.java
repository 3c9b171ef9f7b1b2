package io.gatepool.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.Environ;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What web servers leave out of SCGI and uwsgi variables. */
class SoloEnvironTest {

    private static Environ environ(String... pairs) {
        Environ environ = new Environ();
        for (int at = 0; at < pairs.length; at += 2) {
            environ.set(pairs[at], pairs[at + 1]);
        }
        SoloEnviron.complete(environ);
        return environ;
    }

    @ParameterizedTest
    @CsvSource({
        "/a b,  /x%20y?q, /a b",
        "'',    /x%20y?q, /x y",
        "'',    /,        /",
        "'',    /a/../b,  /b",
        "'',    /%,       ''",
        "'',    '*',      ''",
        "'',    '',       ''",
    })
    void withoutAPathTheWholeUriIsTheScriptName(String documentUri, String requestUri, String path) {
        Environ environ = environ("DOCUMENT_URI", documentUri, "REQUEST_URI", requestUri);
        assertThat(environ.get("SCRIPT_NAME")).isEqualTo(path);
        assertThat(environ.has("PATH_INFO")).isFalse();
    }

    @Test
    void aPathThatTheWebServerHasSplitStays() {
        Environ environ = environ("SCRIPT_NAME", "/a", "PATH_INFO", "/b", "DOCUMENT_URI", "/c");
        assertThat(environ.toMap()).containsEntry("SCRIPT_NAME", "/a").containsEntry("PATH_INFO", "/b");
    }

    @Test
    void besidesAPathInfoTheScriptNameIsThereAndEmpty() {
        assertThat(environ("PATH_INFO", "/b", "DOCUMENT_URI", "/c").toMap())
                .containsEntry("SCRIPT_NAME", "")
                .containsEntry("PATH_INFO", "/b");
    }

    @Test
    void theInterfaceIsNamedAndTheHopIsNot() {
        assertThat(environ("SCGI", "1").toMap())
                .containsEntry("GATEWAY_INTERFACE", "CGI/1.1")
                .doesNotContainKey("SCGI");
        assertThat(environ("GATEWAY_INTERFACE", "CGI/1.2").get("GATEWAY_INTERFACE"))
                .isEqualTo("CGI/1.2");
    }
}
