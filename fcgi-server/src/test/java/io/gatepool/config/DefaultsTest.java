package io.gatepool.config;

import static io.gatepool.config.Fixtures.APP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatepool.process.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds where nothing is written: the table of the specimen sheet. */
class DefaultsTest {
    private static AppSettings app(Path directory, String toml) {
        return Fixtures.load(directory, toml).apps().get(0);
    }

    @Test
    void ofAFastCgiApp(@TempDir Path directory) throws AddressException {
        assertThat(app(directory, APP))
                .isEqualTo(new AppSettings(
                        "a",
                        Kind.FASTCGI,
                        List.of("x"),
                        Optional.empty(),
                        List.of(new Listen(
                                Address.parse("unix:/run/a.sock", Protocol.FASTCGI),
                                Optional.empty(),
                                Optional.empty(),
                                0660,
                                511,
                                List.of())),
                        "/",
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of(),
                        new ProcessSettings(
                                Optional.empty(),
                                new UidRange(1000, 59_999),
                                Optional.empty(),
                                Optional.empty(),
                                false,
                                Limits.NONE,
                                0,
                                OptionalInt.empty(),
                                Map.of(),
                                List.of(),
                                Optional.empty(),
                                022),
                        new HookSettings(Map.of(), Duration.ofSeconds(30), Set.of()),
                        new WorkerSettings(
                                WorkerSettings.Mode.DYNAMIC,
                                5,
                                2,
                                1,
                                3,
                                Duration.ofSeconds(10),
                                1,
                                1,
                                Duration.ofSeconds(1),
                                Optional.empty(),
                                Optional.empty(),
                                new Recycling(0, 10, Durations.OFF, Sizes.OFF, Sizes.OFF),
                                List.of()),
                        new QueueSettings(512, Duration.ofSeconds(10), QueueSettings.WhenFull.PAGE, true),
                        8,
                        new ScriptSettings(
                                false,
                                false,
                                false,
                                false,
                                true,
                                ScriptSettings.Errors.LOG,
                                ScriptSettings.Strays.KILL),
                        new Timeouts(
                                Duration.ofMinutes(10),
                                Durations.OFF,
                                Duration.ofSeconds(55),
                                Durations.OFF,
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(5)),
                        OptionalLong.empty(),
                        1L << 30,
                        64 << 10));
    }

    @Test
    void ofTheHttpFront(@TempDir Path directory) {
        assertThat(Fixtures.load(directory, "").http())
                .isEqualTo(HttpSettings.defaults())
                .isEqualTo(new HttpSettings(
                        8190,
                        100,
                        8190,
                        16_384,
                        Duration.ofSeconds(75),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(60),
                        Optional.empty()));
    }

    @Test
    void ofTheServer(@TempDir Path directory) {
        assertThat(Fixtures.load(directory, "").server())
                .isEqualTo(ServerSettings.defaults())
                .isEqualTo(new ServerSettings(
                        RuntimeDir.byDefault(),
                        Path.of("/var/tmp"),
                        "stderr",
                        "info",
                        ReaperMode.WAITID,
                        Duration.ofSeconds(25),
                        Integer.MAX_VALUE,
                        "off",
                        LogFormat.COMBINED,
                        "log",
                        List.of("127.0.0.1", "::1", "unix"),
                        Optional.empty(),
                        List.of(),
                        Optional.empty()));
    }

    @Test
    void theRuntimeDirectoryDependsOnTheUser() {
        assertThat(RuntimeDir.byDefault(true, "/run/user/0", "root")).hasToString("/run/gatepool");
        assertThat(RuntimeDir.byDefault(false, "/run/user/7", "ann")).hasToString("/run/user/7/gatepool");
        assertThat(RuntimeDir.byDefault(false, null, "ann")).hasToString("/tmp/gatepool-ann");
        assertThat(RuntimeDir.byDefault(false, "relative", "a/b")).hasToString("/tmp/gatepool-a_b");
    }

    @Test
    void aFastCgiAppWithARootIsTakenForPhp(@TempDir Path directory) {
        AppSettings app = app(directory, APP + "root = \"/srv\"\n");
        assertThat(app.extensions()).containsExactly(".php");
        assertThat(app.index()).containsExactly("index.php");
    }

    @Test
    void withoutPhpThereIsNoIndex(@TempDir Path directory) {
        AppSettings app = app(directory, APP + "root = \"/srv\"\nextensions = [\".pl\"]\n");
        assertThat(app.index()).isEmpty();
    }

    @Test
    void anEmptyListOfExtensionsIsEveryExtension(@TempDir Path directory) {
        assertThat(app(directory, APP + "root = \"/srv\"\nextensions = []\n").extensions())
                .isEmpty();
    }

    @Test
    void aCgiAppRunsScriptsOfAnyName(@TempDir Path directory) {
        AppSettings app = app(directory, "[app.a]\nkind = \"cgi\"\nlisten = \":80\"\nroot = \"/x\"\n");
        assertThat(app.extensions()).isEmpty();
        assertThat(app.index()).isEmpty();
    }

