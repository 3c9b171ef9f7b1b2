package io.gatepool.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the wrappers do to a command, as setpriv itself tells it. */
class WrapperTest {

    private static final List<String> TELL = List.of("/usr/bin/setpriv", "--dump");

    private static Processes.Result run(List<String> command) throws Exception {
        return Processes.run(command.toArray(String[]::new));
    }

    private static List<String> tied(String... command) {
        return Wrapper.tied(List.of(command), Optional.empty(), Optional.empty());
    }

    private static User nobody() {
        assumeTrue(User.current().isRoot(), "only root can switch the user");
        return User.named("nobody").orElseThrow();
    }

    @Test
    void aTiedCommandDiesWithItsParent() throws Exception {
        assertThat(run(Wrapper.tied(TELL, Optional.empty(), Optional.empty())).output())
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
        assertThat(run(Wrapper.tied(TELL, Optional.of(nobody), Optional.empty()))
                        .output())
                .contains("uid: " + nobody.uid(), "euid: " + nobody.uid(), "gid: " + nobody.gid())
                .containsIgnoringCase("parent death signal: KILL");
    }

    @Test
    void aScriptOfAnotherUserHasNothingOfOurs() throws Exception {
        User nobody = nobody();
        List<String> command = new ArrayList<>(Wrapper.asUser(nobody, Optional.empty()));
        command.addAll(List.of("/bin/sh", "-c", "id -u; id -g; id -G"));
        assertThat(run(command).output()).isEqualTo(nobody.uid() + "\n" + nobody.gid() + "\n" + nobody.gid() + "\n");
    }

    @Test
    void aGroupTakesThePlaceOfThePrimaryOne() throws Exception {
        User nobody = nobody();
        int daemon = User.groupNamed("daemon").orElseThrow();
        List<String> command = new ArrayList<>(Wrapper.asUser(nobody, Optional.of(daemon)));
        command.addAll(List.of("/usr/bin/id", "-g"));
        assertThat(run(command).output()).isEqualTo(daemon + "\n");
    }
}
