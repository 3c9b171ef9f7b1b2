package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a newcomer types, and what an administrator mistypes. */
class ShowItIT {

    private static final Path APPS = Daemon.REPOSITORY.resolve("examples/apps");
    private static final Pattern LINK = Pattern.compile("<a href=\"([^\"]+)\"");

    private static final int USAGE = 2;
    private static final int CONFIGURATION = 78;

    @Test
    void theIndexListsTheAppsAndItsLinksAnswer(@TempDir Path directory) throws Exception {
        int port = Ports.free();
        try (Daemon daemon = Examples.copyTo(directory)
                .serve(port, List.of("fastcgi:127.0.0.1:" + Ports.free()), """

                [app.failing]
                kind = "fastcgi"
                command = ["/nonexistent/<program>"]
                listen = "http:127.0.0.1:%d"
                mount = "/failing"
                """.formatted(port))) {
            String base = "http://127.0.0.1:" + port;
            Web.Answer index = Web.get(base + "/");
            assertThat(index.status()).isEqualTo(200);
            assertThat(index.header("Content-Type")).isEqualTo("text/html; charset=utf-8");
            for (String app : List.of("cgi", "counter", "counter-perl", "counter-c", "php", "failing")) {
                assertThat(index.text()).contains("<h2>" + app + " <");
            }
            assertThat(index.text())
                    .contains("pid " + daemon.workers("counter").get(0))
                    .contains("failing", "/nonexistent/&lt;program&gt;")
                    .doesNotContain("<program>");

            List<String> links = new ArrayList<>();
            for (Matcher link = LINK.matcher(index.text()); link.find(); ) {
                links.add(link.group(1));
            }
            assertThat(links).contains("/cgi/hello.sh", "/cgi/hello.py", "/counter", "/php/counter.php");
            for (String link : links) {
                assertThat(Web.get(base + link).status()).as(link).isEqualTo(expectedStatus(link));
            }
        }
    }

    /** Most pages are there to be looked at, some to show what else there is. */
    private static int expectedStatus(String link) {
        return switch (link) {
            case "/cgi/broken.sh" -> 502;
            case "/cgi/redirect.sh" -> 302;
            case "/cgi/status.sh" -> 400;
            case "/failing" -> 503;
            default -> 200;
        };
    }

    @Test
    void phpIsServedWithoutAConfigurationFile(@TempDir Path directory) throws Exception {
        Needs.program("php-cgi", "php-cgi");
        try (Daemon daemon = Daemon.command(
                Daemon.REPOSITORY,
                "fastcgi",
                "-R",
                "-b",
                "127.0.0.1:0",
                "-w",
                "4",
                "--root",
                "examples/apps/php",
                "--",
                "php-cgi")) {
            String base = "http://127.0.0.1:" + daemon.port("php-cgi", "http");
            assertThat(daemon.workers("php-cgi")).hasSize(4);
            assertThat(Web.get(base + "/index.php/some/path?a=b").text())
                    .contains("Interface<td>cgi-fcgi", "PATH_INFO<td>/some/path", "Query<td>a=b");
            assertThat(Web.get(base + "/").text()).as("index.php").contains("Interface<td>cgi-fcgi");
            assertThat(Web.get(base + "/nothing.php").status()).isEqualTo(404);
            assertThat(Web.get(base + "/../fastcgi/counter.py").status()).isIn(400, 403, 404);
            Poll.until("the access log has the request", () -> daemon.log().contains("GET /nothing.php"));
        }
    }

    @Test
    void aDirectoryOfScriptsIsServedWithoutAConfigurationFile() throws Exception {
        try (Daemon daemon =
                Daemon.command(Daemon.REPOSITORY, "cgi", "-R", "-b", "127.0.0.1:0", "--root", "examples/apps/cgi")) {
            String base = "http://127.0.0.1:" + daemon.port("cgi", "http");
            assertThat(Web.get(base + "/hello.sh?name=you").text()).contains("Hello, you");
            Set<Integer> pids = new HashSet<>();
            for (int request = 0; request < 3; request++) {
                pids.add(Web.get(base + "/hello.py?plain").number("pid"));
            }
            assertThat(pids).as("a process for each").hasSize(3);
        }
    }

