package io.gatepool.config;

import static io.gatepool.config.Fixtures.APP;
import static io.gatepool.config.Fixtures.write;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncludesTest {
    private static final String INCLUDE = "include = [\"conf.d/*.toml\"]\n";

    private static String app(String name) {
        return APP.replace("app.a", "app." + name).replace("/run/a.sock", "/run/" + name + ".sock");
    }

    @Test
    void filesAreReadInOrderOfName(@TempDir Path directory) {
        write(directory, "conf.d/20.toml", app("second"));
        write(directory, "conf.d/10.toml", app("first"));
        write(directory, "conf.d/10.toml.dpkg-old", "[[[");
        write(directory, "conf.d/.#10.toml", "[[[");
        Path file = write(directory, "gatepool.toml", INCLUDE + app("top"));
        assertThat(Fixtures.load(file).apps()).extracting(AppSettings::name).containsExactly("top", "first", "second");
    }

    @Test
    void aPatternMayMatchNothing(@TempDir Path directory) {
        assertThat(Fixtures.load(directory, INCLUDE).apps()).isEmpty();
    }

    @Test
    void aFileIsReadOnceAndNotByItself(@TempDir Path directory) {
        write(directory, "b.toml", app("b"));
        Path file = write(directory, "gatepool.toml", "include = [\"*.toml\", \"b.toml\"]\n" + app("a"));
        assertThat(Fixtures.load(file).apps()).extracting(AppSettings::name).containsExactly("a", "b");
    }

    @Test
    void defaultsHoldForIncludedApps(@TempDir Path directory) {
        write(directory, "conf.d/a.toml", app("a"));
        Path file = write(directory, "gatepool.toml", INCLUDE + "[defaults]\nworkers.max = 9\n");
        assertThat(Fixtures.load(file).apps().get(0).workers().max()).isEqualTo(9);
    }

    @Test
    void relativePathsStartAtTheIncludedFile(@TempDir Path directory) {
        write(directory, "conf.d/a.toml", app("a") + "root = \"www\"\n");
        assertThat(Fixtures.load(directory, INCLUDE).apps().get(0).root()).contains(directory.resolve("conf.d/www"));
    }

    @Test
    void anAppInTwoFilesIsAnErrorThatNamesBothPlaces(@TempDir Path directory) {
        write(directory, "conf.d/a.toml", "# a\n" + app("a"));
        write(directory, "conf.d/b.toml", app("a"));
        assertThat(Fixtures.check(write(directory, "gatepool.toml", INCLUDE))).isEqualTo("""
                        conf.d/b.toml:1:6: [app.a] is already defined at conf.d/a.toml:2:6
                          1 | [app.a]
                            |      ^
                            give one of the two another name
                        1 error in 3 files. Nothing was changed.
                        """);
    }

    @Test
    void anIncludedFileHoldsAppsOnly(@TempDir Path directory) {
        write(directory, "conf.d/a.toml", "include = []\nlistn = 1\n[server]\n[http]\n[defaults]\n" + app("a"));
        assertThat(Fixtures.check(write(directory, "gatepool.toml", INCLUDE))).isEqualTo("""
                        conf.d/a.toml:1:1: 'include' belongs in gatepool.toml
                          1 | include = []
                            | ^^^^^^^
                            an included file holds apps only
                        conf.d/a.toml:2:1: the top level has no key 'listn'
                          2 | listn = 1
                            | ^^^^^
                        conf.d/a.toml:3:2: 'server' belongs in gatepool.toml
                          3 | [server]
                            |  ^^^^^^
                            an included file holds apps only
                        conf.d/a.toml:4:2: 'http' belongs in gatepool.toml
                          4 | [http]
                            |  ^^^^
                            an included file holds apps only
                        conf.d/a.toml:5:2: 'defaults' belongs in gatepool.toml
                          5 | [defaults]
                            |  ^^^^^^^^
                            an included file holds apps only
                        5 errors in 2 files. Nothing was changed.
                        """);
    }

    /** The example of the specimen sheet, whose two files are the one with the errors and the one that includes it. */
    @Test
    void theLastLineCountsTheFilesThatWereRead(@TempDir Path directory) {
        String blog = "#\n#\n" + app("blog") + "worker.max = 8\n\n\n\n\nrequest_timeout = \"60\"\n";
        write(directory, "conf.d/blog.toml", blog);
        assertThat(Fixtures.check(write(directory, "gatepool.toml", INCLUDE))).isEqualTo("""
                        conf.d/blog.toml:7:1: [app.blog] has no key 'worker'
                          7 | worker.max = 8
                            | ^^^^^^
                            did you mean 'workers'?
                        conf.d/blog.toml:12:19: request_timeout: "60" has no unit
                         12 | request_timeout = "60"
                            |                   ^^^^
                            write "60s" (units: ms, s, m, h, d), or "off"
                        2 errors in 2 files. Nothing was changed.
                        """);
    }

    @Test
    void problemsInEveryFileAreShownAtOnce(@TempDir Path directory) {
        write(directory, "conf.d/a.toml", app("a") + "x = \n");
        write(directory, "conf.d/b.toml", app("b") + "usr = 1\n");
        assertThat(Fixtures.check(write(directory, "gatepool.toml", INCLUDE + "[servr]\n")))
                .contains("gatepool.toml:2:2: ", "conf.d/a.toml:5:5: ", "conf.d/b.toml:5:1: ", "3 errors in 3 files.");
    }
}
