package io.gatepool.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatepool.exchange.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptPlaceTest {

    private final Path directory;
    private final Path root;

    ScriptPlaceTest(@TempDir Path directory) throws IOException {
        this.directory = directory.toRealPath();
        this.root = Files.createDirectory(this.directory.resolve("root"));
        Files.writeString(root.resolve("index.php"), "");
        Files.writeString(root.resolve("page.php"), "");
        Files.writeString(root.resolve("image.gif"), "");
        Files.writeString(this.directory.resolve("outside.php"), "");
    }

    private ScriptPlace php(String more) throws IOException {
        return new ScriptPlace(Settings.of(
                directory, "kind = \"fastcgi\"\ncommand = [\"php-cgi\"]\nroot = \"" + root + "\"\n" + more));
    }

    private static ScriptPlace.Query path(String path) {
        return new ScriptPlace.Query(path, "", "");
    }

    private static ScriptPlace.Found found(ScriptPlace.Result result) {
        assertThat(result).isInstanceOf(ScriptPlace.Found.class);
        return (ScriptPlace.Found) result;
    }

    private static Cause refused(ScriptPlace.Result result) {
        assertThat(result).isInstanceOf(ScriptPlace.Refused.class);
        return ((ScriptPlace.Refused) result).cause();
    }

    @Test
    void aPathIsSplitBehindTheScript() throws IOException {
        ScriptPlace.Found found = found(php("").find(path("/page.php/more/of/it")));
        assertThat(found.scriptFilename()).isEqualTo(root + "/page.php");
        assertThat(found.scriptName()).isEqualTo("/page.php");
        assertThat(found.pathInfo()).isEqualTo("/more/of/it");
    }

    @Test
    void theMountBelongsToTheScriptName() throws IOException {
        ScriptPlace.Found found = found(php("mount = \"/blog\"").find(path("/blog/page.php/x")));
        assertThat(found.scriptFilename()).isEqualTo(root + "/page.php");
        assertThat(found.scriptName()).isEqualTo("/blog/page.php");
        assertThat(found.pathInfo()).isEqualTo("/x");
    }

    @Test
    void aPathBesideTheMountIsNotFound() throws IOException {
        assertThat(refused(php("mount = \"/blog\"").find(path("/blogger/page.php"))))
                .isEqualTo(Cause.NOT_FOUND);
    }

    @Test
    void anExtensionThatIsNotAllowedIsRefused() throws IOException {
        assertThat(refused(php("").find(path("/image.gif")))).isEqualTo(Cause.WRONG_EXTENSION);
        assertThat(refused(php("").find(path("/image.gif/x.php")))).isNotNull();
    }

    @Test
    void aWebServersFilenameIsBelievedUnderTheRootOnly() throws IOException {
        ScriptPlace.Found found = found(php("").find(new ScriptPlace.Query("/alias/page", root + "/page.php", "")));
        assertThat(found.scriptFilename()).isEqualTo(root + "/page.php");
        assertThat(found.scriptName()).isEqualTo("/alias/page");
        assertThat(refused(php("").find(new ScriptPlace.Query("/x.php", root + "/../outside.php", ""))))
                .isNotNull();
    }

    @Test
    void whatIsNoFileGoesToTheFallback() throws IOException {
        ScriptPlace.Found found = found(php("fallback = \"/index.php\"").find(path("/nice/address")));
        assertThat(found.scriptFilename()).isEqualTo(root + "/index.php");
    }

    @Test
    void theFallbackIsNoWayAroundARefusal() throws IOException {
        assertThat(refused(php("fallback = \"/index.php\"").find(path("/image.gif"))))
                .isEqualTo(Cause.WRONG_EXTENSION);
    }

    @Test
    void oneScriptForAMountGetsTheRestAsPathInfo() throws IOException {
        ScriptPlace git =
                new ScriptPlace(Settings.of(directory, "kind = \"cgi\"\nmount = \"/git\"\nscript = \"/bin/cat\""));
        ScriptPlace.Found found = found(git.find(path("/git/repo.git/info")));
        assertThat(found.scriptFilename()).isEqualTo("/bin/cat");
        assertThat(found.scriptName()).isEqualTo("/git");
        assertThat(found.pathInfo()).isEqualTo("/repo.git/info");
    }

    @Test
    void anInterpreterRunsTheScriptOfAMountToo() throws IOException {
        ScriptPlace one = new ScriptPlace(Settings.of(
                directory,
                "kind = \"cgi\"\nscript = \"" + root + "/page.php\"\ninterpreters = { \".php\" = [\"php-cgi\"] }"));
        assertThat(found(one.find(path("/any"))).interpreter()).containsExactly("php-cgi");
    }

    @Test
    void aScriptForAMountThatIsNotThereIsNotFound() throws IOException {
        ScriptPlace git = new ScriptPlace(
                Settings.of(directory, "kind = \"cgi\"\nmount = \"/git\"\nscript = \"/no/such/program\""));
        assertThat(refused(git.find(path("/git/repo.git/info")))).isEqualTo(Cause.NOT_FOUND);
    }

    @Test
    void anExecuteBitMayBeDemandedOfWhatAnInterpreterReads() throws IOException {
        String lines = "kind = \"cgi\"\nroot = \"" + root + "\"\ninterpreters = { \".php\" = [\"php-cgi\"] }\n";
        ScriptPlace lenient = new ScriptPlace(Settings.of(directory, lines));
        assertThat(found(lenient.find(path("/page.php"))).interpreter()).containsExactly("php-cgi");
        ScriptPlace strict = new ScriptPlace(Settings.of(directory, lines + "require_executable = true"));
        assertThat(refused(strict.find(path("/page.php")))).isEqualTo(Cause.NOT_EXECUTABLE);
    }

    @Test
    void linksMayLeaveTheRootWhenTheyMay() throws IOException {
        Files.createSymbolicLink(root.resolve("out.php"), Path.of("/etc/passwd"));
        String lines = "kind = \"cgi\"\nroot = \"" + root + "\"\ninterpreters = { \".php\" = [\"php-cgi\"] }\n";
        assertThat(refused(new ScriptPlace(Settings.of(directory, lines)).find(path("/out.php"))))
                .isEqualTo(Cause.OUTSIDE_ROOT);
        found(new ScriptPlace(Settings.of(directory, lines + "symlinks = \"anywhere\"")).find(path("/out.php")));
    }
}
