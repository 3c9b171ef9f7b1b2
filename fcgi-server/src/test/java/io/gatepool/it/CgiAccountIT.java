package io.gatepool.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose rights a script has, and what it may use of the machine. */
class CgiAccountIT {

    private static final String[] WHO = {
        "printf 'Content-Type: text/plain\\n\\n%s:%s:%s' $(id -u) $(id -g) \"$(id -G)\""
    };
    private static final int NOBODY = 65_534;
    private static final int WWW_DATA = 33;

    @SuppressWarnings("NullAway.Init")
    private static ScriptHouse house;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        Needs.root();
        mode(directory, "rwxr-xr-x");
        Map<String, String> apps = new LinkedHashMap<>();
        apps.put("plain", "");
        apps.put("www", "user = \"www-data\"");
        apps.put("groups", "user = \"www-data\"\ngroup = \"daemon\"\nsupplementary_groups = [\"bin\", \"sys\"]");
        apps.put("owner", "user = \"@owner\"\nowner_uids = \"33-65534\"");
        apps.put("safe", "no_new_privileges = true");
        apps.put(
                "limited",
                "limits = { cpu = \"1s\", memory = \"256MiB\", processes = 5000, files = 64, file_size = \"1MiB\" }");
        // A user whom no other process on the machine belongs to.
        apps.put("few", "user = \"games\"\nlimits.processes = 1");
        apps.put("limitedwww", "user = \"www-data\"\nlimits.files = 2048\nnice = 7");
        house = new ScriptHouse(directory, "", apps);
        house.script("who.sh", WHO);
        house.script("limits.sh", "echo Content-Type: text/plain", "echo", "cat /proc/self/limits", "nice");
        house.script("sleep.sh", "echo Content-Type: text/plain", "echo", "echo asleep", "exec sleep 600");
        house.script("spin.sh", "while :; do :; done");
        house.script("status.sh", "echo Content-Type: text/plain", "echo", "cat /proc/self/status");
        house.program("nointerpreter.pl", "#!/no/such/perl\nprint 1;\n");
        house.program("noshebang", "echo 'Content-Type: text/plain'; echo; echo run\n");
        house.script("private.sh", WHO);
        mode(directory.resolve("cgi/private.sh"), "rwx------");
        owners(directory.resolve("cgi"));
    }

    /** A directory of nobody's with scripts of his and of others. */
    private static void owners(Path cgi) throws Exception {
        Path home = Files.createDirectory(cgi.resolve("nobody"));
        for (String name : new String[] {"mine.sh", "others.sh", "open.sh", "setid.sh"}) {
            house.script(name, WHO);
            Files.move(cgi.resolve(name), home.resolve(name));
            give(home.resolve(name), name.equals("others.sh") ? WWW_DATA : NOBODY);
        }
        mode(home.resolve("open.sh"), "rwxrwxr-x");
        Files.setAttribute(home.resolve("setid.sh"), "unix:mode", 04755);
        give(home, NOBODY);
        Files.createSymbolicLink(cgi.resolve("shortcut"), home);
        Files.createSymbolicLink(home.resolve("link.sh"), home.resolve("mine.sh"));
    }

    private static void give(Path file, int uid) throws Exception {
        Files.setAttribute(file, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
    }

    private static void mode(Path file, String mode) throws Exception {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    @AfterAll
    static void stop() throws Exception {
        if (house != null) {
            house.close();
        }
    }

    private static Call.Answer get(String app, String path) throws Exception {
        return Call.get(house.http(app), path);
    }

    @Test
    void aScriptRunsAsTheUserOfItsApp() throws Exception {
        assertThat(get("plain", "/who.sh").body()).startsWith("0:0:");
        assertThat(get("www", "/who.sh").body()).isEqualTo("33:33:33");
    }

    @Test
    void groupsTakeThePlaceOfTheUsersOwn() throws Exception {
        String who = get("groups", "/who.sh").body();
        assertThat(who).startsWith("33:1:");
        assertThat(who.substring(5).split(" ")).containsExactlyInAnyOrder("1", "2", "3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nobody/mine.sh", "/shortcut/mine.sh"})
    void aScriptRunsAsItsOwner(String path) throws Exception {
        assertThat(get("owner", path).body()).startsWith("65534:");
    }

    @ParameterizedTest
    @CsvSource({
        "/nobody/others.sh, its directory to 65534",
        "/nobody/open.sh, can be written by its group or by others",
        "/nobody/setid.sh, set-user-id",
        "/nobody/link.sh, symbolic link",
        "/who.sh, 'user id 0, which is not in owner_uids'"
    })
    void aScriptWhoseOwnerIsDoubtfulIsRefused(String path, String reason) throws Exception {
        int from = house.daemon().log().length();
        Call.Answer answer = get("owner", path);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.cause()).isEqualTo("owner-refused");
        house.daemon().await(reason, from);
    }

    @ParameterizedTest
    @CsvSource({
        "/nointerpreter.pl, 500, interpreter-missing, its #! line names /no/such/perl",
        "/noshebang, 500, exec-format, neither a program nor begins with a line such as #!/bin/sh",
        "/private.sh, 403, permission-denied, needs the right to execute it"
    })
    void aRefusalIsTheSameForAnotherUser(String path, int status, String cause, String reason) throws Exception {
        int from = house.daemon().log().length();
        Call.Answer answer = get("www", path);
        assertThat(answer.status()).as(house.daemon().log()).isEqualTo(status);
        assertThat(answer.cause()).isEqualTo(cause);
        house.daemon().await(reason, from);
    }

    @Test
    void aScriptMayBeKeptFromNewPrivileges() throws Exception {
        assertThat(get("plain", "/status.sh").body()).contains("NoNewPrivs:\t0");
        assertThat(get("safe", "/status.sh").body()).contains("NoNewPrivs:\t1");
    }

    @Test
    void limitsHold() throws Exception {
        assertThat(get("limited", "/limits.sh").body())
                .containsPattern("Max cpu time +1 +3 ")
                .containsPattern("Max address space +268435456 +268435456 ")
                .containsPattern("Max processes +5000 +5000 ")
                .containsPattern("Max open files +64 +64 ")
                .containsPattern("Max file size +1048576 +1048576 ");
        String own = get("plain", "/limits.sh").body();
        assertThat(own).containsPattern("Max cpu time +unlimited ").containsPattern("Max address space +unlimited ");
        String other = get("limitedwww", "/limits.sh").body();
        assertThat(other).containsPattern("Max open files +2048 +2048 ");
        assertThat(lastNumber(other)).isEqualTo(lastNumber(own) + 7);
    }

    private static int lastNumber(String lines) {
        String[] all = lines.strip().split("\n");
        return Integer.parseInt(all[all.length - 1].strip());
    }

    @Test
    void aScriptThatWentOverALimitIsTold() throws Exception {
        int from = house.daemon().log().length();
        Call.Answer answer = get("limited", "/spin.sh");
        assertThat(answer.status()).isEqualTo(502);
        house.daemon().await("died of SIGXCPU (\\(core dumped\\) )?\\(limits.cpu\\)", from);
    }

    @Test
    void aScriptOfAUserWithTooManyProcessesCannotFork() throws Exception {
        try (Call asleep = Call.send(house.http("few"), "GET", "/sleep.sh", "")) {
            asleep.awaitFirstByte();
            int from = house.daemon().log().length();
            assertThat(get("few", "/who.sh").status()).isEqualTo(502);
            house.daemon().await("its stderr: .*Cannot fork", from);
        }
    }
}