    @Test
    void severalAddressesServeTheSameApp(@TempDir Path directory) throws Exception {
        Path socket = directory.resolve("app.sock");
        try (Daemon daemon = Daemon.command(
                directory,
                "cgi",
                "-R",
                "-b",
                "127.0.0.1:0",
                "-b",
                "fastcgi:unix:app.sock",
                "--root",
                APPS.resolve("cgi").toString())) {
            assertThat(Web.get("http://127.0.0.1:" + daemon.port("cgi", "http") + "/hello.sh")
                            .status())
                    .isEqualTo(200);
            assertThat(socket).exists();
            daemon.stop();
            assertThat(socket).doesNotExist();
        }
    }

    @Test
    void thePortMayComeFromTheEnvironment(@TempDir Path directory) throws Exception {
        int port = Ports.free();
        try (Running running = Running.start(
                directory,
                Map.of("PORT", Integer.toString(port)),
                Daemon.LAUNCHER.toString(),
                "cgi",
                "-R",
                "--root",
                APPS.resolve("cgi").toString())) {
            running.await("ready in ");
            assertThat(running.output()).contains("http on 0.0.0.0:" + port);
            assertThat(Web.get("http://127.0.0.1:" + port + "/hello.sh").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void checkSaysThatAFileIsGood() throws Exception {
        try (Running check = Daemon.start(Daemon.REPOSITORY.resolve("examples"), "check", "-c", "gatepool.toml")) {
            assertThat(check.awaitExit()).isZero();
            assertThat(check.output()).contains("gatepool.toml: 8 apps, no problems");
        }
    }

    @Test
    void checkNamesEveryProblemOfABadFile(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("bad.toml");
        Files.writeString(file, """
                [app.one]
                kind = "fastcgi"
                comand = ["php-cgi"]
                listen = "127.0.0.1:99999"
                """);
        for (String command : List.of("check", "serve")) {
            try (Running check = Daemon.start(directory, command, "-c", "bad.toml")) {
                assertThat(check.awaitExit()).isEqualTo(CONFIGURATION);
                assertThat(check.output()).contains("bad.toml:3:1", "command", "bad.toml:4:");
            }
        }
    }

    @Test
    void aConfigurationThatIsNotThereIsAConfigurationError(@TempDir Path directory) throws Exception {
        try (Running check = Daemon.start(directory, "check", "-c", "none.toml")) {
            assertThat(check.awaitExit()).isEqualTo(CONFIGURATION);
            assertThat(check.output()).contains("none.toml");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "serve --nonsense",
                "check extra",
                "fastcgi",
                "fastcgi -R -w many -- php-cgi",
                "fastcgi -R -w 0 -- php-cgi",
                "fastcgi -R -b nowhere -- php-cgi",
                "fastcgi -R -b 127.0.0.1:99999 -- php-cgi",
                "cgi",
                "cgi -R --root /nonexistent/directory",
                "cgi -R --root /tmp --mount nowhere",
                "cgi -R --root /tmp --max-running 0",
            })
    void wrongUsageExitsWithTwo(String line, @TempDir Path directory) throws Exception {
        String[] arguments = line.isEmpty() ? new String[0] : line.split(" ", -1);
        try (Running wrong = Daemon.start(directory, arguments)) {
            assertThat(wrong.awaitExit()).as(wrong.output()).isEqualTo(USAGE);
            assertThat(wrong.output()).doesNotContain("Exception", "\tat ").contains("Usage: gatepool");
        }
    }

    @Test
    void anUnknownCommandIsToldWhatItMayHaveBeen(@TempDir Path directory) throws Exception {
        try (Running wrong = Daemon.start(directory, "statsu")) {
            assertThat(wrong.awaitExit()).as(wrong.output()).isEqualTo(USAGE);
            assertThat(wrong.output()).contains("'statsu'", "Did you mean: gatepool status");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'',      'Usage: gatepool', '78'",
        "serve,   'Usage: gatepool serve', '--config'",
        "check,   'Usage: gatepool check', '--config'",
        "fastcgi, 'Usage: gatepool fastcgi', '--root'",
        "cgi,     'Usage: gatepool cgi', '--root'",
    })
    void everyCommandExplainsItself(String command, String usage, String also, @TempDir Path directory)
            throws Exception {
        String[] arguments = command.isEmpty() ? new String[] {"--help"} : new String[] {command, "--help"};
        try (Running help = Daemon.start(directory, arguments)) {
            assertThat(help.awaitExit()).isZero();
            assertThat(help.output()).startsWith(usage).contains(also);
            assertThat(help.output().lines()).allMatch(line -> line.length() <= 80);
        }
    }

    @Test
    void theVersionIsThatOfTheBuild(@TempDir Path directory) throws Exception {
        try (Running version = Daemon.start(directory, "--version")) {
            assertThat(version.awaitExit()).isZero();
            assertThat(version.output()).matches("gatepool \\d+\\.\\d+\\.\\d+\\S*\\s+");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cgi --root %s/cgi", "fastcgi --root %s/php -- php-cgi", "serve -c %s/../gatepool.toml"})
    void rootWithoutAUserIsRefusedWithTheRemedy(String line, @TempDir Path directory) throws Exception {
        Needs.root();
        try (Running refused = Daemon.start(directory, line.formatted(APPS).split(" ", -1))) {
            assertThat(refused.awaitExit()).isEqualTo(CONFIGURATION);
            assertThat(refused.output()).contains("needs a user", "root", "-R");
        }
    }

    /** As root the remedy that is named first must work: the script runs as the user. */
    @Test
    void rootWithAUserRunsTheScriptsAsThatUser(@TempDir Path directory) throws Exception {
        Needs.root();
        Path scripts = scriptsForAll(directory);
        try (Daemon daemon =
                Daemon.command(directory, "cgi", "-u", "nobody", "-b", "127.0.0.1:0", "--root", scripts.toString())) {
            String base = "http://127.0.0.1:" + daemon.port("cgi", "http");
            assertThat(Web.get(base + "/who.sh").text()).isEqualTo("nobody\n");
        }
    }

    @Test
    void anOrdinaryUserNeedsNothing(@TempDir Path directory) throws Exception {
        Needs.root();
        Needs.program("setpriv", "util-linux");
        Path scripts = scriptsForAll(directory);
        Path own = Files.createDirectory(directory.resolve("own"));
        Programs.run(directory, "/bin/chown", "nobody", own.toString());
        // The repository may lie where only root can look.
        Path home = directory.resolve("gatepool");
        copy(Daemon.REPOSITORY.resolve("target/gatepool"), home);
        try (Running running = Running.start(
                own,
                Map.of(
                        "XDG_RUNTIME_DIR",
                        own.toString(),
                        "PORT",
                        Integer.toString(Ports.free()),
                        "HOME",
                        "/nonexistent"),
                "/usr/bin/setpriv",
                "--reuid=nobody",
                "--regid=nogroup",
                "--clear-groups",
                home.resolve("bin/gatepool").toString(),
                "cgi",
                "--root",
                scripts.toString())) {
            running.await("ready in ");
            String port = running.await("http on 0.0.0.0:(\\d+)").group(1);
            assertThat(Web.get("http://127.0.0.1:" + port + "/who.sh").text()).isEqualTo("nobody\n");
            try (Stream<Path> runtime = Files.list(own)) {
                assertThat(runtime.map(path -> path.getFileName().toString()))
                        .anyMatch(name -> name.startsWith("gatepool-run-"));
            }
            int pid =
                    Integer.parseInt(running.await("gatepool \\S+, pid (\\d+)").group(1));
            Daemon.signal(pid, "TERM");
            assertThat(running.awaitExit()).as(running.output()).isZero();
            assertThat(own).as("nothing is left behind").isEmptyDirectory();
        }
    }

    /** A directory that every user may enter, with a script that tells who runs it. */
    private static Path scriptsForAll(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path scripts = Files.createDirectory(directory.resolve("scripts"));
        Path who = scripts.resolve("who.sh");
        Files.writeString(who, "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n'\nid -un\n");
        Files.setPosixFilePermissions(who, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(scripts, PosixFilePermissions.fromString("rwxr-xr-x"));
        return scripts;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, to.resolve(from.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
