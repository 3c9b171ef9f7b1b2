package io.gatepool.cgi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;

/**
 * A walk from a directory down a path to the first thing that is no directory, as RFC 3875 section 4.1.5 divides the
 * path of a script from its PATH_INFO.
 *
 * <p>Where a step fails, {@link #here} is the deepest place that exists. Symbolic links are followed; whether that was
 * right is for the caller to see from the real path of that place.
 */
final class Walk {

    /** Has no empty and no "." segments. */
    private final StringBuilder name = new StringBuilder();

    private final String path;
    private String tried = "";
    private int at;
    private Path here;
    private PosixFileAttributes attributes;

    /**
     * @param path is followed from the char at {@code at}; has no ".." segment
     */
    Walk(Path directory, String path, int at) throws IOException {
        this.path = path;
        this.at = at;
        this.here = directory;
        this.attributes = stat(directory);
    }

    /** Goes down until here is no directory, or the path has no more names. */
    void down() throws IOException {
        while (attributes.isDirectory()) {
            while (at < path.length() && path.charAt(at) == '/') {
                at++;
            }
            if (at == path.length()) {
                return;
            }
            int slash = path.indexOf('/', at);
            int end = slash < 0 ? path.length() : slash;
            String segment = path.substring(at, end);
            if (!segment.equals(".")) {
                step(segment);
            }
            at = end;
        }
    }

    /** Goes one step down if that leads to a file; stays where there is none, or something else. */
    void stepToFile(String segment) throws IOException {
        PosixFileAttributes directory = attributes;
        Path before = here;
        int length = name.length();
        try {
            step(segment);
        } catch (NoSuchFileException none) {
            return;
        }
        if (!attributes.isRegularFile()) {
            attributes = directory;
            here = before;
            name.setLength(length);
        }
    }

    private void step(String segment) throws IOException {
        tried = name + "/" + segment;
        Path next = PathBytes.child(here, segment);
        attributes = stat(next);
        here = next;
        name.append('/').append(segment);
    }

    Path here() {
        return here;
    }

    PosixFileAttributes attributes() {
        return attributes;
    }

    /** The way from the beginning to here: "", or as in "/a/b". */
    String name() {
        return name.toString();
    }

    /** The way to where the last step led, or would have led. */
    String tried() {
        return tried;
    }

    /** What is left of the path, "" or with a leading "/", byte by byte as it came. */
    String rest() {
        return path.substring(at);
    }

    private static PosixFileAttributes stat(Path path) throws IOException {
        return Files.readAttributes(path, PosixFileAttributes.class);
    }
}
