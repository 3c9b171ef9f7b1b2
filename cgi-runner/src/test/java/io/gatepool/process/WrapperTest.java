package io.gatepool.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the wrappers do to a command, as setpriv itself tells it. */
class WrapperTest {

    private static final List<String> TELL = List.of("/usr/bin/setpriv", "--dump");

    private static Processes.Result run(List<String> command) throws Exception {
        return Processes.run(command.toArray(String[]::new));
    }

    private static List<String> tied(String... command) {
        return Wrapper.tied(List.of(command), Privileges.OWN, Limits.NONE);
    }

    private static User nobody() {
        assumeTrue(User.current().isRoot(), "only root can switch the user");
        return User.named("nobody").orElseThrow();
    }

    @Test
    void aTiedCommandDiesWithItsParent() throws Exception {
        assertThat(run(Wrapper.tied(TELL, Privileges.OWN, Limits.NONE)).output())
                .containsIgnoringCase("parent death signal: KILL");
    }

    @Test
    void aTiedCommandIsTheVeryProcessThatWasStarted() throws Exception {
        // The child leads its session: were there a shell in between, the ids would differ.
        assertThat(run(tied("/bin/sh", "-c", "[ $$ = $(cut -d' ' -f6 /proc/$$/stat) ] && echo same"))
                        .output())
                .isEqualTo("same\n");
    }

    @Test
    void wordsReachATiedCommandAsTheyAre() throws Exception {
        assertThat(run(tied("/usr/bin/printf", "%s|", "a b", "", "$HOME", "`id`", "--", "-e", "it's"))
                        .output())
                .isEqualTo("a b||$HOME|`id`|--|-e|it's|");
    }

    @Test
    void itsExitStatusIsTheCommands() throws Exception {
        assertThat(run(tied("/bin/sh", "-c", "exit 42")).status().code()).isEqualTo(42);
    }

    @Test
    void aCommandWhoseGatepoolHasGoneGivesUp() throws Exception {
        List<String> orphan = new ArrayList<>(tied("/bin/echo", "still here"));
        String self = Long.toString(ProcessHandle.current().pid());
        assertThat(orphan).containsOnlyOnce(self);
        orphan.set(orphan.indexOf(self), "1");
        Processes.Result result = run(orphan);
        assertThat(result.output()).isEmpty();
        assertThat(result.status().code()).isEqualTo(1);
    }

    @Test
    void aTiedCommandOfAnotherUserIsHisAndStillDiesWithItsParent() throws Exception {
        User nobody = nobody();
        assertThat(run(Wrapper.tied(TELL, Privileges.of(nobody), Limits.NONE)).output())
                .contains("uid: " + nobody.uid(), "euid: " + nobody.uid(), "gid: " + nobody.gid())
                .containsIgnoringCase("parent death signal: KILL");
    }

    @Test
    void aScriptOfAnotherUserHasNothingOfOurs() throws Exception {
        User nobody = nobody();
        List<String> command = new ArrayList<>(Wrapper.around(Privileges.of(nobody), Limits.NONE));
        command.addAll(List.of("/bin/sh", "-c", "id -u; id -g; id -G"));
        assertThat(run(command).output()).isEqualTo(nobody.uid() + "\n" + nobody.gid() + "\n" + nobody.gid() + "\n");
    }

    @Test
    void aGroupTakesThePlaceOfThePrimaryOne() throws Exception {
        User nobody = nobody();
        int daemon = User.groupNamed("daemon").orElseThrow();
        Privileges privileges = new Privileges(Optional.of(nobody), Optional.of(daemon), Optional.empty(), false);
        assertThat(around(privileges, Limits.NONE, "/usr/bin/id", "-g").output())
                .isEqualTo(daemon + "\n");
    }

    private static Processes.Result around(Privileges privileges, Limits limits, String... command) throws Exception {
        List<String> words = new ArrayList<>(Wrapper.around(privileges, limits));
        words.addAll(List.of(command));
        return run(words);
    }

    @Test
    void supplementaryGroupsTakeThePlaceOfTheUsersOwn() throws Exception {
        User nobody = nobody();
        int daemon = User.groupNamed("daemon").orElseThrow();
        int bin = User.groupNamed("bin").orElseThrow();
        Privileges two =
                new Privileges(Optional.of(nobody), Optional.empty(), Optional.of(List.of(daemon, bin)), false);
        assertThat(around(two, Limits.NONE, "/usr/bin/id", "-G")
                        .output()
                        .strip()
                        .split(" "))
                .containsExactlyInAnyOrder("" + nobody.gid(), "" + daemon, "" + bin);
        Privileges none = new Privileges(Optional.of(nobody), Optional.empty(), Optional.of(List.of()), false);
        assertThat(around(none, Limits.NONE, "/usr/bin/id", "-G").output()).isEqualTo(nobody.gid() + "\n");
    }

