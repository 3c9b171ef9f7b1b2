package io.gatepool.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Takes from a running process what the kernel has promised it, and gives it back: its soft limits (getrlimit(2)),
 * which it takes no rights to lower nor to raise again. As root the daemon has to be somebody else where root has no
 * limits.
 */
final class Shortage {

    private static final Path ROOT = Path.of("/");
    private static final int NOBODY = 65534;
    private static final List<String> BECOME_NOBODY =
            List.of("/usr/bin/setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups", "--inh-caps=-all");

    private Shortage() {}

    /** Sets the soft limit that prlimit(1) knows as {@code name}; the hard one stays. */
    static void limit(int pid, String name, long value) throws Exception {
        prlimit(pid, "--" + name + "=" + value + ":");
    }

    /** Back to the hard limit. */
    static void lift(int pid, String name) throws Exception {
        String hard = prlimit(pid, "--" + name, "-o", "HARD", "--noheadings").strip();
        prlimit(pid, "--" + name + "=" + hard + ":");
    }

    /** As the process's own user: a root without CAP_SYS_RESOURCE may not do it to others. */
    private static String prlimit(int pid, String... options) throws Exception {
        Object owner = Files.getAttribute(Path.of("/proc", Integer.toString(pid)), "unix:uid");
        List<String> command = new ArrayList<>(owner.equals(NOBODY) ? BECOME_NOBODY : List.of());
        command.addAll(List.of("/usr/bin/prlimit", "--pid", Integer.toString(pid)));
        command.addAll(List.of(options));
        return Programs.run(ROOT, command.toArray(String[]::new));
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
     * What to put before a daemon that is to run as somebody without special rights in {@code directory}: nothing,
     * unless the test runs as root.
     */
    static List<String> asOrdinaryUser(Path directory) throws Exception {
        if (!isRoot()) {
            return List.of();
        }
        Needs.success(
                "nobody may not read the distribution",
                Stream.concat(BECOME_NOBODY.stream(), Stream.of("/usr/bin/test", "-x", Daemon.LAUNCHER.toString()))
                        .toList());
        Programs.run(ROOT, "/bin/chown", "-R", NOBODY + ":" + NOBODY, directory.toString());
        return BECOME_NOBODY;
    }

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }
}
