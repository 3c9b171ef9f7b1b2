package io.gatepool.cgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatepool.process.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules of suEXEC: whose a script is must be beyond doubt. */
class ScriptOwnerTest {

    private static final int NOBODY = 65_534;

    private final Path home;
    private final Path script;

    ScriptOwnerTest(@TempDir Path temporary) throws IOException {
        home = Files.createDirectory(temporary.toRealPath().resolve("home"));
        script = home.resolve("x.cgi");
    }

    @BeforeEach
    void aScriptOfNobodys() throws IOException {
        assumeTrue(User.current().isRoot(), "only root can give files away");
        mode(home, "rwxr-xr-x");
        Files.writeString(script, "#!/bin/sh\n");
        mode(script, "rwxr-xr-x");
        give(home, NOBODY);
        give(script, NOBODY);
    }

    private static void give(Path file, int uid) throws IOException {
        Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
    }

    private static void mode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static ScriptOwner owner(Path script) throws ScriptOwner.Doubtful, IOException {
        return ScriptOwner.of(script, 1000, 65_534);
    }

    private void assertDoubtful(Path asked, String reason) {
        assertThatThrownBy(() -> owner(asked))
                .isInstanceOf(ScriptOwner.Doubtful.class)
                .hasMessageContaining(reason);
    }

    @Test
    void aScriptAndItsDirectoryOfOneUserAreHis() throws Exception {
        assertThat(owner(script).user().name()).isEqualTo("nobody");
        assertThat(owner(script).script()).isEqualTo(script);
    }

    @Test
    void throughALinkToTheDirectoryItIsRunWhereItReallyIs() throws Exception {
        Path link = Files.createSymbolicLink(home.resolveSibling("link"), home);
        assertThat(owner(link.resolve("x.cgi")).script()).isEqualTo(script);
    }

    @Test
    void aLinkIsNotItsTargets() throws Exception {
        Path link = Files.createSymbolicLink(home.resolve("y.cgi"), script);
        give(link, NOBODY);
        assertDoubtful(link, "symbolic link");
    }

    @Test
    void whatOthersMayWriteIsDoubtful() throws Exception {
        mode(script, "rwxrwxr-x");
        assertDoubtful(script, "can be written by its group or by others");
        mode(script, "rwxr-xrwx");
        assertDoubtful(script, "can be written");
        mode(script, "rwxr-xr-x");
        mode(home, "rwxrwxr-x");
        assertDoubtful(script, home + " can be written");
    }

    @Test
    void aDirectoryOfSomebodyElseIsDoubtful() throws Exception {
        give(home, 0);
        assertDoubtful(script, "its directory to 0");
    }

    @Test
    void setIdBitsAreDoubtful() throws Exception {
        Files.setAttribute(script, "unix:mode", 04755);
        assertDoubtful(script, "set-user-id");
    }

    @Test
    void ownersOutsideTheRangeAreRefused() throws Exception {
        assertThatThrownBy(() -> ScriptOwner.of(script, 1000, 59_999))
                .isInstanceOf(ScriptOwner.Doubtful.class)
                .hasMessageContaining("owner_uids");
        give(home, 0);
        give(script, 0);
        assertDoubtful(script, "belongs to user id 0, which is not in owner_uids");
    }

    @Test
    void anOwnerWithoutAnAccountIsRefused() throws Exception {
        give(home, 54_321);
        give(script, 54_321);
        assertDoubtful(script, "no account");
    }
}
