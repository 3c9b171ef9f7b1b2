package io.gatepool.cgi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import jnr.ffi.LibraryLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Against real files:
 *
 * <pre>
 * outside/secret.cgi
 * root/hello.cgi         root/x.gif            root/plain.txt (not executable)
 * root/dir/nested.cgi    root/dir/index.cgi    root/empty/
 * root/in -> hello.cgi   root/out -> ../outside
 * root/back -> ../outside/back -> root
 * other -> root
 * </pre>
 */
class ScriptFinderTest {

    private final Path temp;
    private final Path root;

    ScriptFinderTest(@TempDir Path directory) throws IOException {
        temp = directory.toRealPath();
        root = Files.createDirectory(temp.resolve("root"));
        file("outside/secret.cgi", "rwxr-xr-x");
        file("root/hello.cgi", "rwxr-xr-x");
        file("root/x.gif", "rwxr-xr-x");
        file("root/plain.txt", "rw-r--r--");
        file("root/dir/nested.cgi", "rwxr-xr-x");
        file("root/dir/index.cgi", "rwxr-xr-x");
        Files.createDirectory(root.resolve("empty"));
        link("root/in", "hello.cgi");
        link("root/out", "../outside");
        link("root/back", "../outside/back");
        link("outside/back", "../root");
        link("other", "root");
    }

    @ParameterizedTest
    @CsvSource({
        "/hello.cgi,             /hello.cgi,      ''",
        "/hello.cgi/,            /hello.cgi,      /",
        "/hello.cgi/a/b,         /hello.cgi,      /a/b",
        "/hello.cgi//a///b/,     /hello.cgi,      //a///b/",
        "/hello.cgi/./a/.,       /hello.cgi,      /./a/.",
        "/hello.cgi/..a/b../...,  /hello.cgi,     /..a/b../...",
        "//hello.cgi/a,          /hello.cgi,      /a",
        "/./hello.cgi,           /hello.cgi,      ''",
        "/dir/nested.cgi/x.cgi,  /dir/nested.cgi, /x.cgi",
        "///dir//./nested.cgi//, /dir/nested.cgi, //",
        "/dir/,                  /dir/index.cgi,  ''",
        "/dir,                   /dir/index.cgi,  ''",
        "/in/a,                  /in,             /a",
        "/back/hello.cgi/a,      /back/hello.cgi, /a",
        "/hello.cgi/back\\slash, /hello.cgi,      /back\\slash",
    })
    void thePathDividesIntoScriptAndPathInfo(String path, String scriptName, String pathInfo) {
        assertThat(finder().find(path)).isEqualTo(found(root + scriptName, scriptName, pathInfo));
    }

    @ParameterizedTest
    @CsvSource({
        "/nothing.cgi,        NOT_FOUND,    /root/nothing.cgi does not exist",
        "/dir/nothing/x.cgi,  NOT_FOUND,    /root/dir/nothing does not exist",
        "/HELLO.CGI,          NOT_FOUND,    /root/HELLO.CGI does not exist",
        "/hello.cgi%00,       NOT_FOUND,    /root/hello.cgi%00 does not exist",
        "/..\\hello.cgi,      NOT_FOUND,    /root/..\\\\hello.cgi does not exist",
        "/empty,              DIRECTORY,    /root/empty is a directory without index.php or index.cgi",
        "/,                   DIRECTORY,    /root is a directory without index.php or index.cgi",
        "'',                  DIRECTORY,    /root is a directory without index.php or index.cgi",
        "/plain.txt,          NOT_EXECUTABLE, '/root/plain.txt has mode rw-r--r--: make it executable, or add its extension to interpreters'",
        "/out/secret.cgi,     OUTSIDE_ROOT, '/root/out/secret.cgi leads to TEMP/outside/secret.cgi, which is not under the root TEMP/root'",
        "/out/secret.cgi/a,   OUTSIDE_ROOT, '/root/out/secret.cgi leads to TEMP/outside/secret.cgi, which is not under the root TEMP/root'",
        "/out,                OUTSIDE_ROOT, '/root/out leads to TEMP/outside, which is not under the root TEMP/root'",
        "/out/nothing,        OUTSIDE_ROOT, '/root/out leads to TEMP/outside, which is not under the root TEMP/root'",
        "..,                  BAD_PATH,     .. does not begin with a slash",
        "hello.cgi,           BAD_PATH,     hello.cgi does not begin with a slash",
        "/..,                 BAD_PATH,     /.. has a '..' segment",
        "/../outside/secret.cgi, BAD_PATH,  /../outside/secret.cgi has a '..' segment",
        "/dir/../hello.cgi,   BAD_PATH,     /dir/../hello.cgi has a '..' segment",
        "/hello.cgi/../x,     BAD_PATH,     /hello.cgi/../x has a '..' segment",
        "/hello.cgi/..,       BAD_PATH,     /hello.cgi/.. has a '..' segment",
    })
    void whatIsNoScriptIsRefused(String path, Refusal why, String detail) {
        String temp = this.temp.toString();

        assertThat(finder().find(path))
                .isIn(
                        new Lookup.Refused(why, detail.replace("TEMP", temp)),
                        new Lookup.Refused(why, temp + detail.replace("TEMP", temp)));
    }

