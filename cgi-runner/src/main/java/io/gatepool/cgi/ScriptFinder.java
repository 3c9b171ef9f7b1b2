package io.gatepool.cgi;

import io.gatepool.cgi.Lookup.Found;
import io.gatepool.cgi.Lookup.Refused;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the script that a request means, and refuses every file that is none.
 *
 * <p>Whatever the outcome, the deepest place that the path reaches lies under the real root (unless links may leave
 * it), so that not even the existence of a file outside shows. The checks are made on the file that was found, not on
 * the path that was asked for: {@code /x.gif/a.php} finds x.gif.
 *
 * <p>Immutable. It asks the file system, so it is for a file thread, never for the event loop. What it says holds for
 * the moment: who can write under the root can change it before the script starts, but could as well write a script.
 */
public final class ScriptFinder {

    private static final int PATH_LENGTH_IN_LOG = 200;

    private static final Set<PosixFilePermission> EXECUTE = EnumSet.of(
            PosixFilePermission.OWNER_EXECUTE, PosixFilePermission.GROUP_EXECUTE, PosixFilePermission.OTHERS_EXECUTE);

    private final ScriptRules rules;
    /** The root's path as bytes without a "/" at its end, so "" if it is "/". */
    private final String root;

    private final List<String> index;
    private final List<String> extensions;
    private final Interpreters interpreters;

    public ScriptFinder(ScriptRules rules) {
        this.rules = rules;
        this.root = prefix(rules.root());
        this.index = rules.index().stream().map(PathBytes::utf8).toList();
        this.extensions = rules.extensions().stream().map(PathBytes::utf8).toList();
        this.interpreters = new Interpreters(rules.interpreters());
    }

    /**
     * Walks from the root down the path of a request.
     *
     * @param decodedPath below the mount, percent-decoded, one byte per char (ISO-8859-1): "" or with a leading "/"
     */
    public Lookup find(String decodedPath) {
        if (!decodedPath.isEmpty() && !decodedPath.startsWith("/")) {
            return refused(Refusal.BAD_PATH, decodedPath, "does not begin with a slash");
        }
        String fault = fault(decodedPath);
        if (!fault.isEmpty()) {
            return refused(Refusal.BAD_PATH, decodedPath, fault);
        }
        try {
            Path realRoot = rules.root().toRealPath();
            return look(new Start(new Walk(realRoot, decodedPath, 0), root, true), realRoot, "");
        } catch (IOException e) {
            return failed(root, e);
        }
    }

    /**
     * Checks the file that a web server means, by the same rules.
     *
     * @param scriptFilename SCRIPT_FILENAME as it came, with or without PATH_INFO at its end: an absolute path that
     *     lies under the root by its name or after resolving symbolic links
     * @param hintPathInfo PATH_INFO as it came, or "": what counts if nothing is left of scriptFilename. The scriptName
     *     found is relative to the root; the web server may know the script by another
     */
    public Lookup verify(String scriptFilename, String hintPathInfo) {
        if (!scriptFilename.startsWith("/")) {
            return refused(Refusal.BAD_PATH, scriptFilename, "is not an absolute path (nginx: use $realpath_root)");
        }
        for (String path : List.of(scriptFilename, hintPathInfo)) {
            String fault = fault(path);
            if (!fault.isEmpty()) {
                return refused(Refusal.BAD_PATH, path, fault);
            }
        }
        try {
            Path realRoot = rules.root().toRealPath();
            return look(start(scriptFilename, realRoot), realRoot, hintPathInfo);
        } catch (IOException e) {
            return failed(root, e);
        }
    }

    /**
     * Where to begin.
     *
     * @param name of the directory in which the walk begins, as bytes without a "/" at its end
     * @param isRoot whether that is the root; else it is "/", and the walk has to come under the root by itself
     */
    private record Start(Walk walk, String name, boolean isRoot) {}

    private Start start(String scriptFilename, Path realRoot) throws IOException {
        for (String name : List.of(root, prefix(realRoot))) {
            if (scriptFilename.startsWith(name + "/")) {
                // From the real root, lest a root that is a link to the current release moves on under our feet.
                return new Start(new Walk(realRoot, scriptFilename, name.length()), name, true);
            }
        }
        return new Start(new Walk(Path.of("/"), scriptFilename, 0), "", false);
    }

