package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.Environ;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MappingTest {

    @ParameterizedTest
    @CsvSource({
        "/,          /,     /",
        "/a/b,       /,     /a/b",
        "/app,       /app,  ''",
        "/app/,      /app,  /",
        "/app/x,     /app,  /x",
        "/app//x,    /app,  //x",
    })
    void whatLiesBelowTheMountIsTheRest(String path, String mount, String below) {
        assertThat(Mapping.below(path, mount)).isEqualTo(below);
    }

    @ParameterizedTest
    @CsvSource({"/apple, /app", "/, /app", "/ap, /app", "/App, /app"})
    void aPathBesideTheMountIsNotBelowIt(String path, String mount) {
        assertThat(Mapping.below(path, mount)).isNull();
    }

    @Test
    void theFullPathIsTheSameHoweverItWasSplit() {
        Environ environ = new Environ();
        environ.set("SCRIPT_NAME", "/app");
        environ.set("PATH_INFO", "/x");
        assertThat(Mapping.fullPath(environ)).isEqualTo("/app/x");
        assertThat(Mapping.fullPath(new Environ())).isEmpty();
    }
}