    @Test
    void aNulIsRefusedWhereverItIs() {
        for (String path : List.of("/hello.cgi\0", "/\0", "/hello.cgi/a\0b")) {
            assertThat(why(finder().find(path))).isEqualTo(Refusal.BAD_PATH);
        }
    }

    @Test
    void aCharThatIsNoByteIsRefused() {
        assertThat(why(finder().find("/\u20ac"))).isEqualTo(Refusal.BAD_PATH);
    }

    @Test
    void theDetailIsOneLineOfAscii() {
        assertThat(((Lookup.Refused) finder().find("/a\nERROR \u001b[31m\u00e9")).detail())
                .isEqualTo(root + "/a\\nERROR \\x1b[31m\\xe9 does not exist");
    }

    @Test
    void aNameTooLongOrALoopOfLinksIsNotFound() throws IOException {
        link("root/loop", "loop");

        assertThat(why(finder().find("/" + "x".repeat(256)))).isEqualTo(Refusal.NOT_FOUND);
        assertThat(why(finder().find("/" + "x/".repeat(5000)))).isEqualTo(Refusal.NOT_FOUND);
        assertThat(why(finder().find("/loop"))).isEqualTo(Refusal.NOT_FOUND);
    }

    @Test
    void aLinkToNothingIsNotFound() throws IOException {
        link("root/dangling", "gone");

        assertThat(why(finder().find("/dangling"))).isEqualTo(Refusal.NOT_FOUND);
    }

    @Test
    void aDirectoryThatTheDaemonMayNotSearchIsToldFromNothing() throws IOException {
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(root.resolve("dir"), PosixFilePermissions.fromString("---------"));
        ScriptFinder finder = finder();

        // Root may search everything, so this thread looks at files as nobody for a moment.
        int self = FileUser.LIBC.setfsuid(NOBODY);
        try {
            assertThat(why(finder.find("/dir/nested.cgi"))).isEqualTo(Refusal.NOT_ACCESSIBLE);
        } finally {
            FileUser.LIBC.setfsuid(self);
        }
    }

    private static final int NOBODY = 65534;

    /** setfsuid(2), which counts for the calling thread only; without root's rights it changes nothing. */
    public interface FileUser {
        FileUser LIBC = LibraryLoader.create(FileUser.class).load("c");

        int setfsuid(int uid);
    }

    @Test
    void whatIsNeitherFileNorDirectoryIsNotFound() throws IOException {
        link("root/device", "/dev/null");
        ScriptFinder finder =
                finder(new ScriptRules(root, List.of(), List.of(), Map.of(), ScriptRules.ExecuteBit.NEVER, true));

        assertThat(finder.find("/device"))
                .isEqualTo(new Lookup.Refused(Refusal.NOT_FOUND, root + "/device is no regular file"));
        // JUnit warns of links that lead out of its directory.
        Files.delete(root.resolve("device"));
    }

