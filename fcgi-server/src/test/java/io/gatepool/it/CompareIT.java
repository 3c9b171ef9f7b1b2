package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gatepool compare}: figures of tiny runs, which are there but say nothing. */
class CompareIT {

    private static final String WORKER =
            Daemon.REPOSITORY.resolve("examples/apps/fastcgi/counter.py").toString();

    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @BeforeAll
    static void scripts(@TempDir Path temporary) throws Exception {
        directory = temporary.toRealPath();
        Files.createDirectory(directory.resolve("run"));
        script("hello.sh", "printf 'Content-Type: text/plain\\n\\nhello\\n'");
        script("broken.sh", "echo '<html>'");
        script("slow.sh", "echo started > started", "sleep 60");
        Files.writeString(
                directory.resolve("hello.php"), "<?php header('Content-Type: text/plain'); echo \"hello\\n\";");
        Files.writeString(directory.resolve("hello.py"), """
                def app(environ, start_response):
                    start_response("200 OK", [("Content-Type", "text/plain")])
                    return [b"hello\\n"]
                """);
    }

    private static void script(String name, String... lines) throws Exception {
        Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Running start(String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of("compare", "-R", "--rounds", "1"));
        if (!List.of(words).contains("--duration")) {
            all.addAll(List.of("--duration", "50ms"));
        }
        all.addAll(List.of("--connections", "2", "--workers", "1"));
        all.addAll(List.of(words));
        Map<String, String> here = Map.of(
                "XDG_RUNTIME_DIR",
                directory.resolve("run").toString(),
                "LC_ALL",
                "C",
                "GATEPOOL_JAVA_OPTS",
                "-XX:TieredStopAtLevel=1");
        // Who runs the tests in the background has them start with an INT that is ignored, and Java leaves it so.
        List<String> command =
                new ArrayList<>(List.of("/usr/bin/env", "--default-signal=INT", Daemon.LAUNCHER.toString()));
        command.addAll(all);
        return Running.start(directory, here, command.toArray(String[]::new));
    }

    private static String run(int exit, String... words) throws Exception {
        try (Running command = start(words)) {
            assertThat(command.awaitExit()).as(command.output()).isEqualTo(exit);
            assertNothingIsLeft();
            return command.output();
        }
    }

    private static void assertNothingIsLeft() throws Exception {
        try (Stream<Path> left = Files.list(directory.resolve("run"))) {
            assertThat(left).isEmpty();
        }
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            assertThat(processes.filter(CompareIT::isOurs)).isEmpty();
        }
    }

    /** By the mark that each process has in its environment. */
    private static boolean isOurs(Path process) {
        try {
            return process.getFileName().toString().matches("\\d+")
                    && Files.readString(process.resolve("environ"), java.nio.charset.StandardCharsets.ISO_8859_1)
                            .contains("GATEPOOL_CHILD=" + directory.resolve("run"));
        } catch (java.io.IOException e) {
            return false;
        }
    }

    @Test
    void aScriptAndItsFastCgiFormAreMeasuredAndTheDifferenceOfTheirAnswersIsSaid() throws Exception {
        String printed = run(0, "hello.sh", "--fastcgi", WORKER, "--html", "report.html");
        assertThat(printed)
                .contains("gatepool: the two do not answer the same: ")
                .containsPattern("processes born for a request +[0-9]+ +[0-9]+\n")
                .containsPattern("requests a second +[0-9,.]+ +[0-9,.]+ +[0-9,.]+ x\n")
                .contains("####", "warning: the two do not answer the same: ", "One request costs ");
        assertThat(Files.readString(directory.resolve("report.html"))).contains("<svg", "GET /hello.sh", "</table>");
    }

    @Test
    @SuppressWarnings("unchecked")
    void jsonHasEveryRunOfAScriptAndItsWsgiForm() throws Exception {
        String printed = run(0, "hello.sh", "--wsgi", "hello:app", "--python", "/usr/bin/python3", "--json");
        Map<String, Object> report = JSON.std.mapFrom(printed.substring(printed.indexOf("{\"format\"")));
        assertThat(report)
                .containsEntry("answer", "200 text/plain, 6 bytes, the same from both")
                .containsEntry("persistent", true);
        assertThat((List<Map<String, Object>>) report.get("ways"))
                .allSatisfy(way -> assertThat(way.get("steady"))
                        .asInstanceOf(InstanceOfAssertFactories.LIST)
                        .hasSize(1))
                .extracting(way -> way.get("name"))
                .containsExactly("forked", "persistent");
    }

    @Test
    void phpIsItsOwnPersistentForm() throws Exception {
        Needs.program("php-cgi", "php-cgi");
        assertThat(run(0, "hello.php"))
                .contains("GET /hello.php: 200 text/plain;charset=UTF-8, 6 bytes, the same from both");
    }

    @Test
    void aScriptAloneIsSetAgainstAProgramThatDoesNothing() throws Exception {
        assertThat(run(0, "hello.sh"))
                .contains("/bin/cat of an empty answer", "--fastcgi 'COMMAND' or --wsgi MODULE:APP");
    }

    @Test
    void aScriptThatFailsIsExplainedAndNothingMeasured() throws Exception {
        assertThat(run(1, "broken.sh", "--fastcgi", WORKER))
                .contains("response  502 Bad Gateway (head-malformed)", "Print \"Content-Type: text/html\"")
                .contains("the script fails as CGI, so there is nothing to measure")
                .doesNotContain("round 1");
    }

    @Test
    void aCommandThatIsNoFastCgiIsToldFromItsEnd() throws Exception {
        assertThat(run(1, "hello.sh", "--fastcgi", "./hello.sh"))
                .contains("does not start:", "exited with status 0 at start")
                .contains("this one has ended as a CGI script does", "Nothing was measured.");
    }

    @Test
    void afterCtrlCNoProcessAndNoDirectoryIsLeft() throws Exception {
        try (Running command = start("hello.sh", "--fastcgi", WORKER, "--duration", "1h")) {
            command.await("warming up: ");
            Programs.run(directory, "kill", "-INT", pid());
            assertThat(command.awaitExit()).isEqualTo(130);
        }
        assertNothingIsLeft();
    }

    @Test
    void ctrlCEndsTheFirstTryOfAScriptToo() throws Exception {
        try (Running command = start("slow.sh")) {
            Poll.until("it runs", () -> Files.exists(directory.resolve("started")));
            Programs.run(directory, "kill", "-INT", pid());
            assertThat(command.awaitExit()).isEqualTo(130);
        }
        assertNothingIsLeft();
    }

    /** Of the command, which holds the lock of its directory. */
    private static String pid() throws Exception {
        try (Stream<Path> scratch = Files.list(directory.resolve("run"))) {
            return Files.readString(scratch.findFirst().orElseThrow().resolve("gatepool.lock"))
                    .trim();
        }
    }
}
