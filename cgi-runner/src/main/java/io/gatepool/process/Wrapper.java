package io.gatepool.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts programs of util-linux and coreutils in front of a command that change the state of their process and then exec
 * the command, so that pid and descriptors stay the same: {@code prlimit} sets {@link Limits}, {@code setpriv} switches
 * to other {@link Privileges} and ties the child's life to gatepool's with a parent-death signal.
 *
 * <p>setpriv stands behind prlimit, since a change of credentials clears the parent-death signal and limits may be
 * raised before it only. It keeps root's capabilities until its exec, which would run what the user himself may not; so
 * a line of sh behind it does the exec that counts. A per-thread change of credentials inside the daemon would be
 * faster, but a process of that user could then signal the daemon through that thread.
 *
 * <p>The signal is not sent if gatepool died before setpriv asked for it. So a line of sh behind it compares a worker's
 * parent with the gatepool it belongs to, and gives up when that has gone.
 */
public final class Wrapper {

    private static final String SETPRIV = "/usr/bin/setpriv";
    private static final String PRLIMIT = "/usr/bin/prlimit";
    private static final String CHOOM = "/usr/bin/choom";
    private static final String NICE = "/usr/bin/nice";
    private static final String SAME_PARENT = "[ \"$PPID\" = \"$1\" ] || exit 1; shift; exec \"$@\"";

    private static final String NAME_OF_SH = "gatepool-script";
    private static final String EXEC = "exec \"$@\"";

    /** As util-linux's errexec(), nice and sh write it, with the exit codes that all of them have for it. */
    private static final Pattern EXEC_FAILED =
            Pattern.compile("(?:^|\\n)(?:(?:setpriv|prlimit|choom): failed to execute|(?:/usr/bin/)?nice:|" + NAME_OF_SH
                    + ":) [^\\n]*: ([^\\n:]*)\\n?$");

    private static final int EX_EXEC_FAILED = 126;
    private static final int EX_EXEC_ENOENT = 127;

    private static final Map<String, Integer> ERRORS = Map.of(
            "Permission denied", Errno.EACCES,
            "Resource temporarily unavailable", Errno.EAGAIN,
            "Cannot allocate memory", Errno.ENOMEM,
            "Text file busy", Errno.ETXTBSY,
            "Argument list too long", Errno.E2BIG);

    private Wrapper() {}

    /** The command that ends with gatepool, in the given state. */
    public static List<String> tied(List<String> command, Privileges privileges, Limits limits) {
        List<String> words = new ArrayList<>(limited(limits));
        words.addAll(switched(privileges));
        words.addAll(List.of("/bin/sh", "-c", SAME_PARENT, "gatepool-worker"));
        words.add(Integer.toString(Libc.Native.LIBC.getpid()));
        words.addAll(command);
        return words;
    }

    /**
     * The words to put before a command that is to run in the given state for one request; none when that is gatepool's
     * own. With other privileges it ends with gatepool.
     *
     * <p>Other than the kernel, these programs take a text without a {@code #!} line for a script of sh (execvp(3)):
     * whoever does not want that must look before.
     */
    public static List<String> around(Privileges privileges, Limits limits) {
        List<String> words = new ArrayList<>(limited(limits));
        if (privileges.areOther()) {
            words.addAll(switched(privileges));
        }
        if (privileges.user().isPresent()) {
            words.addAll(List.of("/bin/sh", "-c", EXEC, NAME_OF_SH));
        }
        return words;
    }

    /**
     * The words to put before all others that give a command an {@link OomScore}. It has it before it begins, and so
     * has whatever it starts; from outside it could only be set later. Where the system does not permit it, choom says
     * so and exits with 1.
     */
    public static List<String> scored(int oomScoreAdj) {
        return List.of(CHOOM, "-n", Integer.toString(oomScoreAdj), "--");
    }

    /**
     * The words to put before all others that add {@code nice} to a command's priority, -20 to 19, as nice(1) does.
     * From outside a command that has begun would have another one for a moment. Below 0 where that is not permitted
     * nice says so and runs the command all the same.
     */
    public static List<String> niced(int nice) {
        return List.of(NICE, "-n", Integer.toString(nice), "--");
    }

    /**
     * Why a command {@linkplain #around with words before it} was not executed, after the birth of its process had gone
     * well: the error number; empty when it was executed.
     *
     * @param errors the last of what the process wrote to stderr
     */
    public static OptionalInt execFailure(ExitStatus status, String errors) {
        Matcher said = EXEC_FAILED.matcher(errors);
        if (status.code() == EX_EXEC_ENOENT && said.find()) {
            return OptionalInt.of(Errno.ENOENT);
        }
        if (status.code() == EX_EXEC_FAILED && said.find()) {
            return OptionalInt.of(ERRORS.getOrDefault(said.group(1), Errno.EPERM));
        }
        return OptionalInt.empty();
    }

    private static List<String> limited(Limits limits) {
        List<String> words = new ArrayList<>();
        if (!limits.isNone()) {
            words.add(PRLIMIT);
            words.addAll(limits.options());
            words.add("--");
        }
        return words;
    }

    private static List<String> switched(Privileges privileges) {
        List<String> words = new ArrayList<>(List.of(SETPRIV, "--pdeathsig", "KILL"));
        if (privileges.noNew()) {
            words.add("--no-new-privs");
        }
        privileges.user().ifPresent(user -> {
            words.add("--reuid=" + user.uid());
            words.add("--regid=" + privileges.group().orElse(user.gid()));
            words.add(groups(privileges));
        });
        words.add("--");
        return words;
    }

    private static String groups(Privileges privileges) {
        if (!User.current().isRoot()) {
            return "--keep-groups";
        }
        if (privileges.supplementaryGroups().isEmpty()) {
            return "--init-groups";
        }
        List<String> ids = privileges.supplementaryGroups().get().stream()
                .map(id -> Integer.toString(id))
                .toList();
        return ids.isEmpty() ? "--clear-groups" : "--groups=" + String.join(",", ids);
    }
}
