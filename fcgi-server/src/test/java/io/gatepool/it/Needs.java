package io.gatepool.it;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs of the machine. A test whose program is missing is skipped with the package's name; where CI=true
 * it fails instead, so that nothing is left out unnoticed.
 */
final class Needs {

    private Needs() {}

    /** A program of a Debian package, in one of the usual directories. */
    static void program(String name, String debianPackage) {
        boolean found = false;
        for (String directory : new String[] {"/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"}) {
            found |= Files.isExecutable(Path.of(directory, name));
        }
        that(found, name + " is missing: apt install " + debianPackage);
    }

    /** A file that a Debian package brings. */
    static void file(String path, String debianPackage) {
        that(Files.exists(Path.of(path)), path + " is missing: apt install " + debianPackage);
    }

    /** Rights that only root has. */
    static void root() {
        that(System.getProperty("user.name").equals("root"), "only root can switch users");
    }

    /** What a command finds out: it exits with 0. */
    static void success(String otherwise, List<String> command) throws Exception {
        try (Running running = Running.start(Path.of("/"), Map.of(), command.toArray(String[]::new))) {
            that(running.awaitExit() == 0, otherwise + ": " + running.output());
        }
    }

    private static void that(boolean fulfilled, String otherwise) {
        if (!fulfilled && "true".equals(System.getenv("CI"))) {
            Assertions.fail(otherwise);
        }
        Assumptions.assumeTrue(fulfilled, otherwise);
    }
}
