package io.gatepool.pool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatepool.process.SearchPath;
import io.gatepool.process.SpawnRequest;
import io.gatepool.process.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerCommandTest {

    private final Path directory;

    WorkerCommandTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private WorkerCommand command(String lines) throws IOException {
        return new WorkerCommand(Settings.of(directory, "kind = \"fastcgi\"\n" + lines), "/run/x", directory);
    }

    private SpawnRequest request(String lines) throws IOException {
        return command(lines).request("1-3", 10, 11);
    }

    private static List<String> text(List<byte[]> words) {
        return words.stream().map(word -> new String(word, UTF_8)).toList();
    }

    private Path program(String name, String permissions) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void theEnvironmentIsMadeFromNothing() throws IOException {
        assertThat(text(request("command = [\"sh\"]").command().envp()))
                .containsExactly("PATH=/usr/local/bin:/usr/bin:/bin", "GATEPOOL_CHILD=/run/x:test/1-3");
    }

    @Test
    void theAppsOwnVariablesWinButNotOverTheMark() throws IOException {
        List<String> environment =
                text(request("command = [\"/bin/sh\"]\nenv = { PATH = \"/opt/bin\", NAME = \"\u00e9\", "
                                + "GATEPOOL_CHILD = \"forged\" }")
                        .command()
                        .envp());
        assertThat(environment)
                .containsExactlyInAnyOrder("PATH=/opt/bin", "NAME=\u00e9", "GATEPOOL_CHILD=/run/x:test/1-3");
    }

    @Test
    void theCommandStandsBehindItsWrapperWordByWord() throws IOException {
        List<String> argv = text(request("command = [\"sh\", \"-c\", \"exit 3 # a b\", \"\"]")
                .command()
                .argv());
        assertThat(argv.get(0)).isEqualTo("/usr/bin/setpriv");
        assertThat(argv.subList(argv.size() - 4, argv.size())).containsExactly(shell(), "-c", "exit 3 # a b", "");
    }

    private static String shell() {
        return SearchPath.find("sh", Path.of("/"), WorkerCommand.DEFAULT_PATH)
                .orElseThrow()
                .toString();
    }

    @Test
    void theSocketBecomesZeroAndTheLogOneAndTwo() throws IOException {
        SpawnRequest request = request("command = [\"sh\"]\numask = \"077\"");
        assertThat(List.of(request.stdin(), request.stdout(), request.stderr())).containsExactly(10, 11, 11);
        assertThat(request.command().umask()).isEqualTo(077);
        assertThat(request.command().groupDiesWithIt()).isTrue();
    }

    @Test
    void itWorksInItsDirectoryOrElseBesideTheConfiguration() throws IOException {
        assertThat(new String(request("command = [\"sh\"]").command().directory(), UTF_8))
                .isEqualTo(directory.toString());
        assertThat(new String(
                        request("command = [\"sh\"]\nchdir = \"/usr\"")
                                .command()
                                .directory(),
                        UTF_8))
                .isEqualTo("/usr");
    }

    @Test
    void aRelativeProgramIsFoundFromThatDirectory() throws IOException {
        Path program = program("app", "rwxr-xr-x");
        assertThat(text(request("command = [\"./app\"]").command().argv())).endsWith(program.toString());
        assertThat(command("command = [\"./app\"]").obstacle()).isEmpty();
    }

    @Test
    void theAppsOwnSearchPathCounts() throws IOException {
        Path program = program("app-of-ours", "rwxr-xr-x");
        String lines = "command = [\"app-of-ours\"]\n";
        assertThat(command(lines).obstacle()).contains("app-of-ours is not in /usr/local/bin:/usr/bin:/bin");
        String withPath = lines + "env = { PATH = \"" + directory + "\" }";
        assertThat(command(withPath).obstacle()).isEmpty();
        assertThat(text(request(withPath).command().argv())).endsWith(program.toString());
    }

    @Test
    void whyItCannotBeStartedIsToldWithTheRemedy() throws IOException {
        program("plain", "rw-r--r--");
        assertThat(command("command = [\"./plain\"]").obstacle())
                .contains(directory + "/plain is not an executable file", "chmod +x");
        assertThat(command("command = [\"./missing\"]").obstacle()).contains(directory + "/missing does not exist");
    }

    @Test
    void phpIsToldNotToLeaveAndHowManyToBe() throws IOException {
        program("php-cgi", "rwxr-xr-x");
        assertThat(text(request("command = [\"./php-cgi\"]").command().envp()))
                .contains("PHP_FCGI_MAX_REQUESTS=0")
                .noneMatch(entry -> entry.startsWith("PHP_FCGI_CHILDREN"));
        assertThat(text(request("command = [\"./php-cgi\"]\nworkers.connections = 4\n"
                                + "env = { PHP_FCGI_MAX_REQUESTS = \"9\" }")
                        .command()
                        .envp()))
                .contains("PHP_FCGI_CHILDREN=4", "PHP_FCGI_MAX_REQUESTS=9");
    }

    @Test
    void anotherUserHasHisNameAndHome() throws IOException {
        assumeTrue(User.current().isRoot(), "only root can switch the user");
        User nobody = User.named("nobody").orElseThrow();
        SpawnRequest request = request("command = [\"sh\"]\nuser = \"nobody\"");
        assertThat(text(request.command().envp())).contains("USER=nobody", "HOME=" + nobody.home());
        assertThat(text(request.command().argv())).contains("--reuid=" + nobody.uid(), "--regid=" + nobody.gid());
    }
}
