package io.gatepool.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Takes from a running process what the kernel has promised it, and gives it back: its soft limits (getrlimit(2)), which
 * it takes no rights to lower nor to raise again. As root the daemon has to be somebody else where root has no limits.
 */
final class Shortage {

    private static final Path ROOT = Path.of("/");
    private static final String NOBODY = "65534";

    private Shortage() {}

    /** Sets the soft limit that prlimit(1) knows as {@code name}; the hard one stays. */
    static void limit(int pid, String name, long value) throws Exception {
        Programs.run(ROOT, "/usr/bin/prlimit", "--pid", Integer.toString(pid), "--" + name + "=" + value + ":");
    }

    /** Back to the hard limit. */
    static void lift(int pid, String name) throws Exception {
        String hard = Programs.run(
                        ROOT, "/usr/bin/prlimit", "--pid", Integer.toString(pid), "--" + name, "-o", "HARD", "--noheadings")
                .strip();
        Programs.run(ROOT, "/usr/bin/prlimit", "--pid", Integer.toString(pid), "--" + name + "=" + hard + ":");
    }

    /** How many descriptors a process has. */
    static long descriptors(int pid) {
        try (Stream<Path> open = Files.list(Path.of("/proc", Integer.toString(pid), "fd"))) {
            return open.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * What to put before a daemon that is to run as somebody without special rights in {@code directory}: nothing, unless
     * the test runs as root.
     */
    static List<String> asOrdinaryUser(Path directory) throws Exception {
        if (!isRoot()) {
            return List.of();
        }
        List<String> become = List.of(
                "/usr/bin/setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--inh-caps=-all");
        Needs.success(
                "nobody may not read the distribution",
                Stream.concat(become.stream(), Stream.of("/usr/bin/test", "-x", Daemon.LAUNCHER.toString()))
                        .toList());
        Programs.run(ROOT, "/bin/chown", "-R", NOBODY + ":" + NOBODY, directory.toString());
        return become;
    }

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }
}
