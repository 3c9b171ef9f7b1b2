package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Listening sockets that gatepool was started with, as descriptor 0 or by systemd. */
class HandedOverIT {

    private static final String TESTAPP = Daemon.TEST_APPS.resolve("testapp.py").toString();

    private final Path directory;

    HandedOverIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private Path socket() {
        return directory.resolve("app.sock");
    }

    private static String app(String name, String listen, String... more) {
        return "[app." + name + "]\nkind = \"fastcgi\"\ncommand = [\"" + TESTAPP + "\"]\nlisten = " + listen + "\n"
                + String.join("\n", more) + "\n";
    }

    private static void assertAnswers(RawFastCgi connection) {
        try (connection) {
            assertThat(connection.request(1, false, "/pid", "").body()).contains("count ");
        }
    }

    private static void assertAnswersHttp(int port, String path) {
        try (RawHttp http = RawHttp.connect(port)) {
            assertThat(http.get(path).response().body()).contains("count ");
        }
    }

    // ---- what is handed over, by name and by number ----

    @Test
    void socketsAreFoundByNameAndByNumberAndSpeakWhatTheAddressSays() throws Exception {
        try (HandOver parent = HandOver.serve(
                directory,
                List.of("web=tcp:127.0.0.1", "fcgi=unix:" + socket(), "web=tcp:127.0.0.1", "spare=tcp:127.0.0.1"),
                app("one", "[\"http:systemd:web\", \"fd:4\"]"))) {
            String log = parent.log();
            List<String> ports = List.of(log.split("handover: web is port ", -1)).stream()
                    .skip(1)
                    .map(rest -> rest.split("\n", 2)[0])
                    .toList();
            assertThat(log)
                    .contains(
                            "one: http on systemd:web (127.0.0.1:" + ports.get(0) + ", 127.0.0.1:" + ports.get(1) + ")")
                    .contains("one: fastcgi on fd:4 (unix:" + socket() + ")")
                    .contains("127.0.0.1:" + parent.port("spare")
                            + " was handed over and no app has it: listen = \"systemd:spare\", or \"fd:6\"");
            for (String port : ports) {
                assertAnswersHttp(Integer.parseInt(port), "/pid");
            }
            assertAnswers(RawFastCgi.unix(socket()));
        }
    }

    @Test
    void appsShareASocketThatWasHandedOverWhenTheirMountsDiffer() throws Exception {
        try (HandOver parent = HandOver.serve(
                directory,
                List.of("web=tcp:127.0.0.1"),
                app("one", "\"http:systemd:\"", "mount = \"/one\"")
                        + app("two", "\"http:systemd:\"", "mount = \"/two\""))) {
            assertAnswersHttp(parent.port("web"), "/one/pid");
            assertAnswersHttp(parent.port("web"), "/two/pid");
            parent.running().await("two: http on systemd: \\(127.0.0.1:\\d+\\) under /two");
        }
    }

    @Test
    void itsFileIsNeitherChangedNorRemoved() throws Exception {
        try (HandOver parent = HandOver.serve(
                directory, List.of("a=unix:" + socket()), app("one", "\"fd:3\"", "listen_mode = \"0600\""))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                    .isEqualTo("rwxr-xr-x");
            assertAnswers(RawFastCgi.unix(socket()));
            parent.stop();
            assertThat(socket()).exists();
        }
    }

    @Test
    void itsWorkersKnowNothingOfIt() throws Exception {
        try (HandOver parent = HandOver.serve(
                directory,
                List.of("a=unix:" + socket()),
                app("one", "\"systemd:a\"", "pass_env = [\"LISTEN_FDS\", \"LISTEN_PID\", \"LISTEN_FDNAMES\"]"))) {
            assertAnswers(RawFastCgi.unix(socket()));
            String worker = parent.running().await("one: workers (\\d+)").group(1);
            assertThat(Files.readString(Path.of("/proc/" + worker + "/environ"), StandardCharsets.ISO_8859_1))
                    .contains("GATEPOOL_CHILD=")
                    .doesNotContain("LISTEN_");
            String handed = Files.readSymbolicLink(Path.of("/proc/" + parent.pid() + "/fd/3"))
                    .toString();
            assertThat(handed).startsWith("socket:");
            assertThat(opened(worker)).isNotEmpty().doesNotContain(handed);
        }
    }