    @Test
    void aRootThatIsMissingIsNamed() throws IOException {
        ScriptFinder finder = finder(new ScriptRules(
                temp.resolve("gone"),
                List.of(),
                List.of(),
                Map.of(),
                ScriptRules.ExecuteBit.WITHOUT_INTERPRETER,
                false));

        assertThat(finder.find("/x"))
                .isEqualTo(new Lookup.Refused(Refusal.NOT_FOUND, temp.resolve("gone") + " does not exist"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--x------", "-----x---", "--------x", "rwxr-xr-x"})
    void anybodysExecuteBitWillDo(String mode) throws IOException {
        Files.setPosixFilePermissions(root.resolve("plain.txt"), PosixFilePermissions.fromString(mode));

        assertThat(finder().find("/plain.txt")).isInstanceOf(Lookup.Found.class);
    }

    @Test
    void whoeverNeedsNoExecuteBitGetsPlainFiles() {
        ScriptFinder finder =
                finder(new ScriptRules(root, List.of(), List.of(), Map.of(), ScriptRules.ExecuteBit.NEVER, false));

        assertThat(finder.find("/plain.txt")).isEqualTo(found(root + "/plain.txt", "/plain.txt", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "/x.gif,          WRONG_EXTENSION",
        "/x.gif/a.cgi,    WRONG_EXTENSION",
        "/x.gif/.cgi,     WRONG_EXTENSION",
        "/in,             WRONG_EXTENSION",
        "/x.gif%00.cgi,   NOT_FOUND",
    })
    void theExtensionIsThatOfTheFileFound(String path, Refusal why) {
        ScriptFinder finder = finder(new ScriptRules(
                root, List.of(), List.of(".php", ".cgi"), Map.of(), ScriptRules.ExecuteBit.WITHOUT_INTERPRETER, false));

        assertThat(why(finder.find(path))).isEqualTo(why);
        assertThat(finder.find("/hello.cgi/x.gif")).isEqualTo(found(root + "/hello.cgi", "/hello.cgi", "/x.gif"));
    }

    @Test
    void theLongestExtensionNamesTheInterpreter() throws IOException {
        file("root/a.pl", "rw-r--r--");
        file("root/a.fast.pl", "rw-r--r--");
        ScriptFinder finder = finder(new ScriptRules(
                root,
                List.of(),
                List.of(),
                Map.of(".pl", List.of("/usr/bin/perl"), ".fast.pl", List.of("/usr/bin/perl", "-T"), "l", List.of("no")),
                ScriptRules.ExecuteBit.WITHOUT_INTERPRETER,
                false));

        assertThat(finder.find("/a.pl"))
                .isEqualTo(new Lookup.Found(root.resolve("a.pl"), "/a.pl", "", List.of("/usr/bin/perl")));
        assertThat(finder.find("/a.fast.pl/x"))
                .isEqualTo(new Lookup.Found(
                        root.resolve("a.fast.pl"), "/a.fast.pl", "/x", List.of("/usr/bin/perl", "-T")));
    }

    @Test
    void theFirstIndexThatIsAFileWins() throws IOException {
        Files.createDirectories(root.resolve("dir/index.php"));
        assertThat(finder().find("/dir/")).isEqualTo(found(root + "/dir/index.cgi", "/dir/index.cgi", ""));

        Files.delete(root.resolve("dir/index.php"));
        file("root/dir/index.php", "rwxr-xr-x");
        assertThat(finder().find("/dir/")).isEqualTo(found(root + "/dir/index.php", "/dir/index.php", ""));
    }

    @Test
    void anIndexMayNotLeadOutsideEither() throws IOException {
        link("root/empty/index.cgi", "../../outside/secret.cgi");

        assertThat(why(finder().find("/empty/"))).isEqualTo(Refusal.OUTSIDE_ROOT);
    }

    @Test
    void linksMayLeaveTheRootIfTheRulesSaySo() {
        ScriptFinder finder = finder(new ScriptRules(
                root, List.of(), List.of(), Map.of(), ScriptRules.ExecuteBit.WITHOUT_INTERPRETER, true));

        assertThat(finder.find("/out/secret.cgi/a"))
                .isEqualTo(found(root + "/out/secret.cgi", "/out/secret.cgi", "/a"));
    }

    @Test
    void aSiblingWhoseNameBeginsLikeTheRootIsOutside() throws IOException {
        file("root2/x.cgi", "rwxr-xr-x");
        link("root/two", "../root2");

        assertThat(why(finder().find("/two/x.cgi"))).isEqualTo(Refusal.OUTSIDE_ROOT);
        assertThat(why(finder().verify(temp + "/root2/x.cgi", ""))).isEqualTo(Refusal.OUTSIDE_ROOT);
    }

    @Test
    void aRootThatIsALinkKeepsItsName() {
        Path other = temp.resolve("other");
        ScriptFinder finder = finder(new ScriptRules(
                other, List.of(), List.of(), Map.of(), ScriptRules.ExecuteBit.WITHOUT_INTERPRETER, false));

        assertThat(finder.find("/hello.cgi/a")).isEqualTo(found(other + "/hello.cgi", "/hello.cgi", "/a"));
    }

    @Test
    void theWholeFileSystemCanBeTheRoot() {
        ScriptFinder finder = finder(new ScriptRules(
                Path.of("/"), List.of(), List.of(), Map.of(), ScriptRules.ExecuteBit.WITHOUT_INTERPRETER, false));
        Lookup found = found(root + "/hello.cgi", root + "/hello.cgi", "/a");

        assertThat(finder.find(root + "/hello.cgi/a")).isEqualTo(found);
        assertThat(finder.verify(root + "/hello.cgi", "/a")).isEqualTo(found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00c3\u00a9.cgi", "\u00e9\u00ff.cgi", "a\nb\\ %41?#.cgi"})
    void anyByteSequenceFindsItsFile(String name) throws IOException {
        make(PathBytes.child(root, name), "rwxr-xr-x");

        Lookup.Found found = (Lookup.Found) finder().find("/" + name + "/\u00e9");

        assertThat(found.scriptName()).isEqualTo("/" + name);
        assertThat(found.scriptFilename()).isEqualTo(root + "/" + name);
        assertThat(found.pathInfo()).isEqualTo("/\u00e9");
        assertThatCode(() -> Files.readAllBytes(found.script())).doesNotThrowAnyException();
    }

    @Test
    void namesInTheRulesAreUtf8() throws IOException {
        make(PathBytes.child(root, "\u00c3\u00a9.cg\u00c3\u00a9"), "rw-r--r--");
        ScriptFinder finder = finder(new ScriptRules(
                root,
                List.of("\u00e9.cg\u00e9"),
                List.of("g\u00e9"),
                Map.of("\u00e9", List.of("run")),
                ScriptRules.ExecuteBit.WITHOUT_INTERPRETER,
                false));

        assertThat(finder.find("/")).isInstanceOf(Lookup.Found.class);
    }

    @ParameterizedTest
    @CsvSource({
        "/root/hello.cgi,        '',   /hello.cgi,      ''",
        "/root/hello.cgi,        /a,   /hello.cgi,      /a",
        "/root/hello.cgi/b,      /a,   /hello.cgi,      /b",
        "/root//dir/./nested.cgi, '',  /dir/nested.cgi, ''",
        "/root/dir/,             '',   /dir/index.cgi,  ''",
        "/root/back/hello.cgi,   '',   /back/hello.cgi, ''",
    })
    void aScriptFilenameUnderTheRootIsVerified(String filename, String hint, String scriptName, String pathInfo) {
        assertThat(finder().verify(temp + filename, hint)).isEqualTo(found(root + scriptName, scriptName, pathInfo));
    }

    @Test
    void aScriptFilenameMayHaveAnotherNameOfTheRoot() {
        assertThat(finder().verify(temp + "/other/dir/nested.cgi/a", ""))
                .isEqualTo(found(temp + "/other/dir/nested.cgi", "/dir/nested.cgi", "/a"));
    }

    @Test
    void aScriptFilenameMayHaveTheRealNameOfTheRoot() {
        Path other = temp.resolve("other");
        ScriptFinder finder = finder(new ScriptRules(
                other, List.of(), List.of(), Map.of(), ScriptRules.ExecuteBit.WITHOUT_INTERPRETER, false));

        assertThat(finder.verify(root + "/hello.cgi", "")).isEqualTo(found(root + "/hello.cgi", "/hello.cgi", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "/outside/secret.cgi,      '',   OUTSIDE_ROOT",
        "/outside/nothing,         '',   OUTSIDE_ROOT",
        "/root/out/secret.cgi,     '',   OUTSIDE_ROOT",
        "/other/out/secret.cgi,    '',   OUTSIDE_ROOT",
        "/root/../outside/secret.cgi, '', BAD_PATH",
        "/root/hello.cgi,          /../x, BAD_PATH",
        "/root/nothing.cgi,        '',   NOT_FOUND",
        "/root/empty,              '',   DIRECTORY",
        "/root/plain.txt,          '',   NOT_EXECUTABLE",
    })
    void aScriptFilenameThatIsNoneIsRefused(String filename, String hint, Refusal why) {
        assertThat(why(finder().verify(temp + filename, hint))).isEqualTo(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello.cgi", "./root/hello.cgi"})
    void aRelativeScriptFilenameIsRefusedWithARemedy(String filename) {
        assertThat(finder().verify(filename, "")).isInstanceOfSatisfying(Lookup.Refused.class, refused -> {
            assertThat(refused.why()).isEqualTo(Refusal.BAD_PATH);
            assertThat(refused.detail()).contains("$realpath_root");
        });
    }

    @Test
    void thatLinksMayLeaveTheRootAdmitsNoOtherPath() {
        ScriptFinder finder = finder(new ScriptRules(
                root, List.of(), List.of(), Map.of(), ScriptRules.ExecuteBit.WITHOUT_INTERPRETER, true));

        assertThat(why(finder.verify(temp + "/outside/secret.cgi", ""))).isEqualTo(Refusal.OUTSIDE_ROOT);
        assertThat(finder.verify(root + "/out/secret.cgi", "")).isInstanceOf(Lookup.Found.class);
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_FOUND,404",
        "OUTSIDE_ROOT,403",
        "DIRECTORY,403",
        "NOT_EXECUTABLE,403",
        "WRONG_EXTENSION,403",
        "NOT_ACCESSIBLE,403",
        "BAD_PATH,400"
    })
    void aRefusalHasItsStatus(Refusal refusal, int status) {
        assertThat(refusal.status()).isEqualTo(status);
    }

    private ScriptFinder finder() {
        return finder(new ScriptRules(
                root,
                List.of("index.php", "index.cgi"),
                List.of(),
                Map.of(),
                ScriptRules.ExecuteBit.WITHOUT_INTERPRETER,
                false));
    }

    private static ScriptFinder finder(ScriptRules rules) {
        return new ScriptFinder(rules);
    }

    private static Lookup found(String script, String scriptName, String pathInfo) {
        return new Lookup.Found(Path.of(script), scriptName, pathInfo, List.of());
    }

    private static Refusal why(Lookup lookup) {
        return ((Lookup.Refused) lookup).why();
    }

    private void file(String name, String mode) throws IOException {
        Path file = temp.resolve(name);
        Files.createDirectories(file.resolve("..").normalize());
        make(file, mode);
    }

    private static void make(Path file, String mode) throws IOException {
        Files.createFile(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private void link(String name, String target) throws IOException {
        Files.createSymbolicLink(temp.resolve(name), Path.of(target));
    }
}