    @Test
    void theBodyIsLimitedOverHttpOnly(@TempDir Path directory) {
        AppSettings app = app(directory, APP);
        assertThat(app.maxBody(Protocol.HTTP)).isEqualTo(1L << 30);
        assertThat(app.maxBody(Protocol.FASTCGI)).isEqualTo(AppSettings.UNLIMITED);
    }

    @Test
    void aWrittenLimitOfTheBodyHoldsForBoth(@TempDir Path directory) {
        AppSettings app = app(directory, APP + "max_body = \"1KiB\"\n");
        assertThat(app.maxBody(Protocol.HTTP)).isEqualTo(1024);
        assertThat(app.maxBody(Protocol.FASTCGI)).isEqualTo(1024);
    }

    @Test
    void offIsNoBufferAndNoLimit(@TempDir Path directory) {
        AppSettings app =
                app(directory, APP + "response_buffer = \"off\"\nmax_body = \"off\"\nrequest_timeout = \"off\"\n");
        assertThat(app.responseBuffer()).isZero();
        assertThat(app.maxBody(Protocol.HTTP)).isEqualTo(AppSettings.UNLIMITED);
        assertThat(app.timeouts().request()).isEqualTo(Durations.OFF);
    }

    @Test
    void onlyTheLoopbackMayConnectToFastCgiAndEveryoneToHttp(@TempDir Path directory) {
        String listen = APP.replace("\"unix:/run/a.sock\"", "[\":9000\", \"http::80\", \"unix:/x\"]");
        assertThat(app(directory, listen).listens())
                .extracting(Listen::allowedClients)
                .containsExactly(List.of("127.0.0.1", "::1"), List.of(), List.of());
    }

    @Test
    void writtenClientsHoldForBoth(@TempDir Path directory) {
        String listen = APP.replace("\"unix:/run/a.sock\"", "[\":9000\", \"http::80\", \"unix:/x\"]");
        assertThat(app(directory, listen + "allowed_clients = [\"10.0.0.0/8\"]\n")
                        .listens())
                .extracting(Listen::allowedClients)
                .containsExactly(List.of("10.0.0.0/8"), List.of("10.0.0.0/8"), List.of());
    }

    @Test
    void theShortFormsHaveTheSameOnes(@TempDir Path directory) throws AddressException {
        AppSettings built = AppSettings.fastcgi("a", List.of("x"))
                .listen(List.of(Address.parse("unix:/run/a.sock", Protocol.FASTCGI)))
                .build();
        assertThat(built).isEqualTo(app(directory, APP));
    }

    @Test
    void aShortFormOfCgiNeedsOnlyItsRootAndAddress() throws AddressException {
        AppSettings built = AppSettings.cgi("cgi", Path.of("/usr/lib/cgi-bin"))
                .listen(List.of(Address.parse("127.0.0.1:8080", Protocol.HTTP)))
                .build();
        assertThat(built.kind()).isEqualTo(Kind.CGI);
        assertThat(built.root()).contains(Path.of("/usr/lib/cgi-bin"));
    }

    @Test
    void theShortFormsHaveTheSameRules() {
        assertThatThrownBy(() -> AppSettings.fastcgi("a", List.of("x")).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("a: has no 'listen'; write listen = ");
    }

    @Test
    void ofAWsgiApp(@TempDir Path directory) {
        AppSettings app = app(directory, "[app.a]\nkind = \"wsgi\"\nlisten = \":80\"\nmodule = \"shop:app\"\n");
        assertThat(app.wsgi()).contains(new WsgiSettings("shop:app", "python3", List.of(), 1));
        assertThat(app.workers().mode()).isEqualTo(WorkerSettings.Mode.STATIC);
        assertThat(app.workers().max())
                .isEqualTo(Math.min(12, 2 * Runtime.getRuntime().availableProcessors() + 1));
        assertThat(app.workers().connections()).isEqualTo(1);
        assertThat(app.workers().multiplex()).isEqualTo(16);
        assertThat(app.workers().timeoutSignal()).contains("USR1");
        assertThat(app.timeouts().output()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void eachThreadOfAWsgiWorkerHasAConnection(@TempDir Path directory) {
        AppSettings app = app(directory, """
                [app.a]
                kind = "wsgi"
                listen = ":80"
                module = "shop:app"
                threads = 8
                python = "venv/x"
                pythonpath = ["lib"]
                """);
        assertThat(app.workers().connections()).isEqualTo(8);
        assertThat(app.wsgi().orElseThrow().python())
                .isEqualTo(directory.resolve("venv/x").toString());
        assertThat(app.wsgi().orElseThrow().pythonPath()).containsExactly(directory.resolve("lib"));
    }

    @Test
    void defaultsOfTheFileComeBeforeThoseOfTheKind(@TempDir Path directory) {
        AppSettings app = app(
                directory,
                "[defaults]\nworkers.mode = \"ondemand\"\n[app.a]\nkind = \"wsgi\"\nlisten = \":80\"\nmodule = \"shop:app\"\n");
        assertThat(app.workers().mode()).isEqualTo(WorkerSettings.Mode.ONDEMAND);
    }
}