    /** What the descriptors of a process are. */
    private static List<String> opened(String pid) throws Exception {
        List<String> opened = new ArrayList<>();
        try (DirectoryStream<Path> links = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
            for (Path link : links) {
                opened.add(Files.readSymbolicLink(link).toString());
            }
        }
        return opened;
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 10.0.0.0/8, false", "127.0.0.1, 127.0.0.1, true", "::, ::1, false", "::, 127.0.0.0/8, true"
    })
    void allowedClientsGuardASocketThatWasHandedOver(String host, String allowed, boolean in) throws Exception {
        try (HandOver parent = HandOver.serve(
                        directory,
                        List.of("a=tcp:" + host),
                        app("one", "\"systemd:a\"", "allowed_clients = [\"" + allowed + "\"]"));
                RawFastCgi connection = RawFastCgi.tcp(parent.port("a"))) {
            if (in) {
                assertAnswers(connection);
            } else {
                assertThat(connection.ends()).isTrue();
            }
        }
    }

    // ---- what will not do ----

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a=dgram     | fd:3        | fd:3: descriptor 3 is a socket for datagrams",
                "a=bound     | fd:3        | fd:3: descriptor 3 is a socket that does not listen",
                "a=connected | systemd:a   | systemd:a: descriptor 3 is a socket that does not listen",
                "a=pipe      | fd:3        | fd:3: descriptor 3 is no socket but pipe:",
                "a=pipe      | fd:0        | fd:0: descriptor 0 is no socket but pipe:",
                "a=pipe      | fd:4711     | fd:4711: descriptor 4711 is not open",
                "a=tcp:127.0.0.1 | systemd:b | systemd:b: no socket of that name was handed over; those that were are called a",
                "--silent    | systemd:a   | systemd:a: no sockets were handed over: LISTEN_FDS is not set",
                "--pid=1     | systemd:    | systemd:: no sockets were handed over: LISTEN_PID is 1 and gatepool is process",
            })
    void anAddressWithoutASocketIsAFailureAtTheStart(String option, String listen, String why) throws Exception {
        List<String> options = option.startsWith("--") ? List.of(option, "a=tcp:127.0.0.1") : List.of(option);
        Path file = HandOver.configure(directory, app("one", "\"" + listen + "\""));
        try (HandOver parent = HandOver.launch(directory, options, "serve", "-R", "-c", file.toString())) {
            assertThat(parent.running().awaitExit()).isEqualTo(1);
            assertThat(parent.log()).contains("cannot listen on " + why);
        }
    }

    @Test
    void whatIsOfNoUseIsToldOf() throws Exception {
        try (HandOver parent =
                HandOver.serve(directory, List.of("a=unix:" + socket(), "log=pipe"), app("one", "\"systemd:a\""))) {
            parent.running().await("handed over as \"log\", and of no use: descriptor 4 is no socket but pipe:");
            assertAnswers(RawFastCgi.unix(socket()));
        }
    }

    @Test
    void twoAddressesForOneSocketAreAFailureAtTheStart() throws Exception {
        Path file = HandOver.configure(
                directory, app("one", "[\"fd:3\"]") + app("two", "[\"http:systemd:a\"]", "mount = \"/two\""));
        try (HandOver parent =
                HandOver.launch(directory, List.of("a=unix:" + socket()), "serve", "-R", "-c", file.toString())) {
            assertThat(parent.running().awaitExit()).isEqualTo(1);
            assertThat(parent.log())
                    .contains("cannot listen on systemd:a: descriptor 3 (unix:" + socket() + ") is fd:3 as well");
        }
    }

    // ---- reloads ----

    @Test
    void aReloadThatWantsWhatWasNotHandedOverChangesNothing() throws Exception {
        String toml = app("one", "\"fd:3\"");
        try (HandOver parent = HandOver.serve(directory, List.of("a=unix:" + socket()), toml)) {
            HandOver.configure(directory, toml + app("two", "[\"127.0.0.1:0\", \"systemd:b\"]"));
            parent.reload("reload: nothing was changed: cannot listen on systemd:b: no socket of that name");
            assertAnswers(RawFastCgi.unix(socket()));
        }
    }

    @Test
    void whoConnectsWhileNoAppHasItIsAnsweredWhenOneHasItAgain() throws Exception {
        String other = app("other", "\"127.0.0.1:0\"");
        try (HandOver parent =
                HandOver.serve(directory, List.of("a=unix:" + socket()), other + app("one", "\"fd:3\""))) {
            HandOver.configure(directory, other);
            parent.reload("fd:3 \\(.*app.sock\\): closed here; it was handed over and stays open, who connects waits");
            parent.running().await("reloaded in ");
            try (RawFastCgi waits = RawFastCgi.unix(socket())) {
                waits.begin(1).params(1, RawFastCgi.get("/pid", "")).endStdin(1).send();
                HandOver.configure(directory, other + app("one", "\"systemd:a\""));
                parent.reload("one: fastcgi on systemd:a \\(unix:.*\\)");
                assertThat(waits.answer(1).body()).contains("count ");
            }
        }
    }

    @Test
    void reloadsLeaveNoDescriptorBehind() throws Exception {
        String other = app("other", "\"127.0.0.1:0\"");
        String both = other + app("one", "[\"fd:3\", \"systemd:b\"]");
        try (HandOver parent = HandOver.serve(directory, List.of("a=unix:" + socket(), "b=tcp:127.0.0.1"), both)) {
            HandOver.configure(directory, other);
            parent.reload("reloaded in ");
            int before = settled(parent);
            for (int round = 0; round < 5; round++) {
                HandOver.configure(directory, both);
                parent.reload("reloaded in ");
                HandOver.configure(directory, other);
                parent.reload("reloaded in ");
            }
            Poll.until("as many descriptors as before", () -> settled(parent) <= before);
        }
    }

    private static int settled(HandOver parent) {
        try {
            return parent.descriptors();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
