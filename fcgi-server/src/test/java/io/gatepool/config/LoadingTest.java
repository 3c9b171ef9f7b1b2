package io.gatepool.config;

import static io.gatepool.config.Fixtures.APP;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadingTest {
    @Test
    void readsTheAppsOfTheSpecimenSheet(@TempDir Path directory) {
        Configuration configuration = Fixtures.load(directory, """
                [server]
                runtime_dir = "/run/gatepool"
                log = "stderr"

                [defaults]
                listen_group = "www-data"

                [app.cgi]                          # what fcgiwrap did
                kind = "cgi"
                user = "www-data"
                listen = ["unix:/run/gatepool/cgi.sock"]
                mount = "/cgi-bin"
                root = "/usr/lib/cgi-bin"
                interpreters = { ".pl" = ["/usr/bin/perl"] }
                max_running = 8                    # fcgiwrap -c

                [app.git]                          # one program for a whole mount
                kind = "cgi"
                user = "git"
                listen = ["unix:/run/gatepool/git.sock"]
                mount = "/git"                     # the rest of the path is PATH_INFO
                script = "/usr/lib/git-core/git-http-backend"
                env = { GIT_PROJECT_ROOT = "/srv/git", GIT_HTTP_EXPORT_ALL = "1" }
                request_timeout = "off"            # a clone may be long, but
                output_timeout = "5m"              # never silent for so long
                max_body = "off"
                """);
        AppSettings cgi = configuration.apps().get(0);
        assertThat(cgi.interpreters()).isEqualTo(Map.of(".pl", List.of("/usr/bin/perl")));
        assertThat(cgi.mount()).isEqualTo("/cgi-bin");
        AppSettings git = configuration.apps().get(1);
        assertThat(git.script()).contains(Path.of("/usr/lib/git-core/git-http-backend"));
        assertThat(git.timeouts().output()).isEqualTo(Duration.ofMinutes(5));
        assertThat(git.process().env()).containsOnlyKeys("GIT_PROJECT_ROOT", "GIT_HTTP_EXPORT_ALL");
        assertThat(git.listens().get(0).group()).contains("www-data");
    }

    @Test
    void dottedKeysTablesAndHeadersAreTheSame(@TempDir Path directory) {
        Configuration dotted = Fixtures.load(directory, APP + "workers.max = 3\nworkers.connections = 2\n");
        Configuration inline = Fixtures.load(directory, APP + "workers = { max = 3, connections = 2 }\n");
        Configuration header = Fixtures.load(directory, APP + "[app.a.workers]\nmax = 3\nconnections = 2\n");
        assertThat(dotted.apps().get(0).workers().max()).isEqualTo(3);
        assertThat(dotted.apps().get(0).workers().connections()).isEqualTo(2);
        assertThat(dotted).isEqualTo(inline).isEqualTo(header);
    }

    @Test
    void whatAnAppSaysReplacesTheDefault(@TempDir Path directory) {
        String toml = "[defaults]\nworkers.max = 3\nqueue.size = 4\n" + APP + "workers.max = 7\n";
        AppSettings app = Fixtures.load(directory, toml).apps().get(0);
        assertThat(app.workers().max()).isEqualTo(7);
        assertThat(app.queue().size()).isEqualTo(4);
    }

    @Test
    void environmentsAreMergedAndKeepTheirOrder(@TempDir Path directory) {
        String toml = "[defaults]\nenv = { Z = \"1\", B = \"2\" }\n" + APP + "env = { B = \"3\", A = \"4\" }\n";
        AppSettings app = Fixtures.load(directory, toml).apps().get(0);
        assertThat(app.process().env().toString()).isEqualTo("{Z=1, B=3, A=4}");
    }

    @Test
    void defaultsMayBeForOneKindAndMeetTheOther(@TempDir Path directory) {
        String toml = "[defaults]\nmax_running = 3\nworkers.max = 4\n" + APP;
        assertThat(Fixtures.load(directory, toml).apps().get(0).workers().max()).isEqualTo(4);
    }

    @Test
    void relativePathsStartAtTheFile(@TempDir Path directory) {
        Configuration configuration = Fixtures.load(directory, """
                [server]
                runtime_dir = "run"
                log = "log/gatepool.log"
                access_log = "log/access.log"
                [app.a]
                kind = "fastcgi"
                command = ["../bin/worker", "./argument"]
                listen = ["unix:run/a.sock", "http:unix:/run/b.sock"]
                root = "www"
                chdir = "."
                [app.b]
                kind = "cgi"
                listen = ":0"
                script = "b.sh"
                interpreters = { ".sh" = ["bin/sh"], ".py" = ["python3"] }
                """);
        AppSettings a = configuration.apps().get(0);
        AppSettings b = configuration.apps().get(1);
        assertThat(configuration.server().runtimeDir()).isEqualTo(directory.resolve("run"));
        assertThat(configuration.server().log()).isEqualTo(directory + "/log/gatepool.log");
        assertThat(configuration.server().accessLog()).isEqualTo(directory + "/log/access.log");
        assertThat(a.command())
                .containsExactly(directory.resolveSibling("bin/worker").toString(), "./argument");
        assertThat(a.listens())
                .extracting(listen -> listen.address().text())
                .containsExactly("unix:" + directory + "/run/a.sock", "unix:/run/b.sock");
        assertThat(a.root()).contains(directory.resolve("www"));
        assertThat(a.process().chdir()).contains(directory);
        assertThat(b.script()).contains(directory.resolve("b.sh"));
        assertThat(b.interpreters())
                .isEqualTo(Map.of(".sh", List.of(directory + "/bin/sh"), ".py", List.of("python3")));
    }

    @Test
    void anAccessLogMayGoToStdout(@TempDir Path directory) {
        assertThat(Fixtures.load(directory, "[server]\naccess_log = \"-\"\n")
                        .server()
                        .accessLog())
                .isEqualTo("-");
    }

    @Test
    void modesAreOctal(@TempDir Path directory) {
        AppSettings app = Fixtures.load(directory, APP + "umask = \"027\"\nlisten_mode = \"600\"\n")
                .apps()
                .get(0);
        assertThat(app.process().umask()).isEqualTo(027);
        assertThat(app.listens().get(0).mode()).isEqualTo(0600);
    }

    @Test
    void aByteOrderMarkAndWindowsLineEndsDoNoHarm(@TempDir Path directory) {
        assertThat(Fixtures.load(directory, "\ufeff" + APP.replace("\n", "\r\n"))
                        .apps())
                .hasSize(1);
    }

    @Test
    void appsMayShareAnAddressUnderDifferentMounts(@TempDir Path directory) {
        String toml = APP + APP.replace("app.a", "app.b") + "mount = \"/b\"\n";
        assertThat(Fixtures.load(directory, toml).apps())
                .extracting(AppSettings::name)
                .containsExactly("a", "b");
    }

    @Test
    void portZeroIsFreeForEveryone(@TempDir Path directory) {
        String app = APP.replace("unix:/run/a.sock", ":0");
        assertThat(Fixtures.load(directory, app + app.replace("app.a", "app.b")).apps())
                .hasSize(2);
    }
}