    private Lookup look(Start start, Path realRoot, String hintPathInfo) throws IOException {
        Walk walk = start.walk();
        Optional<IOException> failure = Optional.empty();
        try {
            walk.down();
            index(walk);
        } catch (IOException e) {
            failure = Optional.of(e);
        }
        Path real = walk.here().toRealPath();
        boolean mayLeave = start.isRoot() && rules.followOutside();
        if (!mayLeave && !real.startsWith(realRoot)) {
            return refused(
                    Refusal.OUTSIDE_ROOT,
                    start.name() + walk.name(),
                    "leads to " + printable(PathBytes.text(real)) + ", which is not under the root " + printable(root));
        }
        if (failure.isPresent()) {
            return failed(start.name() + walk.tried(), failure.get());
        }
        String file = start.name() + walk.name();
        String scriptName = start.isRoot()
                ? walk.name()
                : PathBytes.text(real).substring(prefix(realRoot).length());
        String pathInfo = walk.rest().isEmpty() ? hintPathInfo : walk.rest();
        return judged(walk.attributes(), file, scriptName, pathInfo);
    }

    /** In a directory, steps down to the first index that is a file. */
    private void index(Walk walk) throws IOException {
        for (int i = 0; i < index.size() && walk.attributes().isDirectory(); i++) {
            walk.stepToFile(index.get(i));
        }
    }

    private Lookup judged(PosixFileAttributes attributes, String file, String scriptName, String pathInfo) {
        if (attributes.isDirectory()) {
            return refused(
                    Refusal.DIRECTORY,
                    file,
                    index.isEmpty()
                            ? "is a directory, and no index is configured"
                            : "is a directory without " + printable(String.join(" or ", index)));
        }
        if (!attributes.isRegularFile()) {
            return refused(Refusal.NOT_FOUND, file, "is no regular file");
        }
        if (!extensions.isEmpty() && extensions.stream().noneMatch(file::endsWith)) {
            return refused(
                    Refusal.WRONG_EXTENSION,
                    file,
                    "does not end in " + printable(String.join(" or ", extensions)) + " (extensions)");
        }
        List<String> interpreter = interpreters.of(file);
        Set<PosixFilePermission> mode = attributes.permissions();
        if (needsExecuteBit(interpreter) && EXECUTE.stream().noneMatch(mode::contains)) {
            return refused(
                    Refusal.NOT_EXECUTABLE,
                    file,
                    "has mode " + PosixFilePermissions.toString(mode) + ": "
                            + (interpreter.isEmpty()
                                    ? "make it executable, or add its extension to interpreters"
                                    : "make it executable (require_executable)"));
        }
        return new Found(PathBytes.path(file), scriptName, pathInfo, interpreter);
    }

    private boolean needsExecuteBit(List<String> interpreter) {
        return switch (rules.executeBit()) {
            case NEVER -> false;
            case WITHOUT_INTERPRETER -> interpreter.isEmpty();
            case ALWAYS -> true;
        };
    }

    /**
     * What makes a path bad, or "". A backslash does not: to Linux it is a letter like any other.
     *
     * <p>Browsers and web servers resolve ".." before they send a path on, so who sends one is looking for a hole; in
     * PATH_INFO it would climb out of PATH_TRANSLATED.
     */
    private static String fault(String path) {
        if (path.indexOf('\0') >= 0) {
            return "has a NUL byte";
        }
        if (!PathBytes.areBytes(path)) {
            return "has a char that stands for no byte";
        }
        if (path.startsWith("../") || path.equals("..") || path.contains("/../") || path.endsWith("/..")) {
            return "has a '..' segment";
        }
        return "";
    }

    private static Refused failed(String file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return refused(Refusal.NOT_FOUND, file, "does not exist");
        }
        if (e instanceof AccessDeniedException) {
            return refused(Refusal.NOT_ACCESSIBLE, file, "is in a directory that the daemon's user may not search");
        }
        // A name that is too long, a loop of links, a disk that fails: what errno says.
        return refused(Refusal.NOT_FOUND, file, "cannot be looked at: " + reason(e));
    }

    private static String reason(IOException e) {
        String reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
        return reason == null ? e.getClass().getSimpleName() : printable(reason);
    }

    private static Refused refused(Refusal why, String file, String fault) {
        return new Refused(why, printable(file) + " " + fault);
    }

    private static String printable(String path) {
        return path.isEmpty() ? "/" : Printable.of(path, PATH_LENGTH_IN_LOG);
    }

    private static String prefix(Path directory) {
        String text = PathBytes.text(directory);
        return text.equals("/") ? "" : text;
    }
}
