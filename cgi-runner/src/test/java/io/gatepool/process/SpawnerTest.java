package io.gatepool.process;

import static io.gatepool.process.Processes.SPAWNER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpawnerTest {

    @Test
    void theChildSeesOnlyTheEnvironmentItWasGiven() throws Exception {
        assertThat(Processes.run("/usr/bin/env").output()).isEqualTo("PATH=/usr/bin:/bin\nGREETING=hello\n");
    }

    @Test
    void argumentsArriveAsTheyAre() throws Exception {
        assertThat(Processes.run("/usr/bin/printf", "%s|", "a b", "", "ü*$x").output())
                .isEqualTo("a b||ü*$x|");
    }

    @Test
    void theChildWorksInTheGivenDirectory() throws Exception {
        assertThat(Processes.run("/bin/pwd").output()).isEqualTo("/tmp\n");
    }

    @Test
    void onlyDescriptorsZeroToTwoAreOpen() throws Exception {
        // ls itself opens the directory it lists, as 3.
        assertThat(Processes.run("/bin/ls", "/proc/self/fd").output()).isEqualTo("0\n1\n2\n3\n");
    }

    @Test
    void noSignalIsBlockedOrIgnored() throws Exception {
        String status = Processes.run("/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status")
                .output();
        // 32 and 33 are glibc's own: its posix_spawn leaves them ignored, and no program can use them anyway.
        assertThat(status.replace("180000000", "000000000"))
                .isEqualTo("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    }

    @Test
    void theChildLeadsItsOwnSessionAndGroup() throws Exception {
        String[] fields = Processes.run("/bin/cat", "/proc/self/stat").output().split(" ");
        assertThat(fields[4]).as("process group").isEqualTo(fields[0]);
        assertThat(fields[5]).as("session").isEqualTo(fields[0]);
    }

    @Test
    void theUmaskIsTheChildsAndNotTheDaemons(@TempDir Path directory) throws Exception {
        assertThat(Processes.run("/bin/sh", "-c", "umask").output()).isEqualTo("0027\n");
        Path ours = Files.createFile(directory.resolve("ours"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ours)))
                .as("a file that the daemon makes")
                .isEqualTo("rw-r--r--");
    }

    @Test
    void theSoftDescriptorLimitIsRestored() throws Exception {
        // The limit is set from outside a moment after the birth, so the child looks until it is there.
        Processes.Result result =
                Processes.run("/bin/sh", "-c", "while [ $(ulimit -Sn) != 256 ]; do :; done; ulimit -Sn");
        assertThat(result.output()).isEqualTo("256\n");
    }

    @Test
    void standardInputWithoutABodyIsAtItsEnd() throws Exception {
        assertThat(Processes.run("/usr/bin/wc", "-c").output()).isEqualTo("0\n");
    }

    @Test
    void aMissingProgramIsEnoent() {
        assertThat(failureOf("/no/such/program").errno()).isEqualTo(Errno.ENOENT);
    }

    @Test
    void aScriptWithoutAShebangIsEnoexec(@TempDir Path directory) throws Exception {
        assertThat(failureOf(executable(directory, "echo hello\n")).errno()).isEqualTo(Errno.ENOEXEC);
    }

    @Test
    void aMissingInterpreterIsEnoent(@TempDir Path directory) throws Exception {
        assertThat(failureOf(executable(directory, "#!/no/such/interpreter\n")).errno())
                .isEqualTo(Errno.ENOENT);
    }

    @Test
    void aFileWithoutTheExecuteBitIsEacces(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("plain"), "#!/bin/sh\n");
        assertThat(failureOf(file.toString()).errno()).isEqualTo(Errno.EACCES);
    }

    @Test
    void anOversizedEnvironmentIsRefusedAndNamesTheLimit() throws Exception {
        Pipe out = Pipe.fromChild();
        SpawnRequest request = new SpawnRequest(
                Command.plain(
                        Command.bytes(List.of("/bin/true")),
                        List.of(("X=" + "x".repeat(2 << 20)).getBytes(StandardCharsets.UTF_8)),
                        "/".getBytes(StandardCharsets.UTF_8),
                        022,
                        false,
                        true),
                SPAWNER.devNull(),
                out.childEnd(),
                SPAWNER.devNull());
        SpawnFailure failure =
                catchThrowableOfType(SpawnFailure.class, () -> Processes.spawn(request, new CompletableFuture<>()));
        assertThat(failure.errno()).isEqualTo(Errno.E2BIG);
        assertThat(failure).hasMessageContaining("limit of 1048576");
        out.closeChildEnd();
        out.closeOurEnd();
    }

    @Test
    void aWorkerGetsItsListeningSocketAsDescriptorZero(@TempDir Path directory) throws Exception {
        try (ListeningSocket socket = ListeningSocket.bind(directory.resolve("s"), 16)) {
            Pipe out = Pipe.fromChild();
            CompletableFuture<ExitStatus> exit = new CompletableFuture<>();
            SpawnRequest template = Processes.request(
                    out,
                    List.of(
                            "/usr/bin/perl",
                            "-MSocket",
                            "-e",
                            "exit(defined(getpeername(STDIN)) ? 1"
                                    + " : unpack('i', getsockopt(STDIN, SOL_SOCKET, SO_ACCEPTCONN)) == 1 ? 7 : 2)"));
            Processes.spawn(
                    new SpawnRequest(template.command(), socket.fd(), template.stdout(), template.stderr()), exit);
            out.closeChildEnd();
            out.closeOurEnd();
            assertThat(exit.get(20, TimeUnit.SECONDS).code()).isEqualTo(7);
        }
    }

    private static SpawnFailure failureOf(String program) {
        return catchThrowableOfType(SpawnFailure.class, () -> Processes.run(program));
    }

    private static String executable(Path directory, String text) throws Exception {
        Path file = Files.writeString(directory.resolve("script"), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file.toString();
    }
}
