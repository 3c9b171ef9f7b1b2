package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.Environ;
import io.gatepool.fastcgi.Allocations;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    private static Environ environ(String scriptName) {
        Environ environ = new Environ();
        environ.set("SCRIPT_NAME", scriptName);
        return environ;
    }

    @ParameterizedTest
    @CsvSource({
        "/app/x, /app, /app, /x",
        "/app,   /app, /app, ''",
        "/app/x, /,    '',   /app/x",
        "/apple, /app, /apple, NONE",
    })
    void thePathIsSplitAtTheMount(String path, String mount, String scriptName, String pathInfo) {
        Environ environ = environ(path);
        Mapping.splitAtMount(environ, mount);
        assertThat(environ.get("SCRIPT_NAME")).isEqualTo(scriptName);
        assertThat(environ.get("PATH_INFO")).isEqualTo(pathInfo.equals("NONE") ? null : pathInfo);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/app", "/"})
    void toSplitThePathMakesNoString(String mount) {
        List<Environ> fresh = Stream.generate(() -> environ("/app/x")).limit(10).toList();
        Iterator<Environ> next = fresh.iterator();
        assertThat(Allocations.ofEach(fresh.size(), () -> Mapping.splitAtMount(next.next(), mount)))
                .isZero();
    }
}
