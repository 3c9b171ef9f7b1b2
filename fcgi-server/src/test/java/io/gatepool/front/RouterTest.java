package io.gatepool.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.cgi.Environ;
import io.gatepool.exchange.Application;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouterTest {

    private static final Application FALLBACK = new FakeApplication("fallback", "/nowhere");

    private static Router router(String... mounts) {
        List<Application> applications = Stream.of(mounts)
                .<Application>map(mount -> new FakeApplication(mount, mount))
                .toList();
        return new Router(applications, FALLBACK);
    }

    @ParameterizedTest
    @CsvSource({
        "/,             /",
        "/x,            /",
        "/blog,         /blog",
        "/blog/,        /blog",
        "/blog/a/b,     /blog",
        "/blog/admin,   /blog/admin",
        "/blog/admin/x, /blog/admin",
        "/blog/administrator, /blog",
        "/blogger,      /",
        "/Blog,         /",
        "//blog,        /",
        "/a/blog,       /"
    })
    void theLongestMountThatThePathLiesUnderGetsIt(String path, String mount) {
        assertThat(router("/", "/blog", "/blog/admin").route(path).mount()).isEqualTo(mount);
        assertThat(router("/blog/admin", "/blog", "/").route(path).mount())
                .as("in another order")
                .isEqualTo(mount);
        Environ environ = new Environ();
        environ.set("SCRIPT_NAME", path.substring(0, path.length() / 2));
        environ.set("PATH_INFO", path.substring(path.length() / 2));
        assertThat(router("/", "/blog", "/blog/admin").route(environ).mount())
                .as("from a web server")
                .isEqualTo(mount);
    }

    @Test
    void whereNobodyLivesTheFallbackAnswers() {
        Router router = router("/blog");
        assertThat(router.route("/")).isSameAs(FALLBACK);
        assertThat(router.route("/blogger")).isSameAs(FALLBACK);
        assertThat(router.route("")).isSameAs(FALLBACK);
        assertThat(router.route(new Environ())).isSameAs(FALLBACK);
        assertThat(router.route("/blog").mount()).isEqualTo("/blog");
    }

    @Test
    void withoutApplicationsEverythingIsTheFallbacks() {
        assertThat(router().route("/")).isSameAs(FALLBACK);
    }

    @Test
    void theRootTakesAnEmptyPathToo() {
        assertThat(router("/").route("").mount()).isEqualTo("/");
        assertThat(router("/").route(new Environ()).mount()).isEqualTo("/");
    }
}