    @Test
    void noNewPrivilegesNeedNoOtherUser() throws Exception {
        Privileges privileges = new Privileges(Optional.empty(), Optional.empty(), Optional.empty(), true);
        assertThat(around(privileges, Limits.NONE, "/bin/grep", "NoNewPrivs", "/proc/self/status")
                        .output())
                .isEqualTo("NoNewPrivs:\t1\n");
    }

    @Test
    void aCommandHasItsPriorityBeforeItBegins() throws Exception {
        int own = Integer.parseInt(run(List.of("/usr/bin/nice")).output().strip());
        List<String> words = new ArrayList<>(Wrapper.niced(5));
        words.add("/usr/bin/nice");
        assertThat(run(words).output()).isEqualTo((own + 5) + "\n");
    }

    @Test
    void whatChangesNothingPutsNothingInFront() {
        assertThat(Wrapper.around(Privileges.OWN, Limits.NONE)).isEmpty();
    }

    @Test
    void limitsHoldForTheCommand() throws Exception {
        Limits limits = new Limits(
                OptionalInt.of(7),
                OptionalLong.of(512L << 20),
                OptionalInt.of(4000),
                OptionalInt.of(33),
                OptionalLong.of(1 << 20));
        assertThat(around(Privileges.OWN, limits, "/bin/cat", "/proc/self/limits")
                        .output())
                .containsPattern("Max cpu time +7 +9 ")
                .containsPattern("Max address space +536870912 +536870912 ")
                .containsPattern("Max processes +4000 +4000 ")
                .containsPattern("Max open files +33 +33 ")
                .containsPattern("Max file size +1048576 +1048576 ");
    }

    @Test
    void limitsHoldForATiedCommandOfAnotherUserToo() throws Exception {
        Limits limits = new Limits(
                OptionalInt.of(7),
                OptionalLong.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalLong.empty());
        assertThat(run(Wrapper.tied(List.of("/bin/cat", "/proc/self/limits"), Privileges.of(nobody()), limits))
                        .output())
                .containsPattern("Max cpu time +7 +9 ");
    }

    @Test
    void aLimitThatEndedAProcessIsNamed() {
        Limits limits = new Limits(
                OptionalInt.of(7), OptionalLong.empty(), OptionalInt.empty(), OptionalInt.empty(), OptionalLong.of(1));
        assertThat(limits.reasonOf(new ExitStatus(-1, Signals.XCPU, false))).isEqualTo("limits.cpu");
        assertThat(limits.reasonOf(new ExitStatus(-1, Signals.XFSZ, false))).isEqualTo("limits.file_size");
        assertThat(limits.reasonOf(new ExitStatus(-1, Signals.KILL, false))).isEmpty();
        assertThat(Limits.NONE.reasonOf(new ExitStatus(-1, Signals.XCPU, false)))
                .isEmpty();
    }

    private static OptionalInt failureOf(Path file, Privileges privileges) throws Exception {
        return failureOf(file, Wrapper.around(privileges, Limits.NONE));
    }

    private static OptionalInt failureOf(Path file, List<String> before) throws Exception {
        Path errors = Files.writeString(file.resolveSibling("errors"), "");
        List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", "exec \"$@\" 2>" + errors, "sh"));
        words.addAll(before);
        words.add(file.toString());
        ExitStatus status = run(words).status();
        return Wrapper.execFailure(status, Files.readString(errors));
    }

    private static Path script(Path directory, String mode, String text) throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path file = Files.writeString(directory.resolve("script"), text + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"rwxr-xr-x | #!/no/such/interpreter | 2", "rw-r--r-- | #!/bin/sh | 13"})
    void theReasonWhyACommandWasNotExecutedIsKnown(String mode, String text, int errno, @TempDir Path directory)
            throws Exception {
        Path file = script(directory, mode, text);
        assertThat(failureOf(file, Wrapper.niced(5))).hasValue(errno);
        assertThat(failureOf(file, new Privileges(Optional.empty(), Optional.empty(), Optional.empty(), true)))
                .hasValue(errno);
        assertThat(failureOf(file, Privileges.of(nobody()))).hasValue(errno);
    }

    @Test
    void whatOnlyRootMayExecuteIsNotExecutedForAnotherUser(@TempDir Path directory) throws Exception {
        Path file = script(directory, "rwx------", "#!/bin/sh");
        assertThat(failureOf(file, Privileges.of(nobody()))).hasValue(Errno.EACCES);
        Path program = Files.copy(Path.of("/bin/true"), directory.resolve("true"));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        assertThat(failureOf(program, Privileges.of(nobody()))).hasValue(Errno.EACCES);
    }

    @Test
    void aCommandThatSaysSoItselfWasExecuted(@TempDir Path directory) throws Exception {
        Path file =
                script(directory, "rwxr-xr-x", "#!/bin/sh\necho 'cp: cannot stat x: Permission denied' >&2\nexit 126");
        assertThat(failureOf(file, Privileges.of(nobody()))).isEmpty();
    }
}
