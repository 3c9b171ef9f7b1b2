package io.gatepool.pool;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatepool.cgi.Environ;
import io.gatepool.cgi.Origins;
import io.gatepool.cgi.PathBytes;
import io.gatepool.process.Command;
import io.gatepool.process.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptCommandTest {

    private final Path directory;
    private final Path root;
    private final Environ request = new Environ();

    ScriptCommandTest(@TempDir Path directory) throws IOException {
        this.directory = directory.toRealPath();
        this.root = Files.createDirectory(this.directory.resolve("root"));
        Files.createDirectory(root.resolve("sub"));
        script(root.resolve("sub/hello.cgi"), "rwxr-xr-x");
        script(root.resolve("page.sh"), "rw-r--r--");
    }

    private static void script(Path file, String permissions) throws IOException {
        Files.writeString(file, "#!/bin/sh\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private Command command(String path, String lines) throws IOException {
        ScriptCommand scripts = new ScriptCommand(
                Settings.of(directory, "kind = \"cgi\"\nroot = \"" + root + "\"\n" + lines), "/run/x");
        try {
            return scripts.of(
                    scripts.find(new ScriptPlace.Query(path, "", "")), request, "a/script/r1", Origins.UNSEEN);
        } catch (ScriptCommand.Refusal e) {
            throw new AssertionError(e.cause() + ": " + e.getMessage(), e);
        }
    }

    private static List<String> text(List<byte[]> words) {
        return words.stream().map(word -> new String(word, ISO_8859_1)).toList();
    }

    @Test
    void aScriptIsRunByItselfWithoutAWrapperAndWithoutArguments() throws IOException {
        request.set("QUERY_STRING", "-s+-dfoo");
        assertThat(text(command("/sub/hello.cgi", "").argv())).containsExactly(root + "/sub/hello.cgi");
    }

    @Test
    void itRunsInItsOwnDirectoryUnlessToldOtherwise() throws IOException {
        assertThat(new String(command("/sub/hello.cgi", "").directory(), ISO_8859_1))
                .isEqualTo(root + "/sub");
        assertThat(new String(command("/sub/hello.cgi", "chdir = \"/usr\"").directory(), ISO_8859_1))
                .isEqualTo("/usr");
    }

    @Test
    void anInterpreterIsFoundInThePathAndTheScriptIsItsArgument() throws IOException {
        List<String> argv = text(command("/page.sh", "interpreters = { \".sh\" = [\"sh\", \"-e\"] }")
                .argv());
        assertThat(argv).hasSize(3);
        assertThat(argv.get(0)).startsWith("/").endsWith("/sh");
        assertThat(argv.subList(1, 3)).containsExactly("-e", root + "/page.sh");
    }

    @Test
    void itSeesItsPlaceAndItsMark() throws IOException {
        request.set("LD_PRELOAD", "evil");
        List<String> environment = text(command("/sub/hello.cgi/a/b", "").envp());
        assertThat(environment)
                .contains(
                        "SCRIPT_NAME=/sub/hello.cgi",
                        "SCRIPT_FILENAME=" + root + "/sub/hello.cgi",
                        "PATH_INFO=/a/b",
                        "PATH_TRANSLATED=" + root + "/a/b",
                        "DOCUMENT_ROOT=" + root,
                        "GATEPOOL_CHILD=/run/x:a/script/r1")
                .doesNotContain("LD_PRELOAD=evil");
    }

    @Test
    void theAppsOwnVariablesWinButNotOverTheMark() throws IOException {
        List<String> environment =
                text(command("/sub/hello.cgi", "env = { SCRIPT_NAME = \"/mine\", GATEPOOL_CHILD = \"forged\" }")
                        .envp());
        assertThat(environment).contains("SCRIPT_NAME=/mine");
        assertThat(environment.stream().filter(entry -> entry.startsWith("GATEPOOL_CHILD=")))
                .containsExactly("GATEPOOL_CHILD=/run/x:a/script/r1");
    }

    @Test
    void aNameThatIsNotUtf8ReachesTheKernelAsItIs() throws IOException {
        script(PathBytes.path(PathBytes.text(root) + "/\u00e9\u00ff.cgi"), "rwxr-xr-x");
        Command command = command("/\u00e9\u00ff.cgi", "");
        assertThat(text(command.argv())).containsExactly(PathBytes.text(root) + "/\u00e9\u00ff.cgi");
    }

    @Test
    void theUmaskIsTheApps() throws IOException {
        assertThat(command("/sub/hello.cgi", "umask = \"077\"").umask()).isEqualTo(077);
    }

    @Test
    void anotherUserIsSwitchedToFirst() throws IOException {
        assumeTrue(User.current().isRoot(), "only root can switch the user");
        List<String> argv = text(command("/sub/hello.cgi", "user = \"nobody\"").argv());
        assertThat(argv.get(0)).isEqualTo("/usr/bin/setpriv");
        assertThat(argv)
                .contains("--reuid=" + User.named("nobody").orElseThrow().uid())
                .endsWith("/bin/sh", "-c", "exec \"$@\"", "gatepool-script", root + "/sub/hello.cgi");
    }

    @Test
    void wordsOfAnIndexedQueryAreArgumentsOnlyWhenWanted() throws IOException {
        request.set("REQUEST_METHOD", "GET");
        request.set("QUERY_STRING", "one+-s");
        assertThat(text(command("/sub/hello.cgi", "").argv())).hasSize(1);
        assertThat(text(command("/sub/hello.cgi", "indexed_query = true").argv()))
                .containsExactly(root + "/sub/hello.cgi", "one", "-s");
    }

    @Test
    void priorityAndLimitsAreSetBeforeTheScript() throws IOException {
        Command limited = command("/sub/hello.cgi", "limits = { cpu = \"1500ms\", files = 64 }\nnice = 3");
        assertThat(text(limited.argv()))
                .containsExactly(
                        "/usr/bin/nice",
                        "-n",
                        "3",
                        "--",
                        "/usr/bin/prlimit",
                        "--cpu=2:4",
                        "--nofile=64",
                        "--",
                        root + "/sub/hello.cgi");
        assertThat(limited.limitsDescriptors()).isTrue();
        assertThat(command("/sub/hello.cgi", "limits.cpu = \"1s\"").limitsDescriptors())
                .isFalse();
    }
}
